// SPDX-License-Identifier: GPL-2.0
/* Does what keys ask for: help.c tells the same to the user. */
#include <limits.h>
#include <string.h>

#include "model/filter.h"
#include "model/options.h"
#include "term/keys.h"
#include "top/ask.h"
#include "top/keys.h"
#include "top/notes.h"
#include "top/read.h"
#include "top/rows.h"
#include "top/views.h"

/* STEP 1 or -1 in the order of filter_sorts[]. */
static void sort_next(struct top *t, int step)
{
	t->o.filter.sort = (t->o.filter.sort + NR_SORTS + step) % NR_SORTS;
	top_rows(t);
}

static void pause_or_go(struct top *t)
{
	t->paused = !t->paused;
	if (!t->paused)
		top_hurry(t);
}

static void toggle_totals(struct top *t)
{
	t->totals = !t->totals;
	top_rows(t);
}

static void toggle_ended(struct top *t)
{
	t->show_ended = !t->show_ended;
	top_say(t, "VMs that ended are shown %s", t->show_ended ?
		"until they are reset" : "for a minute");
	top_rows(t);
}

static void toggle_events(struct top *t)
{
	t->o.pmu = !t->o.pmu;
	if (t->o.pmu && !top_reading(t)->now.nr_events)
		top_say(t, "no events are counted: see the file 'events'");
}

static void to_first(struct top *t)
{
	/* And there it stays, whatever comes to be first. */
	memset(&t->place[t->view], 0, sizeof(t->place[t->view]));
}

/* In the histogram these go from row to row as well. */
static bool move_key(struct top *t, int key)
{
	switch (key) {
	case KEY_UP:
	case 'k':
		top_move(t, -1);
		break;
	case KEY_DOWN:
	case 'j':
		top_move(t, 1);
		break;
	case KEY_PGUP:
		top_move(t, -t->page);
		break;
	case KEY_PGDN:
		top_move(t, t->page);
		break;
	case KEY_HOME:
		to_first(t);
		break;
	case KEY_END:
		top_move(t, INT_MAX);
		break;
	default:
		return false;
	}
	if (t->screen == SCREEN_HIST)
		top_open_hist(t);
	return true;
}

static bool view_key(struct top *t, int key)
{
	switch (key) {
	case KEY_ENTER:
	case KEY_RIGHT:
	case 'x':
		if (t->screen == SCREEN_TABLE)
			top_down(t);
		break;
	case KEY_ESC:
	case KEY_BACKSPACE:
	case KEY_LEFT:
		top_up(t);
		break;
	case 'v':
		top_toggle_vms(t);
		break;
	case 'H':
	case 'g':
		if (t->screen == SCREEN_HIST)
			top_up(t);
		else
			top_open_hist(t);
		break;
	case 'h':
	case '?':
	case KEY_F1:
		t->help_first = 0;
		t->screen = SCREEN_HELP;
		break;
	default:
		return false;
	}
	return true;
}

static bool ask_key(struct top *t, int key)
{
	switch (key) {
	case 'o':
		top_ask(t, ASK_SORT);
		break;
	case 'f':
	case '/':
		top_ask(t, ASK_FILTER);
		break;
	case 'd':
	case 's':
		top_ask(t, ASK_DELAY);
		break;
	case 'r':
		top_ask(t, ASK_RESET_VM);
		break;
	case 'R':
	case 'c':
		top_ask(t, ASK_RESET_ALL);
		break;
	default:
		return false;
	}
	return true;
}

static void other_key(struct top *t, int key)
{
	switch (key) {
	case '<':
		sort_next(t, -1);
		break;
	case '>':
		sort_next(t, 1);
		break;
	case 't':
		toggle_totals(t);
		break;
	case 'u':
		t->o.unit = (t->o.unit + 1) % NR_UNITS;
		break;
	case 'e':
		toggle_events(t);
		break;
	case 'a':
		toggle_ended(t);
		break;
	case ' ':
		pause_or_go(t);
		break;
	default:
		top_say(t, "this key means nothing here; h shows those that do");
	}
}

static void help_key(struct top *t, int key)
{
	switch (key) {
	case KEY_UP:
	case 'k':
		t->help_first--;
		break;
	case KEY_DOWN:
	case 'j':
		t->help_first++;
		break;
	case KEY_PGUP:
		t->help_first -= t->page;
		break;
	case KEY_PGDN:
		t->help_first += t->page;
		break;
	default:
		/* The rows may be others by now, but the place is kept. */
		t->screen = SCREEN_TABLE;
	}
}

void top_key(struct top *t, int key)
{
	if (t->asking) {
		top_answer(t, key);
		return;
	}
	if (t->screen == SCREEN_HELP) {
		help_key(t, key);
		return;
	}
	/* The answer to the last key is no answer to this one. */
	*t->message = '\0';
	if (!move_key(t, key) && !view_key(t, key) && !ask_key(t, key))
		other_key(t, key);
}
