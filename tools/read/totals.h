/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the rows of 'totals'. */
#ifndef KVMHOT_READ_TOTALS_H
#define KVMHOT_READ_TOTALS_H

#include "read/parse.h"
#include "read/snapshot.h"
#include "read/text.h"

int totals_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);

#endif /* KVMHOT_READ_TOTALS_H */
