// SPDX-License-Identifier: GPL-2.0
/* kvmhot stat: what happens, interval by interval. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmds.h"
#include "delta.h"
#include "fmt.h"
#include "line.h"

/* A shorter interval than this would mostly show the reader itself. */
#define MIN_INTERVAL	0.01
#define MAX_INTERVAL	1e6

static int parse_interval(const char *word, double *interval)
{
	char *end;

	*interval = strtod(word, &end);
	if (!*word || *end || word[strspn(word, "0123456789.")] ||
	    !(*interval >= MIN_INTERVAL && *interval <= MAX_INTERVAL)) {
		fprintf(stderr, "kvmhot: stat: '%s' is not an interval in seconds, %g to %g\n",
			word, MIN_INTERVAL, MAX_INTERVAL);
		return -1;
	}
	return 0;
}

static int parse_count(const char *word, long *count)
{
	char *end;

	errno = 0;
	*count = strtol(word, &end, 10);
	if (errno || *word < '0' || *word > '9' || *end || *count < 1) {
		fprintf(stderr, "kvmhot: stat: '%s' is not a number of intervals\n",
			word);
		return -1;
	}
	return 0;
}

/* What happened to a VM other than exits. */
static void print_note(const struct snapshot *s, const struct vm *now,
		       const struct vm *then, const struct vm *d)
{
	char before[192];

	if (!then)
		printf("%s (%s): new, first seen %s ago\n", now->name, now->id,
		       fmt_seconds(summary_seconds(now)).text);
	else if (d->restarted)
		printf("%s (%s): reset, figures are of the %s since then\n",
		       now->name, now->id,
		       fmt_seconds(summary_seconds(d)).text);
	if (!now->running && (!then || then->running))
		printf("%s (%s): ended\n", now->name, now->id);
	if (events_failed(now) > (then ? events_failed(then) : 0)) {
		snprintf(before, sizeof(before), "%s (%s): ", now->name,
			 now->id);
		events_print_failed(now, s, before);
	}
}

static void print_vm(const struct vm *vm, const struct chosen *events)
{
	__u64 cycles = summary_cycles(vm);
	const struct reason *r;

	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++) {
		if (!r->n[R_EXITS] && !r->n[R_TIMED])
			continue;
		printf("%-16s %-11s ", fmt_name(vm->name, 16).text, vm->id);
		line_print(vm, r, cycles, false, events);
	}
}

/* ID: of the only VM to be shown, or NULL */
static bool is_shown(const struct vm *vm, const char *id)
{
	return !id || !strcmp(id, vm->id);
}

static void print_head(const struct snapshot *now, const struct snapshot *d,
		       const char *id, const struct chosen *events)
{
	time_t t = time(NULL);
	struct tm tm = { 0 };
	char clock[16];
	__u64 exits = 0, dropped = 0, lost = 0;
	const struct vm *vm;
	double longest = 0;
	size_t nr = 0;

	localtime_r(&t, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	for (vm = d->vms; vm < d->vms + d->nr_vms; vm++) {
		if (!is_shown(vm, id))
			continue;
		nr++;
		exits += vm->n[V_EXITS];
		dropped += vm->n[V_DROPPED];
		lost += vm->n[V_LOST];
		if (summary_seconds(vm) > longest && vm->running)
			longest = summary_seconds(vm);
	}
	printf("%s: %s exits of %zu VM%s in %s", clock, fmt_count(exits).text,
	       nr, PLURAL(nr), fmt_seconds(longest).text);
	if (dropped)
		printf(", dropped %llu", dropped);
	if (lost)
		printf(", lost %llu", lost);
	/* Those without a record are in no VM's figures. */
	if (d->n[S_DROPPED] > dropped)
		printf("; host: dropped %llu", d->n[S_DROPPED]);
	putchar('\n');
	if (!now->n[S_ENABLED] || !now->n[S_ARMED])
		puts("NOT ARMED: nothing is counted, see kvmhot report");
	printf("%-16s %-11s ", "NAME", "VM");
	line_names(false, events);
}

static int print_block(const struct snapshot *now, const struct snapshot *then,
		       const char *id)
{
	const struct vm *vm, *old;
	struct chosen events;
	struct snapshot d;
	size_t i;

	if (delta_make(&d, now, then)) {
		source_free(&d);
		fputs("kvmhot: stat: out of memory\n", stderr);
		return -1;
	}
	events_choose(&events, now);
	print_head(now, &d, id, &events);
	for (i = 0; i < d.nr_vms; i++) {
		vm = &d.vms[i];
		if (!is_shown(vm, id))
			continue;
		old = delta_find(then, vm->id);
		print_note(now, delta_find(now, vm->id), old, vm);
		print_vm(vm, &events);
	}
	for (i = 0; i < then->nr_vms; i++) {
		vm = &then->vms[i];
		if (is_shown(vm, id) && !delta_find(now, vm->id))
			printf("%s (%s): gone\n", vm->name, vm->id);
	}
	source_free(&d);
	return ferror(stdout) ? -1 : 0;
}

static void wait_until(struct timespec *t, double interval)
{
	time_t whole = interval;

	t->tv_sec += whole;
	t->tv_nsec += (interval - whole) * 1e9;
	if (t->tv_nsec >= 1000000000) {
		t->tv_nsec -= 1000000000;
		t->tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, t, NULL) == EINTR)
		;
}

/* The next reading, if the VM with ID (or NULL: any) still is in it. */
static int load(struct snapshot *s, const char *root, const char *id)
{
	if (source_load(s, root, ALL_VCPUS))
		return -1;
	if (!id || delta_find(s, id))
		return 0;
	fprintf(stderr, "kvmhot: stat: VM %s is gone\n", id);
	source_free(s);
	return -1;
}

/* Of a VM that has ended, all further blocks would be empty. */
static int check_running(const struct snapshot *s, const char *id)
{
	if (!id || delta_find(s, id)->running)
		return 0;
	fprintf(stderr, "kvmhot: stat: VM %s has ended\n", id);
	return -1;
}

/* COUNT intervals; 0: until stopped. */
static int run(const struct options *o, double interval, long count)
{
	struct snapshot now, then;
	const struct vm *vm;
	struct timespec t;
	char buf[sizeof(vm->id)], *id = NULL;
	long i;
	int ret = 0;

	if (source_load(&then, o->root, ALL_VCPUS))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &t);
	if (o->vm) {
		vm = summary_find(&then, o->vm);
		if (vm)
			id = strcpy(buf, vm->id);
		else
			ret = -1;
	}
	for (i = 0; !ret && (!count || i < count); i++) {
		wait_until(&t, interval);
		ret = load(&now, o->root, id);
		if (ret)
			break;
		if (i)
			putchar('\n');
		ret = print_block(&now, &then, id);
		if (!ret && i + 1 != count)
			ret = check_running(&now, id);
		source_free(&then);
		then = now;
	}
	source_free(&then);
	return ret;
}

int cmd_stat(const struct options *o)
{
	double interval = 1;
	long count = 1;

	if (o->nr_words) {
		count = 0;
		if (parse_interval(o->words[0], &interval))
			return EXIT_USAGE;
	}
	if (o->nr_words > 1 && parse_count(o->words[1], &count))
		return EXIT_USAGE;

	/* To a pipe or a file, too, a block is to be seen when it is there. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	return run(o, interval, count) ? EXIT_FAILED : EXIT_FINE;
}
