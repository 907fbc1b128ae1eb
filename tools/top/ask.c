// SPDX-License-Identifier: GPL-2.0
/* Asks the user, and does what the answers say. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/words.h"
#include "model/filter.h"
#include "model/rows.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "term/prompt.h"
#include "top/ask.h"
#include "top/notes.h"
#include "top/read.h"
#include "top/rows.h"

/* More often than this nobody can read it. */
#define LEAST_DELAY	0.1

/* The VM of the histogram, of the row, or else the one that is looked at. */
static bool choose_reset(struct top *t)
{
	const struct row *row = top_row(t);
	const struct vm *vm;

	memset(&t->reset, 0, sizeof(t->reset));
	if (t->screen == SCREEN_HIST) {
		vm = snapshot_find(&top_shown(t)->now, t->hist.vm, t->hist.vcpu);
		strcpy(t->reset.vm, t->hist.vm);
		snprintf(t->reset_name, sizeof(t->reset_name), "%s",
			 vm ? vm->name : "");
		return true;
	}
	if (!row && !top_kind(t)->of_one) {
		top_say(t, "no row is selected: R resets all");
		return false;
	}
	strcpy(t->reset.vm, row ? row->vm->id : t->vm);
	snprintf(t->reset_name, sizeof(t->reset_name), "%s",
		 row ? row->vm->name : t->vm_name);
	return true;
}

void top_ask(struct top *t, enum top_question what)
{
	char text[64] = "";

	switch (what) {
	case ASK_SORT:
		prompt_start(&t->prompt, "Sort by: ", "", 16);
		break;
	case ASK_FILTER:
		prompt_start(&t->prompt, "Only rows with (VM, PID, reason): ",
			     t->text, sizeof(t->text) - 1);
		break;
	case ASK_DELAY:
		snprintf(text, sizeof(text), "%g", t->o.delay);
		prompt_start(&t->prompt, "Seconds between readings: ", text,
			     16);
		break;
	case ASK_RESET_VM:
		if (!choose_reset(t))
			return;
		break;
	default:
		strcpy(t->reset.vm, "all");
	}
	t->asking = what;
}

static void set_sort(struct top *t, const char *word)
{
	char all[128] = "";
	int i;

	for (i = 0; i < NR_SORTS; i++) {
		if (!strcmp(word, filter_sorts[i])) {
			t->o.filter.sort = i;
			top_rows(t);
			return;
		}
		strcat(strcat(all, " "), filter_sorts[i]);
	}
	if (*word)
		top_say(t, "'%s' is not one of%s", word, all);
}

static void set_delay(struct top *t, const char *word)
{
	double delay;

	t->message_at = clock_now();
	if (words_delay("delay", word, &delay))
		return;
	if (delay < LEAST_DELAY) {
		top_say(t, "delay: '%s' is less than %g s", word, LEAST_DELAY);
		return;
	}
	t->o.delay = delay;
	t->due = clock_now() + delay;
}

/* What there was is not to be compared with what comes now. */
static void reset_now(struct top *t)
{
	t->message_at = clock_now();
	if (source_reset(t->o.root, t->reset.vm)) {
		if (store_is_copy(t->o.root))
			top_say(t, "%s is a saved copy: it cannot be reset",
				t->o.root);
		return;
	}
	rows_free(&t->rows);
	top_forget(&t->all);
	if (top_kind(t)->of_one) {
		top_forget(&t->one);
		strcpy(t->one.vm, t->vm);
	}
	if (t->asking == ASK_RESET_ALL)
		top_say(t, "all VMs are reset");
	else
		top_say(t, "%s (%s) is reset", t->reset_name, t->reset.vm);
	t->due = clock_now();
}

static void done(struct top *t)
{
	const char *text = t->prompt.text;

	switch (t->asking) {
	case ASK_SORT:
		set_sort(t, text);
		break;
	case ASK_FILTER:
		strcpy(t->text, text);
		top_rows(t);
		break;
	case ASK_DELAY:
		set_delay(t, text);
		break;
	default:
		break;
	}
}

static void answer_reset(struct top *t, int key)
{
	if (key == 'y' || key == 'Y')
		reset_now(t);
	else
		top_say(t, "not reset");
	t->asking = ASK_NOTHING;
}

void top_answer(struct top *t, int key)
{
	if (t->asking >= ASK_RESET_VM) {
		answer_reset(t, key);
		return;
	}
	switch (prompt_key(&t->prompt, key)) {
	case PROMPT_DONE:
		done(t);
		t->asking = ASK_NOTHING;
		break;
	case PROMPT_LEFT:
		t->asking = ASK_NOTHING;
		break;
	}
}
