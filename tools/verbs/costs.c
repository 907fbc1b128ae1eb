// SPDX-License-Identifier: GPL-2.0
/* kvmhot costs: tells the greatest cost of each measure. */
#include <stdarg.h>
#include <stdio.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/stages.h"
#include "verbs/verbs.h"

#define NAME_WIDTH	20
#define WHAT_WIDTH	38

/* The greatest that was seen, and the whole of which it is a part. */
struct cost {
	char what[128];
	__u64 amount, whole;
};

__printf(3, 4)
static void consider(struct cost *c, __u64 amount, const char *format, ...)
{
	va_list args;

	if (amount <= c->amount)
		return;
	c->amount = amount;
	va_start(args, format);
	vsnprintf(c->what, sizeof(c->what), format, args);
	va_end(args);
}

/* STAGE by reason, and what of it is in no reason's row. */
static void consider_stage(struct cost *c, const struct vm *vm, int stage)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	__u64 rest = vm->stages[stage];

	for (r = vm->reasons; r < end; r++) {
		consider(c, r->stages[stage], "%s: %s", r->name,
			 stages_names[stage]);
		rest -= rest < r->stages[stage] ? rest : r->stages[stage];
	}
	consider(c, rest, "(open, lost): %s", stages_names[stage]);
	c->whole += vm->stages[stage];
}

/* The same of irq, handle, reenter and enter together. */
static void consider_kvm(struct cost *c, const struct vm *vm)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	__u64 rest = stages_cost(vm->stages), cost;

	for (r = vm->reasons; r < end; r++) {
		cost = stages_cost(r->stages);
		consider(c, cost, "%s: KVM cost", r->name);
		rest -= rest < cost ? rest : cost;
	}
	consider(c, rest, "(open, lost): KVM cost");
	c->whole += stages_cost(vm->stages);
}

static void find_host(const struct vm *vm, struct cost *c)
{
	consider_kvm(c, vm);
	consider_stage(c, vm, ST_USER);
	consider_stage(c, vm, ST_IOCTL);
}

static void find_wait(const struct vm *vm, struct cost *c)
{
	consider_stage(c, vm, ST_PREEMPTED);
	consider_stage(c, vm, ST_SLEPT);
}

static void find_time(const struct vm *vm, struct cost *c)
{
	find_host(vm, c);
	find_wait(vm, c);
	consider_stage(c, vm, ST_POLL);
	consider_stage(c, vm, ST_BLOCK);
	consider_stage(c, vm, ST_AWAY);
	/* The guest's time is no reason's. */
	consider(c, vm->stages[ST_GUEST], "guest");
	consider(c, vm->stages[ST_UNKNOWN], "unknown");
	c->whole = stages_sum(vm->stages);
}

/* As report's SHARE% */
static void find_kvm(const struct vm *vm, struct cost *c)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;

	for (r = vm->reasons; r < end; r++)
		consider(c, r->n[R_CYCLES], "%s", r->name);
	c->whole = summary_cycles(vm);
}

static void find_irq(const struct vm *vm, struct cost *c)
{
	consider_stage(c, vm, ST_IRQ);
}

static void find_exits(const struct vm *vm, struct cost *c)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;

	for (r = vm->reasons; r < end; r++) {
		consider(c, r->n[R_EXITS], "%s", r->name);
		c->whole += r->n[R_EXITS];
	}
}

static void find_ept(const struct vm *vm, struct cost *c)
{
	const struct spans *spans = &vm->spans[SP_EPT];
	const struct span *s;

	for (s = spans->span; s < spans->span + spans->nr; s++) {
		consider(c, s->hist.cycles, "%s%s", s->name, s->what);
		c->whole += s->hist.cycles;
	}
}

