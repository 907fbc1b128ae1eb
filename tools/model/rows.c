// SPDX-License-Identifier: GPL-2.0
/* Chooses the rows of a table, and orders them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "model/rows.h"
#include "model/summary.h"

double rows_kvm(const struct row *row)
{
	return summary_cpus(row->vm, row->r->n[R_CYCLES]) * 100;
}

double rows_vmm(const struct row *row)
{
	return summary_cpus(row->vm, row->r->n[R_USER_CYCLES]) * 100;
}

static double quantile(const struct row *row, unsigned int per_mille)
{
	const struct hist *h = &row->r->hist;

	return h->timed ? hist_quantile(h, per_mille) : 0;
}

static double key_of(const struct row *row, enum sort sort)
{
	const __u64 *n = row->r->n;
	double seconds = summary_seconds(row->vm);

	switch (sort) {
	case SORT_KVM:
		return rows_kvm(row);
	case SORT_VMM:
		return rows_vmm(row);
	case SORT_EXITS:
		return seconds > 0 ? n[R_EXITS] / seconds : 0;
	case SORT_AVG:
		return n[R_TIMED] ? (double)n[R_CYCLES] / n[R_TIMED] : 0;
	case SORT_P50:
		return quantile(row, 500);
	case SORT_P95:
		return quantile(row, 950);
	case SORT_P99:
		return quantile(row, 990);
	case SORT_MAX:
		return quantile(row, 1000);
	default:
		return rows_kvm(row) + rows_vmm(row);
	}
}

int rows_compare(const void *a, const void *b, void *f)
{
	const struct row *ra = a, *rb = b;
	int ret;

	if (((const struct filter *)f)->sort != SORT_NAME &&
	    ra->key != rb->key)
		return ra->key < rb->key ? 1 : -1;
	ret = strcmp(ra->vm->name, rb->vm->name);
	if (!ret)
		ret = strcmp(ra->vm->id, rb->vm->id);
	if (!ret)
		ret = (ra->vm->vcpu > rb->vm->vcpu) -
		      (ra->vm->vcpu < rb->vm->vcpu);
	return ret ? ret : strcmp(ra->r->name, rb->r->name);
}

/* The text that is looked for in top: in what a row shows */
static bool has_text(const struct filter *f, const struct vm *vm,
		     const struct reason *r)
{
	char pid[16];

	if (!f->text || !*f->text)
		return true;
	snprintf(pid, sizeof(pid), "%u", vm->pid);
	return strcasestr(vm->name, f->text) || strcasestr(vm->id, f->text) ||
	       strcasestr(r->name, f->text) || !strcmp(pid, f->text);
}

static int add_reason(struct reason *to, const struct reason *r)
{
	int i;

	for (i = 0; i < NR_R; i++)
		to->n[i] += r->n[i];
	for (i = 0; i < NR_ST; i++)
		to->stages[i] += r->stages[i];
	to->ept += r->ept;
	return hist_add(&to->hist, &r->hist);
}

/* What is to be seen of a reason at all; one that did nothing is not. */
static bool is_wanted(const struct filter *f, const struct vm *vm,
		      const struct reason *r)
{
	if (!r->n[R_EXITS] && !r->n[R_TIMED])
		return false;
	return filter_reason(f, r) && has_text(f, vm, r);
}

static void add_row(struct rows *rows, const struct filter *f,
		    const struct vm *vm, const struct reason *r)
{
	struct row *row = &rows->row[rows->nr];

	*row = (struct row){ .vm = vm, .r = r };
	if (f->min > 0 && rows_kvm(row) + rows_vmm(row) < f->min) {
		rows->nr_left_out++;
		return;
	}
	if (f->sort != SORT_NAME)
		row->key = key_of(row, f->sort);
	rows->nr++;
}

static int no_memory(void)
{
	tell_error("out of memory");
	return -1;
}

/* The name of a vCPU's row is told by table.c. */
static int add_sum(struct rows *rows, const struct filter *f,
		   const struct vm *vm)
{
	struct reason *sum = &rows->sums[rows->nr_sums++];
	const struct reason *r;

	memset(sum, 0, sizeof(*sum));
	strcpy(sum->name, "all");
	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++)
		if (filter_reason(f, r) && add_reason(sum, r))
			return no_memory();
	if (has_text(f, vm, sum))
		add_row(rows, f, vm, sum);
	return 0;
}

static int make_room(struct rows *rows, const struct snapshot *s, bool by_vm)
{
	size_t i, most = s->nr_vms;

	for (i = 0; i < s->nr_vms && !by_vm; i++)
		most += s->vms[i].nr_reasons;
	rows->row = malloc(most * sizeof(*rows->row) + 1);
	if (by_vm)
		rows->sums = malloc(s->nr_vms * sizeof(*rows->sums) + 1);
	if (rows->row && (rows->sums || !by_vm))
		return 0;
	return no_memory();
}

int rows_make(struct rows *rows, const struct snapshot *s,
	      const struct filter *f, bool by_vm)
{
	const struct vm *vm;
	const struct reason *r;

	memset(rows, 0, sizeof(*rows));
	if (make_room(rows, s, by_vm))
		return -1;
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		if (!filter_vm(f, vm))
			continue;
		if (by_vm && add_sum(rows, f, vm))
			return -1;
		for (r = vm->reasons;
		     r < vm->reasons + vm->nr_reasons && !by_vm; r++)
			if (is_wanted(f, vm, r))
				add_row(rows, f, vm, r);
	}
	qsort_r(rows->row, rows->nr, sizeof(*rows->row), rows_compare,
		(void *)f);
	if (f->top && rows->nr > f->top) {
		rows->nr_left_out += rows->nr - f->top;
		rows->nr = f->top;
	}
	return 0;
}

void rows_free(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr_sums; i++)
		hist_free(&rows->sums[i].hist);
	free(rows->row);
	free(rows->sums);
	memset(rows, 0, sizeof(*rows));
}
