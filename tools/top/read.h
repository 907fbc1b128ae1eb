/* SPDX-License-Identifier: GPL-2.0 */
/* Takes the readings of top: of all VMs, or of one VM's vCPUs. */
#ifndef KVMHOT_TOP_READ_H
#define KVMHOT_TOP_READ_H

#include <stdbool.h>

#include "read/snapshot.h"
#include "top/state.h"

struct top_reading *top_reading(struct top *t);
/* The same, to be looked at only; of what is shown: is it there? */
const struct top_reading *top_shown(const struct top *t);
bool top_is_known(const struct top *t);
/* All VMs, or the vCPUs of the one that is looked at: 0, or -1, see error */
int top_read(struct top *t);
/* The next reading at once, and the one behind it soon. */
void top_hurry(struct top *t);
void top_forget(struct top_reading *r);
/* Did it end so long ago that nobody wants it any more? */
bool top_is_hidden(const struct top *t, const struct vm *vm);
void top_free(struct top *t);

#endif /* KVMHOT_TOP_READ_H */
