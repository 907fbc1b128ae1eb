// SPDX-License-Identifier: GPL-2.0
/* Parses the rows of 'totals': each exit reason over all vCPUs, then the VM itself. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/hist.h"
#include "read/buckets.h"
#include "read/exits.h"
#include "read/stages.h"
#include "read/totals.h"

/* Behind the kind of a row, which is its first column */
enum { NUMBER = 1, NAME, LEVEL, EXITS, STAGES = EXITS + NR_R,
	EPT = STAGES + NR_ST, BUCKETS, NR_REASON };
enum { VCPUS = 1, SUMS, OWN_STAGES = SUMS + NR_V, NR_VM = OWN_STAGES + NR_ST };

/* No vCPU, and no reason, has this. */
#define VM_ROW	0x10000000000ULL

static int parse_numbers(const struct text *t, unsigned int column,
			 const char * const *names, unsigned int nr, __u64 *n)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (text_number(t, names[i], t->column[column + i], ~0ULL,
				&n[i]))
			return -EBADMSG;
	return 0;
}

static int parse_hist(struct text *t, struct reason *r)
{
	struct hist *h = &r->hist;

	/* If it is there twice, which is told in the end */
	hist_free(h);
	hist_free(&r->felt);
	h->timed = r->n[R_TIMED];
	h->cycles = r->n[R_CYCLES];
	h->min = r->n[R_MIN];
	h->max = r->n[R_MAX];
	return buckets_counts(t, t->column[BUCKETS], h) ||
	       buckets_felt(t, NR_REASON, h->timed, &r->felt) ? -EBADMSG : 0;
}

static int parse_one_reason(struct text *t, struct vm *vm, struct keys *k)
{
	__u64 number, level;
	struct reason *r;

	if (parse_columns(t, NR_REASON) ||
	    text_number(t, "reason", t->column[NUMBER], MOST_REASON, &number) ||
	    parse_level(t, LEVEL, &level) ||
	    parse_note_row(t, k, 0, number << 2 | level))
		return -EBADMSG;
	r = exits_find_reason(t, vm, number, level);
	if (!r || exits_parse(t, EXITS, r->n) ||
	    parse_numbers(t, STAGES, stages_names, NR_ST, r->stages) ||
	    text_number(t, "ept", t->column[EPT], ~0ULL, &r->ept))
		return -EBADMSG;
	return parse_hist(t, r);
}

static int parse_vm(const struct text *t, struct vm *vm, struct keys *k)
{
	__u64 vcpus;

	if (parse_columns(t, NR_VM) || parse_note_row(t, k, 0, VM_ROW) ||
	    text_number(t, "vcpus", t->column[VCPUS], INT_MAX, &vcpus) ||
	    parse_numbers(t, SUMS, exits_vcpus_columns, NR_V, vm->n) ||
	    parse_numbers(t, OWN_STAGES, stages_names, NR_ST, vm->stages))
		return -EBADMSG;
	vm->nr_vcpus = vcpus;
	vm->all_vcpus = vcpus;
	return 0;
}

int totals_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	(void)vcpu;
	if (!strcmp(t->column[0], "reason"))
		return parse_one_reason(t, vm, k);
	if (!strcmp(t->column[0], "vm"))
		return parse_vm(t, vm, k);
	/* Names of columns, or of a kind that is not known yet */
	return 0;
}
