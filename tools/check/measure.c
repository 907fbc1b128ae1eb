// SPDX-License-Identifier: GPL-2.0
/*
 * Compares what an event counts with what is known of a VM.  The VM runs a loop of
 * known length between two I/O exits, for two lengths.  What the event counts
 * beside the loop, of the VM entry and exit, is the same for both: so the slope is
 * what is compared.
 *
 * An interrupt of the host ends the stage guest of an exit of another reason,
 * and adds a VM entry and exit of its own: so the runs that are compared are
 * those without one.  They are short, so that most are.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/tell.h"
#include "check/measure.h"
#include "check/tinyvm.h"
#include "model/events.h"
#include "read/source.h"
#include "read/store.h"

#define SHORT_TURNS	1000
#define LONG_TURNS	41000
#define EXITS		8	/* of a run */
#define RUNS		20	/* of each length */
#define MAX_TRIES	400
#define WARM_UP		4
#define PATIENCE	500	/* times 10 ms */
#define IO_INSTRUCTION	30

/* The best of the runs of one length */
struct best {
	unsigned int tries, clean;
	__u64 others;		/* exits that were not of the loop */
	__u64 exits, guest;
};

static void pause_shortly(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	nanosleep(&pause, NULL);
}

/* Until its events are made, which is some milliseconds after its first exit */
static int wait_until_counting(struct tinyvm *tiny, char *id, size_t size,
			       bool (*stopped)(void))
{
	bool there = false, counting = false;
	struct vm vm;
	int i;

	for (i = 0; i < PATIENCE && !counting; i++) {
		if (tinyvm_run(tiny, SHORT_TURNS, WARM_UP, stopped))
			return -1;
		if (!there)
			there = !tinyvm_find_id(id, size, tiny->fd);
		if (there) {
			if (source_load_vm(&vm, STORE_ROOT, id))
				return -1;
			if (events_failed(&vm)) {
				events_print_failed(&vm, NULL, "", stdout);
				snapshot_free_vm(&vm);
				return -1;
			}
			counting = vm.nr_counters == 2 &&
				   vm.counters[1].counting;
			snapshot_free_vm(&vm);
		}
		if (!counting)
			pause_shortly();
	}
	if (!counting)
		tell_error("check: %s", there ? "the event does not begin to count" :
			   "kvmhot does not see a VM that runs here");
	return counting ? 0 : -1;
}

/* What came of a run; the best is the one with the fewest other exits. */
static void take(struct best *best, const struct vm *vm)
{
	__u64 others = 0, exits = 0, known = 0, guest = 0;
	const struct reason *r;

	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++) {
		if (r->nr_counts == 2)
			guest += r->counts[1].stages[ST_GUEST];
		if (r->number != IO_INSTRUCTION) {
			others += r->n[R_EXITS];
			continue;
		}
		exits += r->n[R_TIMED] + r->n[R_LOST];
		if (r->nr_counts == 2)
			known += r->counts[1].exits;
	}
	/* An exit without its counts is worth no more than another's. */
	others += exits > known ? exits - known : 0;
	if (!known)
		return;
	best->clean += !others;
	if (best->exits && (others > best->others ||
			    (others == best->others && guest >= best->guest)))
		return;
	best->others = others;
	best->exits = known;
	best->guest = guest;
}

static int run_one(struct tinyvm *tiny, const char *id, __u32 turns,
		   struct best *best, bool (*stopped)(void))
{
	unsigned int failed;
	struct vm vm;

	/* The exit under way at the reset is counted after it: of this length. */
	if (tinyvm_run(tiny, turns, WARM_UP, stopped) ||
	    source_reset(STORE_ROOT, id) ||
	    tinyvm_run(tiny, turns, EXITS, stopped) ||
	    source_load_vm(&vm, STORE_ROOT, id))
		return -1;
	failed = events_failed(&vm);
	if (failed)
		events_print_failed(&vm, NULL, "", stdout);
	else
		take(best, &vm);
	best->tries++;
	snapshot_free_vm(&vm);
	return failed ? -1 : 0;
}

static int run_all(struct tinyvm *tiny, const char *id, __u32 turns,
		   struct best *best, bool (*stopped)(void))
{
	memset(best, 0, sizeof(*best));
	while (best->clean < RUNS && best->tries < MAX_TRIES)
		if (run_one(tiny, id, turns, best, stopped))
			return -1;
	if (best->exits)
		return 0;
	tell_error("check: no exit of the VM is known");
	return -1;
}

static double per_exit(const struct best *b)
{
	return (double)b->guest / b->exits;
}

static void print_best(const struct best *b, __u32 turns)
{
	printf("%8u %10u %14.3f %6llu %7llu %5u %5u\n", turns,
	       turns * TINYVM_TURN, per_exit(b), b->exits, b->others, b->clean,
	       b->tries);
}

static int judge(const struct event *e, const struct best *few,
		 const struct best *many)
{
	double executed = (LONG_TURNS - SHORT_TURNS) * TINYVM_TURN;
	double counted = per_exit(many) - per_exit(few);
	double off = counted - executed;
	bool fine = off * 1000 <= executed && off * 1000 >= -executed;

	printf("%s in stage guest of a VM, the least of %d runs of %d exits:\n",
	       e->name, RUNS, EXITS);
	printf("%8s %10s %14s %6s %7s %5s %5s\n", "TURNS", "EXECUTED",
	       "COUNTED/EXIT", "EXITS", "OTHERS", "CLEAN", "TRIES");
	print_best(few, SHORT_TURNS);
	print_best(many, LONG_TURNS);
	printf("slope: executed %.0f, counted %.3f, difference %.3f per exit\n",
	       executed, counted, off);
	printf("fixed: %.3f per exit: %d instructions beside the loop, VM entry, VM exit\n",
	       per_exit(few) - SHORT_TURNS * TINYVM_TURN, TINYVM_REST);
	if (few->others || many->others)
		puts("no run was clean: other exits, most of them of interrupts, are in it");
	if (!events_has_guest(e))
		puts("the event does not count the guest: try it with :G");
	puts(fine ? "OK: at most 1 per mille apart" :
		    "NOT OK: more than 1 per mille apart");
	return fine ? 0 : -1;
}

int measure_event(const struct event *e, bool (*stopped)(void))
{
	struct best few, many;
	struct tinyvm tiny;
	char id[32] = "";
	int ret;

	ret = tinyvm_open(&tiny, TINYVM_LOOP);
	if (!ret)
		ret = wait_until_counting(&tiny, id, sizeof(id), stopped);
	if (!ret)
		ret = run_all(&tiny, id, SHORT_TURNS, &few, stopped);
	if (!ret)
		ret = run_all(&tiny, id, LONG_TURNS, &many, stopped);
	if (!ret)
		ret = judge(e, &few, &many);
	tinyvm_close(&tiny);
	tinyvm_remove_ended(id);
	return ret ? -1 : 0;
}
