// SPDX-License-Identifier: GPL-2.0
/* Makes the rows that top shows, and keeps the bar on one of them. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/tell.h"
#include "model/filter.h"
#include "read/snapshot.h"
#include "top/read.h"
#include "top/rows.h"

struct top_id top_id(const struct row *row)
{
	struct top_id id;

	memset(&id, 0, sizeof(id));
	strcpy(id.vm, row->vm->id);
	id.vcpu = row->vm->vcpu;
	id.all = !row->r->number && !strcmp(row->r->name, "all");
	if (!id.all) {
		id.number = row->r->number;
		id.level = row->r->level;
	}
	return id;
}

static bool is_it(const struct top_id *id, const struct row *row)
{
	const struct top_id other = top_id(row);

	return !strcmp(id->vm, other.vm) && id->vcpu == other.vcpu &&
	       id->all == other.all && id->number == other.number &&
	       id->level == other.level;
}

const struct row *top_row(const struct top *t)
{
	size_t at = t->place[t->view].at;

	return at < t->rows.nr ? &t->rows.row[at] : NULL;
}

/* The row may have moved, or it is gone: then the bar stays where it was. */
static void find_place(struct top *t)
{
	struct top_place *p = &t->place[t->view];
	size_t i;

	if (!t->rows.nr)
		return;
	for (i = 0; *p->id.vm && i < t->rows.nr; i++) {
		if (is_it(&p->id, &t->rows.row[i])) {
			p->at = i;
			return;
		}
	}
	if (p->at >= t->rows.nr)
		p->at = t->rows.nr - 1;
}

static bool is_shown(const struct top *t, const struct vm *vm)
{
	int only = top_kind(t)->of_vcpu ? t->vcpu : t->o.filter.vcpu;

	if (!top_kind(t)->of_one)
		return !top_is_hidden(t, vm);
	return only == ALL_VCPUS || vm->vcpu == only;
}

/* The VMs that there are rows of: nothing in them is copied. */
static int choose_vms(struct top *t, const struct snapshot *from)
{
	struct snapshot *s = &t->raw;
	size_t i;

	free(s->vms);
	*s = (struct snapshot){ .root = from->root };
	s->vms = malloc(from->nr_vms * sizeof(*s->vms) + 1);
	if (!s->vms) {
		tell_error("out of memory");
		return -1;
	}
	for (i = 0; i < from->nr_vms; i++)
		if (is_shown(t, &from->vms[i]))
			s->vms[s->nr_vms++] = from->vms[i];
	return 0;
}

void top_rows(struct top *t)
{
	const struct top_reading *r = top_shown(t);
	struct filter f = t->o.filter;

	rows_free(&t->rows);
	if (!top_is_known(t))
		return;
	/* All of its rows have the same name. */
	if (top_kind(t)->one_name)
		f.text = NULL;
	if (choose_vms(t, t->totals ? &r->now : &r->d) ||
	    rows_make(&t->rows, &t->raw, &f, top_kind(t)->sums)) {
		rows_free(&t->rows);
		t->message_at = clock_now();
	}
	find_place(t);
}

void top_move(struct top *t, long rows)
{
	struct top_place *p = &t->place[t->view];

	if (!t->rows.nr)
		return;
	if (rows < 0 && p->at < (size_t)-rows)
		p->at = 0;
	else if (rows > 0 && t->rows.nr - 1 - p->at < (size_t)rows)
		p->at = t->rows.nr - 1;
	else
		p->at += rows;
	p->id = top_id(&t->rows.row[p->at]);
}

/* Who has not moved the bar yet wants to see what is first. */
void top_scroll(struct top *t)
{
	struct top_place *p = &t->place[t->view];
	size_t page = t->page > 0 ? t->page : 1;

	if (p->first + page > t->rows.nr)
		p->first = t->rows.nr > page ? t->rows.nr - page : 0;
	if (p->at < p->first)
		p->first = p->at;
	if (p->at >= p->first + page)
		p->first = p->at - page + 1;
}
