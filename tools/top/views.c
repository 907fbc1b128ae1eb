// SPDX-License-Identifier: GPL-2.0
/* Goes from all VMs to the vCPUs of one, to the reasons of one of these; and back. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/rows.h"
#include "top/notes.h"
#include "top/read.h"
#include "top/rows.h"
#include "top/views.h"

static void show(struct top *t, enum top_view view)
{
	t->view = view;
	t->screen = SCREEN_TABLE;
	top_rows(t);
}

static void clear_place(struct top_place *p)
{
	memset(p, 0, sizeof(*p));
}

static void open_hist(struct top *t, const struct row *row)
{
	t->hist = top_id(row);
	/* What the histogram is of is where the bar is, wherever rows go. */
	t->place[t->view].id = t->hist;
	t->screen = SCREEN_HIST;
}

/* The reason that one comes from is the one to begin with further down. */
static void open_vm(struct top *t, const struct row *row)
{
	struct top_id id = top_id(row);

	snprintf(t->vm, sizeof(t->vm), "%s", row->vm->id);
	snprintf(t->vm_name, sizeof(t->vm_name), "%s", row->vm->name);
	clear_place(&t->place[VIEW_VCPUS]);
	clear_place(&t->place[VIEW_VCPU]);
	if (!id.all)
		t->place[VIEW_VCPU].id = id;
	t->outer = t->view;
	t->view = VIEW_VCPUS;
	top_forget(&t->one);
	strcpy(t->one.vm, t->vm);
	t->due = clock_now();
	show(t, VIEW_VCPUS);
}

static void open_vcpu(struct top *t, const struct row *row)
{
	struct top_place *p = &t->place[VIEW_VCPU];
	struct top_id id = p->id;

	clear_place(p);
	if (*id.vm) {
		p->id = id;
		p->id.vcpu = row->vm->vcpu;
	}
	t->vcpu = row->vm->vcpu;
	show(t, VIEW_VCPU);
}

/* What was last read of all VMs is old by now. */
static void close_vm(struct top *t, enum top_view view)
{
	show(t, view);
	top_forget(&t->one);
	if (!t->paused)
		top_hurry(t);
}

static const struct row *chosen_row(struct top *t)
{
	const struct row *row = top_row(t);

	if (!row)
		top_say(t, "no row is selected");
	return row;
}

static void close_vcpu(struct top *t)
{
	show(t, VIEW_VCPUS);
}

static void close_vcpus(struct top *t)
{
	close_vm(t, t->outer);
}

static void stay(struct top *t)
{
	top_say(t, "this is all there is; q quits");
}

/* Where a row of each view leads to, and the way back */
static const struct {
	void (*down)(struct top *t, const struct row *row);
	void (*up)(struct top *t);
	enum top_view other;	/* with the key for VMs */
} ways[NR_VIEWS] = {
	[VIEW_REASONS] = { open_vm, stay, VIEW_VMS },
	[VIEW_VMS] = { open_vm, stay, VIEW_REASONS },
	[VIEW_VCPUS] = { open_vcpu, close_vcpus, VIEW_VMS },
	[VIEW_VCPU] = { open_hist, close_vcpu, VIEW_VMS },
};

void top_open_hist(struct top *t)
{
	const struct row *row = chosen_row(t);

	if (row)
		open_hist(t, row);
}

void top_down(struct top *t)
{
	const struct row *row = chosen_row(t);

	if (!row)
		return;
	/* Without a move it is that of the first place, whichever that is. */
	t->place[t->view].id = top_id(row);
	ways[t->view].down(t, row);
}

void top_up(struct top *t)
{
	if (t->screen == SCREEN_HIST)
		t->screen = SCREEN_TABLE;
	else
		ways[t->view].up(t);
}

void top_toggle_vms(struct top *t)
{
	enum top_view other = ways[t->view].other;

	if (top_kind(t)->of_one)
		close_vm(t, other);
	else
		show(t, other);
}
