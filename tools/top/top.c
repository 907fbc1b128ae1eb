// SPDX-License-Identifier: GPL-2.0
/* kvmhot top: shows the costliest VMs and exit reasons, live. */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/tell.h"
#include "model/filter.h"
#include "read/snapshot.h"
#include "term/keys.h"
#include "term/term.h"
#include "top/draw.h"
#include "top/keys.h"
#include "top/notes.h"
#include "top/read.h"
#include "top/rows.h"
#include "top/state.h"
#include "top/top.h"
#include "verbs/stat.h"

#define DELAY	2.0

/* Until the next thing that is to be seen, in ms; -1: only a key can be it. */
static int timeout(struct top *t, bool expires)
{
	double left = (t->due - clock_now()) * 1000;

	if (t->paused && top_reading(t)->have_d && !t->hurry)
		return expires ? 1000 : -1;
	if (left > 1000 && expires)
		return 1000;
	if (left > 1e9)
		return 1000000000;
	return left > 0 ? left + 1 : 0;
}

static bool is_due(struct top *t)
{
	if (t->paused && top_reading(t)->have_d && !t->hurry)
		return false;
	return clock_now() >= t->due;
}

/* Returns true when so many intervals were shown as were asked for. */
static bool refresh(struct top *t)
{
	if (!top_read(t)) {
		top_rows(t);
		if (top_reading(t)->have_d && t->nr_left && !--t->nr_left)
			return true;
	}
	return false;
}

static void run(struct top *t)
{
	bool done = false, expires;
	int key;

	while (!done) {
		if (is_due(t)) {
			done = refresh(t);
			if (term_ended())
				break;
		}
		expires = top_notes_expire(t) || *t->error;
		top_draw(t);
		if (done)
			break;
		key = term_key(timeout(t, expires));
		if (key == KEY_ENDED || (key == 'q' && !t->asking &&
					 t->screen != SCREEN_HELP))
			break;
		if (key != KEY_NONE && key != KEY_RESIZE)
			top_key(t, key);
	}
}

static int run_batch(const struct options *given)
{
	struct options o = *given;

	if (o.delay <= 0)
		o.delay = DELAY;
	return stat_blocks(&o);
}

static int run_screen(struct top *t)
{
	/* Whatever is wrong with what was asked for is told as of any verb. */
	if (top_read(t)) {
		tell_redirect(NULL, 0);
		tell_error("%s", t->error);
		return EXIT_FAILED;
	}
	tell_redirect(NULL, 0);
	if (filter_check(&t->o.filter, &t->all.now) || term_open(t->o.plain))
		return EXIT_FAILED;
	/* From here on stderr is the screen. */
	tell_redirect(t->message, sizeof(t->message));
	top_rows(t);
	run(t);
	tell_redirect(NULL, 0);
	term_close();
	return EXIT_FINE;
}

int top_run(const struct options *o)
{
	struct top *t;
	int status;

	if (o->batch || !isatty(STDOUT_FILENO))
		return run_batch(o);
	t = calloc(1, sizeof(*t));
	if (!t) {
		tell_error("out of memory");
		return EXIT_FAILED;
	}
	t->o = *o;
	if (t->o.delay <= 0)
		t->o.delay = DELAY;
	t->nr_left = o->count;
	t->o.filter.text = t->text;
	t->vcpu = ALL_VCPUS;
	status = run_screen(t);
	top_free(t);
	free(t);
	return status;
}
