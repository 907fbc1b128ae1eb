/* SPDX-License-Identifier: GPL-2.0 */
/* Shows what report says of the counts of events: shares of stages, and rates. */
#ifndef KVMHOT_SHOW_RATES_H
#define KVMHOT_SHOW_RATES_H

#include "model/options.h"
#include "read/snapshot.h"

void rates_print_unhalted(const struct snapshot *s, const struct vm *vm);
void rates_print(const struct snapshot *s, const struct vm *vm,
		 const struct options *o);

#endif /* KVMHOT_SHOW_RATES_H */
