// SPDX-License-Identifier: GPL-2.0
/* Draws the screen of top: head, rows, foot. */
#include <stdlib.h>
#include <string.h>

#include "model/events.h"
#include "model/rows.h"
#include "show/table.h"
#include "term/screen.h"
#include "top/draw.h"
#include "top/head.h"
#include "top/help.h"
#include "top/hist.h"
#include "top/read.h"
#include "top/rows.h"

/* Percent of one CPU, from which on a row is one to look at */
#define MUCH	50
#define SOME	10

/* Where the cell of a column begins in a line, and how long it is. */
static bool find_cell(const struct layout *l, enum column which, int *at,
		      int *len)
{
	int i, width;

	*at = 0;
	for (i = 0; i < NR_C; i++) {
		width = abs(l->width[i]);
		if (i == (int)which) {
			*len = width;
			return l->shown[i];
		}
		if (l->shown[i])
			*at += width + 1;
	}
	return false;
}

/* LINE with another look of what is from AT on, LEN characters. */
static void print_parts(const char *line, unsigned int attr, int at, int len,
			unsigned int other)
{
	int all = strlen(line);

	if (at > all)
		at = all;
	if (len > all - at)
		len = all - at;
	term_print(attr, "%.*s", at, line);
	term_print(other, "%.*s", len, line + at);
	term_print(attr, "%s", line + at + len);
}

static void draw_names(const struct top *t)
{
	char line[512];
	int at, len;

	table_names(&t->layout, line, sizeof(line));
	if (!find_cell(&t->layout, table_sorted(t->o.filter.sort, t->o.unit),
		       &at, &len))
		len = 0;
	print_parts(line, TERM_BOLD, at, len, TERM_BOLD | TERM_CYAN);
	term_line();
}

static unsigned int colour(double percent)
{
	if (percent >= MUCH)
		return TERM_RED;
	return percent >= SOME ? TERM_YELLOW : 0;
}

static void draw_row(const struct top *t, const struct row *row)
{
	bool selected = row == top_row(t);
	unsigned int attr = selected ? TERM_REVERSE : 0, other;
	char line[512];
	int at, len;

	if (*t->error || !row->vm->running)
		attr |= TERM_DIM;
	other = attr;
	if (!attr)
		other = colour(rows_kvm(row) + rows_vmm(row));
	table_row(&t->layout, row, line, sizeof(line));
	if (!find_cell(&t->layout, C_HOST, &at, &len))
		len = 0;
	print_parts(line, attr, at, len, other);
	if (selected)
		term_fill(attr, -1);
	term_line();
}

/* Why there is nothing to be seen */
static void draw_nothing(const struct top *t)
{
	const struct top_reading *r = top_shown(t);

	if (!r->have_now && *t->error)
		return;
	if (!top_is_known(t))
		term_print(TERM_DIM, "Measuring ...");
	else if (!r->now.nr_vms && top_kind(t)->of_one)
		term_print(TERM_BOLD, "%s (%s) is gone; Esc goes back.",
			   t->vm_name, t->vm);
	else if (!r->now.nr_vms)
		term_print(0, "No VM runs, nor has one since kvmhot was loaded or reset.");
	else if (!t->raw.nr_vms)
		term_print(0, "All VMs have ended; a shows them.");
	else if (*t->text && !top_kind(t)->one_name)
		term_print(0, "No row has '%s' in VM, PID or reason (f).",
			   t->text);
	else
		term_print(0, "No exits%s.", t->totals ? "" :
			   " in this interval");
}

static void draw_table(struct top *t)
{
	struct top_place *p = &t->place[t->view];
	size_t i, end;

	table_layout(&t->layout, &t->rows, t->o.unit, t->o.pmu,
		     term_columns());
	events_choose(&t->layout.events, &top_shown(t)->now);
	draw_names(t);
	top_scroll(t);
	if (!t->rows.nr)
		draw_nothing(t);
	end = p->first + t->page;
	for (i = p->first; i < t->rows.nr && i < end; i++)
		draw_row(t, &t->rows.row[i]);
}

void top_draw(struct top *t)
{
	int foot;

	term_begin();
	if (t->screen == SCREEN_HELP) {
		top_draw_help(t);
		term_end();
		return;
	}
	top_draw_head(t);
	foot = term_rows() - top_foot_height(t);
	t->page = foot - term_at_row() - 1;
	if (t->page < 1)
		t->page = 1;
	if (t->screen == SCREEN_HIST)
		top_draw_hist(t);
	else
		draw_table(t);
	term_row(foot);
	top_draw_foot(t);
	term_end();
}
