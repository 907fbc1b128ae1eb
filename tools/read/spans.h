/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the rows of 'user', 'ept', 'halt' and 'ioctl'. */
#ifndef KVMHOT_READ_SPANS_H
#define KVMHOT_READ_SPANS_H

#include "read/parse.h"
#include "read/snapshot.h"
#include "read/text.h"

int spans_user_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int spans_ept_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int spans_halt_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int spans_ioctl_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);

#endif /* KVMHOT_READ_SPANS_H */
