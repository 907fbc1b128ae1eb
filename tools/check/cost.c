// SPDX-License-Identifier: GPL-2.0
/*
 * Measures what kvmhot adds to an exit.  A VM runs CPUIDs between two I/O exits,
 * for two numbers of them, with kvmhot and without.  All else is the same for both
 * numbers, so the slope counts; the least of many runs is one without an interrupt
 * of the host.  With and without take turns, as the CPU's clock may drift.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "base/clock.h"
#include "base/tell.h"
#include "check/cost.h"
#include "check/tinyvm.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"

#define ENABLED		STORE_ROOT "/enabled"

#define FEW		100	/* CPUIDs of a run */
#define MANY		300
#define RUNS		15	/* of each number, each time */
#define ROUNDS		2	/* the fewer, the shorter is kvmhot off */
#define WARM_UP		3
#define PATIENCE	500	/* times 10 ms */

/* The least ticks of a run */
struct least {
	__u64 few, many;
};

static int fail(const char *what)
{
	tell_error("%s: %s", what, strerror(errno));
	return -1;
}

static int switch_to(int fd, bool on)
{
	return pwrite(fd, on ? "1" : "0", 1, 0) == 1 ? 0 : fail(ENABLED);
}

static int run_timed(struct tinyvm *tiny, __u32 cpuids, __u64 *least,
		     bool (*stopped)(void))
{
	__u64 begin, ticks;
	int ret;

	begin = __rdtsc();
	ret = tinyvm_run(tiny, cpuids, 1, stopped);
	ticks = __rdtsc() - begin;
	if (!ret && ticks < *least)
		*least = ticks;
	return ret;
}

static int run_some(struct tinyvm *tiny, struct least *least,
		    bool (*stopped)(void))
{
	int ret, i;

	ret = tinyvm_run(tiny, FEW, WARM_UP, stopped);
	for (i = 0; !ret && i < RUNS; i++) {
		ret = run_timed(tiny, FEW, &least->few, stopped);
		if (!ret)
			ret = run_timed(tiny, MANY, &least->many, stopped);
	}
	return ret;
}

/* Do all events of the list count, or have they failed for good? */
static bool is_complete(const struct vm *vm, const struct snapshot *s)
{
	size_t i, wanted = 0;

	for (i = 0; i < s->nr_events; i++)
		wanted += strcmp(s->events[i].state, "refused") != 0;
	if (!wanted)
		return true;
	for (i = 1; i < vm->nr_counters; i++)
		if (!vm->counters[i].counting && !vm->counters[i].failed)
			return false;
	return vm->nr_counters > 1;
}

/* Return: 1 if kvmhot does all that it will do at each exit of the VM, else 0 */
static int is_watched(char *id, size_t size, int fd)
{
	struct snapshot s;
	struct vm vm;
	int ret = -1;

	if (tinyvm_find_id(id, size, fd))
		return 0;
	if (source_load_status(&s, STORE_ROOT))
		return -1;
	if (!source_load_vm(&vm, STORE_ROOT, id)) {
		ret = is_complete(&vm, &s);
		snapshot_free_vm(&vm);
	}
	snapshot_free(&s);
	return ret;
}

/* A worker makes records and events, some milliseconds after the first exit. */
static int wait_until_watched(struct tinyvm *tiny, char *id, size_t size,
			      bool (*stopped)(void))
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int ret, i;

	for (i = 0; i < PATIENCE; i++) {
		ret = tinyvm_run(tiny, FEW, WARM_UP, stopped);
		if (ret)
			return ret;
		ret = is_watched(id, size, tiny->fd);
		if (ret)
			return ret < 0 ? ret : 0;
		nanosleep(&pause, NULL);
	}
	tell_error("check: %s", *id ? "events do not begin to count" :
		   "kvmhot does not see a VM that runs here");
	return -1;
}

static double slope(const struct least *l)
{
	return ((double)l->many - (double)l->few) / (MANY - FEW);
}

static int run_without(struct tinyvm *tiny, int fd, struct least *least,
		       double *seconds, bool (*stopped)(void))
{
	double begin = clock_now();
	int ret;

	ret = switch_to(fd, false);
	if (!ret)
		ret = run_some(tiny, least, stopped);
	if (switch_to(fd, true))
		ret = -1;
	*seconds += clock_now() - begin;
	return ret;
}

static int run_rounds(struct tinyvm *tiny, int fd, char *id, size_t size,
		      struct cost *c, bool (*stopped)(void))
{
	struct least with = { ~0ULL, ~0ULL }, without = { ~0ULL, ~0ULL };
	int ret = 0, i;

	c->seconds = 0;
	for (i = 0; !ret && i < ROUNDS; i++) {
		ret = wait_until_watched(tiny, id, size, stopped);
		if (!ret)
			ret = run_some(tiny, &with, stopped);
		if (!ret)
			ret = run_without(tiny, fd, &without, &c->seconds, stopped);
	}
	c->with = slope(&with);
	c->without = slope(&without);
	return ret;
}

int cost_measure(struct cost *c, bool (*stopped)(void))
{
	struct tinyvm tiny;
	char id[32] = "";
	int fd, ret;

	fd = open(ENABLED, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(ENABLED);
	ret = tinyvm_open(&tiny, TINYVM_CPUID);
	if (!ret)
		ret = run_rounds(&tiny, fd, id, sizeof(id), c, stopped);
	tinyvm_close(&tiny);
	tinyvm_remove_ended(id);
	/* Once more, be it only that the last time did not succeed. */
	if (switch_to(fd, true)) {
		close(fd);
		tell_error("check: kvmhot could not be enabled again");
		return 1;
	}
	close(fd);
	return ret ? -1 : 0;
}
