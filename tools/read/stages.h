/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the rows of 'stages', and adds stages up. */
#ifndef KVMHOT_READ_STAGES_H
#define KVMHOT_READ_STAGES_H

#include "read/parse.h"
#include "read/snapshot.h"
#include "read/text.h"

extern const char * const stages_names[NR_ST];

/* Of a vCPU's own row: its whole time. */
__u64 stages_sum(const __u64 *stages);
/* KVM cost */
__u64 stages_cost(const __u64 *stages);

/* The stages from COLUMN on; SUM: of them, must be a number, too. */
int stages_parse(const struct text *t, unsigned int column, __u64 *stages,
		 __u64 *sum);
int stages_add(const struct text *t, __u64 *to, const __u64 *stages);

int stages_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);

#endif /* KVMHOT_READ_STAGES_H */
