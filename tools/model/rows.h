/* SPDX-License-Identifier: GPL-2.0 */
/* Chooses the rows of a table, and orders them. */
#ifndef KVMHOT_MODEL_ROWS_H
#define KVMHOT_MODEL_ROWS_H

#include "model/filter.h"
#include "read/snapshot.h"

/* Of a VM (or one of its vCPUs) and an exit reason, or all of its reasons */
struct row {
	const struct vm *vm;
	const struct reason *r;
	double key;		/* greatest first; of SORT_NAME not used */
};

struct rows {
	size_t nr;
	struct row *row;
	size_t nr_left_out;	/* by --top and --min */
	size_t nr_sums;
	struct reason *sums;	/* of all reasons, where that is wanted */
};

/*
 * Of what happened in S, which is delta_make()'s or whole.  BY_VM: all reasons
 * in one row.  0, or -1 without memory, told; rows_free() in any case.
 */
int rows_make(struct rows *rows, const struct snapshot *s,
	      const struct filter *f, bool by_vm);
void rows_free(struct rows *rows);

/* Of a row, in percent of one CPU: KVM cost, and user. */
double rows_kvm(const struct row *row);
double rows_vmm(const struct row *row);

/* By the key of F, or by names; for qsort_r(). */
int rows_compare(const void *a, const void *b, void *f);

#endif /* KVMHOT_MODEL_ROWS_H */
