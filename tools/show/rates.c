// SPDX-License-Identifier: GPL-2.0
/* Shows what report says of the counts of events: shares of stages, and rates. */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/summary.h"
#include "read/stages.h"
#include "show/rates.h"

/* Of an event's name, and of two figures with a blank between */
#define EVENT_WIDTH	13

static const struct {
	const char *name;
	unsigned int stages;
} groups[] = {
	{ "guest", STAGE(ST_GUEST) },
	{ "KVM", KVM_STAGES },
	{ "halt", HALT_STAGES },
	{ "wait", WAIT_STAGES },
	{ "user", USER_STAGES },
	{ "away", STAGE(ST_AWAY) },
};

/* The best there is of what does not count while nothing runs */
static const struct event *find_clock(const struct snapshot *s,
				      const struct vm *vm)
{
	static const char * const names[] = {
		"cycles", "task-clock", "cpu-clock",
	};
	const struct event *e;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (e = s->events; e < s->events + s->nr_events; e++)
			if (events_is_called(e->name, names[i]) &&
			    events_is_whole(e) && events_of_reason(vm, NULL, e))
				return e;
	return NULL;
}

/* The shares of what is in STAGES; WIDTH is that of the longer name. */
static void print_shares(const char *name, int width, const struct counts *c,
			 unsigned int stages, const char *note)
{
	__u64 whole = events_sum(c, stages), unknown = c->stages[ST_UNKNOWN];
	size_t i;

	printf("  by %s %%:%*s", name, width - (int)strlen(name), "");
	for (i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		printf("%s %s %s", i ? "," : "", groups[i].name,
		       groups[i].stages & stages ?
		       fmt_percent(events_sum(c, groups[i].stages), whole).text :
		       "-");
	if (unknown)
		printf(", unknown %s", fmt_percent(unknown, whole).text);
	printf(" (%s)\n", note);
}

/* To be seen at a glance: what takes time need not take a CPU's work. */
void rates_print_unhalted(const struct snapshot *s, const struct vm *vm)
{
	const struct event *e = find_clock(s, vm);
	unsigned int stages = ALL_STAGES;
	const char *what;
	char note[64];
	bool guest;
	int width;

	if (!e || !events_sum(vm->counts, ALL_STAGES))
		return;
	guest = events_has_guest(e);
	if (!guest)
		stages &= ~STAGE(ST_GUEST);
	/* A CPU in MWAIT is on a thread's clock, but halted. */
	what = events_is_called(e->name, "cycles") ? "unhalted" : "on a CPU";
	snprintf(note, sizeof(note), "%s%s", what,
		 guest ? "" : ", does not count the guest");
	width = strlen(e->name);
	print_shares("TSC", width, vm->counts, stages,
		     guest ? "of the time with counts" :
			     "of the time with counts, without the guest's");
	print_shares(e->name, width, events_of_reason(vm, NULL, e), stages,
		     note);
}

static void print_names(const struct vm *vm)
{
	size_t i;

	for (i = 1; i < vm->nr_counters; i++)
		printf(" %*s", EVENT_WIDTH,
		       fmt_name(vm->counters[i].name, EVENT_WIDTH).text);
	putchar('\n');
}

/* Of how much there are counts, and what they are of */
static void print_known(const struct snapshot *s, const struct vm *vm)
{
	__u64 known = vm->counts[0].exits, timed = 0, time, whole;
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	const struct event *e;
	size_t i;

	for (r = vm->reasons; r < end; r++)
		timed += r->n[R_TIMED];
	if (known > timed)
		known = timed;
	time = events_sum(&vm->counts[0], ALL_STAGES);
	whole = stages_sum(vm->stages);
	if (time > whole)
		time = whole;
	printf("  counts known of %s %% of the exits (%llu of %llu that are timed)",
	       fmt_coverage(known, timed).text, known, timed);
	printf(", %s %% of the time\n", fmt_coverage(time, whole).text);
	for (i = 1; i < vm->nr_counters; i++) {
		printf("%s %s", i == 1 ? "  events:" : ",",
		       vm->counters[i].name);
		for (e = s->events; e < s->events + s->nr_events; e++)
			if (!strcmp(e->name, vm->counters[i].name))
				printf(" (%s)", e->where);
	}
	putchar('\n');
}

/* A count and what it is by the TSC, of each event */
static void print_time_row(const struct vm *vm, const char *name,
			   unsigned int stages)
{
	__u64 tsc = events_sum(&vm->counts[0], stages), n;
	size_t i;

	if (!tsc)
		return;
	printf("  %-9s %5s %6s %5s", name, fmt_count(tsc).text,
	       fmt_ms(tsc, vm->tsc_khz).text,
	       fmt_percent(tsc, events_sum(&vm->counts[0], ALL_STAGES)).text);
	for (i = 1; i < vm->nr_counters; i++) {
		n = events_sum(&vm->counts[i], stages);
		if (vm->counters[i].failed)
			printf(" %5s %7s", "-", "-");
		else
			printf(" %5s %7s", fmt_count(n).text,
			       fmt_ratio(n, tsc).text);
	}
	putchar('\n');
}

static void print_time(const struct vm *vm)
{
	size_t i;
	int st;

	printf("  %-9s %5s %6s %5s", "", "", "", "");
	print_names(vm);
	printf("  %-9s %5s %6s %5s", "STAGE", "TSC", "MS", "TIME%");
	for (i = 1; i < vm->nr_counters; i++)
		printf(" %5s %7s", "COUNT", "/TSC");
	putchar('\n');
	print_time_row(vm, "all", ALL_STAGES);
	for (st = 0; st < NR_ST; st++)
		print_time_row(vm, stages_names[st], STAGE(st));
}

static void print_reason(const struct vm *vm, const struct reason *r)
{
	const struct counts *c = r->counts;
	__u64 timed = r->n[R_TIMED], known = r->nr_counts ? c->exits : 0;
	int st;
	size_t i;

	if (known > timed)
		timed = known;
	if (!known)
		printf("  %-21s %-9s %5s %6s %8s\n", fmt_name(r->name, 21).text,
		       "-", "0", fmt_coverage(0, timed).text, "-");
	for (st = 0; known && st < NR_ST; st++) {
		if (!c->stages[st])
			continue;
		printf("  %-21s %-9s %5s %6s %8s", fmt_name(r->name, 21).text,
		       stages_names[st], fmt_count(known).text,
		       fmt_coverage(known, timed).text,
		       fmt_ratio(c->stages[st], known).text);
		for (i = 1; i < vm->nr_counters; i++)
			printf(" %*s", EVENT_WIDTH,
			       vm->counters[i].failed || i >= r->nr_counts ?
			       "-" : fmt_ratio(c[i].stages[st],
					       c[i].exits).text);
		putchar('\n');
	}
}

void rates_print(const struct snapshot *s, const struct vm *vm,
		 const struct options *o)
{
	__u64 cycles = summary_cycles(vm), exits = summary_exits(vm);
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	unsigned int hidden = 0;

	if (!vm->nr_counters || !vm->counters[0].vcpus) {
		puts("  no counts: no events in the list, all refused, or not made yet");
		return;
	}
	print_known(s, vm);
	print_time(vm);
	if (!exits)
		return;
	printf("  %-21s %-9s %5s %6s %8s", "REASON", "STAGE", "EXITS",
	       "KNOWN%", "CYC/EXIT");
	print_names(vm);
	for (r = vm->reasons; r < end; r++) {
		if (!r->n[R_TIMED] || !filter_reason(&o->filter, r))
			continue;
		if (o->all || o->filter.reasons || !summary_is_small(r->n[R_CYCLES], cycles) ||
		    !summary_is_small(r->n[R_EXITS], exits))
			print_reason(vm, r);
		else
			hidden++;
	}
	if (hidden)
		printf("  and %u reason%s, below 0.1 %% (--all)\n", hidden,
		       PLURAL(hidden));
}
