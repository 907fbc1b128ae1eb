// SPDX-License-Identifier: GPL-2.0
/* Chooses the VMs and rows that a format of export writes. */
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "export/export.h"
#include "model/filter.h"

const char *export_name(const struct reason *r)
{
	return r->name + (strncmp(r->name, "L2:", 3) ? 0 : 3);
}

void export_real(FILE *to, double v)
{
	char text[32];
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	fputs(text, to);
}

const struct coverage *export_coverage(const struct export *e,
				       const struct vm *vm)
{
	size_t i;

	for (i = 0; i < e->s->nr_coverages; i++)
		if (!strcmp(e->s->coverages[i].id, vm->id))
			return &e->s->coverages[i];
	return NULL;
}

const struct vm *export_next_vm(const struct export *e, const struct vm *vm)
{
	const struct vm *end = e->s->vms + e->s->nr_vms;

	for (vm = vm ? vm + 1 : e->s->vms; vm < end; vm++)
		if (filter_vm(&e->o->filter, vm))
			return vm;
	return NULL;
}

static __u64 cost(const struct reason *r)
{
	return r->n[R_CYCLES] + r->n[R_USER_CYCLES];
}

static int compare(const void *a, const void *b)
{
	const struct reason *ra = *(const struct reason **)a;
	const struct reason *rb = *(const struct reason **)b;

	if (cost(ra) != cost(rb))
		return cost(ra) < cost(rb) ? 1 : -1;
	if (ra->n[R_EXITS] != rb->n[R_EXITS])
		return ra->n[R_EXITS] < rb->n[R_EXITS] ? 1 : -1;
	if (ra->number != rb->number)
		return ra->number < rb->number ? -1 : 1;
	return (ra->level > rb->level) - (ra->level < rb->level);
}

static bool add_counts(struct reason *to, const struct reason *r)
{
	size_t i;
	int stage;

	if (r->nr_counts > to->nr_counts) {
		struct counts *c = realloc(to->counts,
					   r->nr_counts * sizeof(*c));

		if (!c)
			return false;
		memset(c + to->nr_counts, 0,
		       (r->nr_counts - to->nr_counts) * sizeof(*c));
		to->counts = c;
		to->nr_counts = r->nr_counts;
	}
	for (i = 0; i < r->nr_counts; i++) {
		to->counts[i].exits += r->counts[i].exits;
		for (stage = 0; stage < NR_ST; stage++)
			to->counts[i].stages[stage] +=
				r->counts[i].stages[stage];
	}
	return true;
}

/* The maxima are nobody's: no format has them of these. */
static bool add_other(struct export_rows *rows, const struct reason *r)
{
	struct reason **other = &rows->other[r->level == 2];
	int i;

	if (!*other) {
		*other = calloc(1, sizeof(**other));
		if (!*other)
			return false;
		strcpy((*other)->name, "other");
		(*other)->level = r->level;
	}
	for (i = 0; i < NR_R; i++)
		(*other)->n[i] += r->n[i];
	for (i = 0; i < NR_ST; i++)
		(*other)->stages[i] += r->stages[i];
	(*other)->ept += r->ept;
	return !hist_add(&(*other)->hist, &r->hist) &&
	       add_counts(*other, r);
}

int export_rows(const struct export *e, const struct vm *vm,
		struct export_rows *rows)
{
	unsigned long top = e->o->filter.top;
	size_t i;

	memset(rows, 0, sizeof(*rows));
	rows->r = calloc(vm->nr_reasons + 1, sizeof(*rows->r));
	if (!rows->r)
		goto no_memory;
	for (i = 0; i < vm->nr_reasons; i++)
		if (filter_reason(&e->o->filter, &vm->reasons[i]))
			rows->r[rows->nr++] = &vm->reasons[i];
	qsort(rows->r, rows->nr, sizeof(*rows->r), compare);
	for (i = top; top && i < rows->nr; i++)
		if (!add_other(rows, rows->r[i]))
			goto no_memory;
	if (top && rows->nr > top)
		rows->nr = top;
	return 0;
no_memory:
	export_rows_free(rows);
	tell_error("export: out of memory");
	return -1;
}

void export_rows_free(struct export_rows *rows)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (rows->other[i]) {
			free(rows->other[i]->counts);
			hist_free(&rows->other[i]->hist);
		}
		free(rows->other[i]);
	}
	free(rows->r);
	memset(rows, 0, sizeof(*rows));
}
