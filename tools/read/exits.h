/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the rows of 'exits', 'hist' and 'vcpus'. */
#ifndef KVMHOT_READ_EXITS_H
#define KVMHOT_READ_EXITS_H

#include "read/parse.h"
#include "read/snapshot.h"
#include "read/text.h"

/* Those from there on share one row. */
#define MOST_REASON	127

extern const char * const exits_columns[NR_R];
extern const char * const exits_vcpus_columns[NR_V];

/* vcpu, reason and name begin a row: *r, or NULL if it is not wanted. */
int exits_reason(const struct text *t, struct vm *vm, int vcpu, struct keys *k,
		 unsigned int level_column, struct reason **r);
/* The reason of the VM with these, and the name in column 2, new or not. */
struct reason *exits_find_reason(const struct text *t, struct vm *vm,
				 unsigned int number, unsigned int level);
/* The columns of 'exits' from COLUMN on */
int exits_parse(const struct text *t, unsigned int column, __u64 *n);

int exits_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int exits_hist_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int exits_vcpus_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);

#endif /* KVMHOT_READ_EXITS_H */
