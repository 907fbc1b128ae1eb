// SPDX-License-Identifier: GPL-2.0
/* From all VMs to the vCPUs of one, to the reasons of one of these; and back. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/rows.h"
#include "top/top.h"

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

void top_open_hist(struct top *t)
{
	const struct row *row = top_row(t);

	if (!row) {
		top_say(t, "no row is selected");
		return;
	}
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

void top_down(struct top *t)
{
	const struct row *row = top_row(t);

	if (!row) {
		top_say(t, "no row is selected");
		return;
	}
	/* Without a move it is that of the first place, whichever that is. */
	t->place[t->view].id = top_id(row);
	switch (t->view) {
	case VIEW_REASONS:
	case VIEW_VMS:
		open_vm(t, row);
		break;
	case VIEW_VCPUS:
		open_vcpu(t, row);
		break;
	default:
		top_open_hist(t);
	}
}

/* What was last read of all VMs is old by now. */
static void close_vm(struct top *t, enum top_view view)
{
	show(t, view);
	top_forget(&t->one);
	if (!t->paused)
		top_hurry(t);
}

void top_up(struct top *t)
{
	if (t->screen == SCREEN_HIST)
		t->screen = SCREEN_TABLE;
	else if (t->view == VIEW_VCPU)
		show(t, VIEW_VCPUS);
	else if (t->view == VIEW_VCPUS)
		close_vm(t, t->outer);
	else
		top_say(t, "this is all there is; q quits");
}

void top_toggle_vms(struct top *t)
{
	if (t->view >= VIEW_VCPUS)
		close_vm(t, VIEW_VMS);
	else
		show(t, t->view == VIEW_VMS ? VIEW_REASONS : VIEW_VMS);
}