static void find_user(const struct vm *vm, struct cost *c)
{
	const struct spans *spans = &vm->spans[SP_USER];
	const struct span *s;

	for (s = spans->span; s < spans->span + spans->nr; s++) {
		consider(c, s->hist.cycles, "%s / %s", s->name, s->what);
		c->whole += s->hist.cycles;
	}
}

static const struct {
	const char *name;
	void (*find)(const struct vm *vm, struct cost *c);
	const char *of;
	bool count;		/* not in cycles */
} measures[] = {
	{ "time (TSC)", find_time, "the vCPUs' time", false },
	{ "time in KVM and VMM", find_host, "KVM cost, user, ioctl", false },
	{ "time in KVM", find_kvm, "KVM cost of ended exits", false },
	{ "host interrupts", find_irq, "irq", false },
	{ "exits", find_exits, "the exits", true },
	{ "EPT", find_ept, "EPT_VIOLATION", false },
	{ "time in the VMM", find_user, "ended spans of user", false },
	{ "wait", find_wait, "wait", false },
};

/* What MS is to be of: not of exits, nor of cycles that are not the TSC's */
static void print_measure(const char *name, const struct cost *c,
			  const struct vm *vm, const char *of, bool ms)
{
	printf("  %-*s %-*s %6s %6s %6s %s\n", NAME_WIDTH, name, WHAT_WIDTH,
	       fmt_name(c->what, WHAT_WIDTH).text,
	       c->amount ? fmt_count(c->amount).text : "-",
	       c->amount && ms ? fmt_ms(c->amount, vm->tsc_khz).text : "-",
	       c->amount ? fmt_percent(c->amount, c->whole).text : "-", of);
}

/* The event 'cycles'; else why it is not there, to who looks for it. */
static void print_unhalted(const struct vm *vm, const struct event *e)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	const char *of = "cycles in KVM of known exits";
	struct cost c = { "-", 0, 0 };
	const struct counts *counts;
	__u64 sum;

	for (r = vm->reasons; r < end; r++) {
		counts = events_of_reason(vm, r, e);
		if (!counts)
			continue;
		sum = events_sum(counts, KVM_STAGES);
		consider(&c, sum, "%s", r->name);
		c.whole += sum;
	}
	if (!e)
		of = "not counted: needs a PMU";
	else if (!events_of_reason(vm, NULL, e))
		of = "not known: see kvmhot report";
	print_measure("unhalted cycles", &c, vm, of, false);
}

static void print_vm(const struct vm *vm, const struct event *cycles)
{
	size_t i;

	printf("%s (%s, %s, %u vCPU%s), %s\n", vm->name, vm->id,
	       vm->running ? "running" : "ended", vm->nr_vcpus,
	       PLURAL(vm->nr_vcpus), fmt_seconds(summary_seconds(vm)).text);
	printf("  %-*s %-*s %6s %6s %6s %s\n", NAME_WIDTH, "MEASURE",
	       WHAT_WIDTH, "GREATEST COST", "AMOUNT", "MS", "SHARE%", "OF");
	for (i = 0; i < sizeof(measures) / sizeof(*measures); i++) {
		struct cost c = { "-", 0, 0 };

		measures[i].find(vm, &c);
		print_measure(measures[i].name, &c, vm, measures[i].of,
			      !measures[i].count);
	}
	print_unhalted(vm, cycles);
}

int costs_run(const struct options *o)
{
	int status = EXIT_FAILED;
	const char *before = "";
	const struct vm *vm;
	struct snapshot s;

	if (source_load(&s, o->root, ALL_VCPUS))
		return EXIT_FAILED;
	if (filter_check(&o->filter, &s))
		goto out;
	for (vm = s.vms; vm < s.vms + s.nr_vms; vm++) {
		if (!filter_vm(&o->filter, vm))
			continue;
		fputs(before, stdout);
		print_vm(vm, events_find(&s, "cycles"));
		before = "\n";
	}
	status = incomplete_status(&s, NULL, false);
out:
	snapshot_free(&s);
	return status;
}
