// SPDX-License-Identifier: GPL-2.0
/* kvmhot stat: prints what happens, interval by interval, as lines to be kept. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/exit.h"
#include "base/tell.h"
#include "base/words.h"
#include "model/delta.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/twins.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "show/block.h"
#include "verbs/stat.h"
#include "verbs/verbs.h"

static atomic_bool stopped, reopen;

/* In any of the intervals */
static bool kprobes_off;

static void on_signal(int signal)
{
	if (signal == SIGHUP)
		reopen = true;
	else
		stopped = true;
}

static bool has_file(const struct options *o)
{
	return o->out && strcmp(o->out, "-");
}

/* Writing goes on; clock_nanosleep() ends for a signal all the same. */
static void catch_signals(const struct options *o)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_RESTART,
	};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Without a file to reopen, it means what it always does. */
	if (has_file(o))
		sigaction(SIGHUP, &action, NULL);
}

static int open_out(const struct options *o, FILE **out)
{
	FILE *f = stdout;

	if (has_file(o))
		f = fopen(o->out, "ae");
	if (!f) {
		tell_error("%s: %s", o->out, strerror(errno));
		return -1;
	}
	/* To a pipe or a file, too, a line is to be seen when it is there. */
	setvbuf(f, NULL, _IOLBF, 0);
	*out = f;
	return 0;
}

static int close_out(const struct options *o, FILE *out)
{
	/* Then check_out() has told it. */
	bool bad = ferror(out);

	if (out == stdout)
		return 0;
	if (!fclose(out) || bad)
		return bad ? -1 : 0;
	tell_error("%s: %s", o->out, strerror(errno));
	return -1;
}

/* For logrotate: what comes goes into the file that has the name now. */
static int reopen_out(const struct options *o, FILE **out)
{
	reopen = false;
	return close_out(o, *out) || open_out(o, out) ? -1 : 0;
}

/* Until T, or a signal that says stop. */
static int wait_until(const struct timespec *t, const struct options *o,
		      FILE **out)
{
	do {
		if (reopen && reopen_out(o, out))
			return -1;
	} while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, t,
					     NULL) == EINTR);
	return 0;
}

static double behind(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - t->tv_sec + (now.tv_nsec - t->tv_nsec) / 1e9;
}

/* After a stop, or where the output was stuck, there is nothing to catch up. */
static void add(struct timespec *t, double interval)
{
	time_t whole = interval;

	if (behind(t) > interval)
		clock_gettime(CLOCK_MONOTONIC, t);

	t->tv_sec += whole;
	t->tv_nsec += (interval - whole) * 1e9;
	if (t->tv_nsec >= 1000000000) {
		t->tv_nsec -= 1000000000;
		t->tv_sec++;
	}
}

/* Of VMs that have ended, all further blocks would be empty. */
static int check_running(const struct snapshot *s, const struct filter *f)
{
	const struct vm *vm;
	bool there = false;

	if (!f->vms && !f->guests)
		return 0;
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		if (!filter_vm(f, vm))
			continue;
		there = true;
		if (vm->running)
			return 0;
	}
	tell_error("stat: %s %s", f->vms ? f->vms : f->guests,
		   there ? "has ended" : "is gone");
	return -1;
}

static int check_out(const struct options *o, FILE *out)
{
	if (!ferror(out))
		return 0;
	/* Of standard output main() says it. */
	if (out != stdout)
		tell_error("stat: %s: %s", o->out, strerror(errno));
	return -1;
}

static int print_block(const struct options *o, const struct snapshot *now,
		       const struct snapshot *then, bool first, FILE *out)
{
	struct snapshot d;
	int ret;

	ret = delta_make(&d, now, then);
	if (!ret) {
		if (!first && !o->no_header)
			putc('\n', out);
		ret = block_print(o, now, then, &d, out);
	}
	snapshot_free(&d);
	return ret ? ret : check_out(o, out);
}

/* One interval: *THEN becomes what there is at its end. */
static int run_one(const struct options *o, struct snapshot *then,
		   struct timespec *t, bool first, FILE **out)
{
	struct snapshot now;
	int ret;

	add(t, o->delay);
	if (wait_until(t, o, out) ||
	    source_load_live(&now, o->root, o->filter.vcpu))
		return -1;
	twins_keep_names(&now, then);
	kprobes_off |= snapshot_kprobes_off(&now);
	ret = print_block(o, &now, then, first, *out);
	snapshot_free(then);
	*then = now;
	return ret;
}

static int run(const struct options *o, struct snapshot *then, FILE **out)
{
	struct timespec t;
	long i;

	clock_gettime(CLOCK_MONOTONIC, &t);
	for (i = 0; !stopped && (!o->count || i < o->count); i++) {
		if (run_one(o, then, &t, !i, out))
			return -1;
		if (i + 1 != o->count && check_running(then, &o->filter))
			return -1;
	}
	return 0;
}

/* Of a file, in which nothing will happen: all that it has */
static int print_whole(const struct options *o, const struct snapshot *s,
		       FILE *out)
{
	return block_print(o, s, NULL, s, out) ? -1 : check_out(o, out);
}

static int run_on(const struct options *o, struct snapshot *s)
{
	FILE *out;
	int ret;

	if (filter_check(&o->filter, s) || open_out(o, &out))
		return -1;
	ret = store_is_file(o->root) ? print_whole(o, s, out) :
				       run(o, s, &out);
	return close_out(o, out) ? -1 : ret;
}

/* BEFORE: what lacked then lacks no interval of ours. */
static int run_all(const struct options *o, const struct snapshot *before)
{
	int status = EXIT_FAILED;
	struct snapshot then;

	if (source_load_live(&then, o->root, o->filter.vcpu))
		return EXIT_FAILED;
	kprobes_off = snapshot_kprobes_off(&then);
	if (!run_on(o, &then)) {
		if (kprobes_off)
			then.n[S_KPROBES_HIT] = 0;
		status = incomplete_status(&then, before, o->pmu);
	}
	snapshot_free(&then);
	return status;
}

int stat_blocks(const struct options *o)
{
	struct snapshot before;
	int status;

	catch_signals(o);
	if (source_load_status(&before, o->root))
		return EXIT_FAILED;
	status = run_all(o, &before);
	snapshot_free(&before);
	return status;
}

int stat_run(const struct options *given)
{
	struct options o = *given;

	o.delay = 1;
	o.count = o.nr_words ? 0 : 1;
	if (o.nr_words && words_delay("stat", o.words[0], &o.delay))
		return EXIT_USAGE;
	if (o.nr_words > 1 && words_count("stat", o.words[1], &o.count))
		return EXIT_USAGE;
	return stat_blocks(&o);
}
