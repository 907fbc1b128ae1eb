// SPDX-License-Identifier: GPL-2.0
/* kvmhot report: prints totals since load or reset. */
#include <stdio.h>
#include <string.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "model/coverage.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "model/own.h"
#include "model/summary.h"
#include "model/whole.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/stages.h"
#include "show/line.h"
#include "show/rates.h"
#include "verbs/verbs.h"

static void print_hooks(const struct snapshot *s)
{
	const struct hook *h;

	for (h = s->hooks; h < s->hooks + s->nr_hooks; h++) {
		if (h->missed)
			printf("hook %s (%s): missed %llu\n", h->name, h->kind,
			       h->missed);
		/* Off: not wanted, or told by NOT ENABLED or NOT ARMED. */
		if (!strcmp(h->state, "armed") || !strcmp(h->state, "off"))
			continue;
		printf("hook %s (%s): %s", h->name, h->kind, h->state);
		if (h->error)
			printf(" (%s)", strerror(h->error));
		printf("%s%s\n", h->note[0] ? ": " : "", h->note);
	}
}

/* strerror() would mislead: an ENOENT of perf is no file that is missing. */
static void print_events(const struct snapshot *s)
{
	const struct event *e;

	for (e = s->events; e < s->events + s->nr_events; e++) {
		if (!strcmp(e->state, "counting") ||
		    !strcmp(e->state, "idle") || !strcmp(e->state, "off"))
			continue;
		printf("event %s: %s", e->name, e->state);
		if (e->failed)
			printf(" on %llu of %llu vCPUs", e->failed,
			       e->counting + e->failed);
		if (e->error)
			printf(" (%s)", fmt_errno(e->error).text);
		printf("%s%s\n", e->note[0] ? ": " : "", e->note);
	}
}

static void print_coverage(const struct snapshot *s)
{
	struct coverage_sum sum;

	coverage_sum(&sum, s, NULL, NULL);
	printf("; since first sight: coverage %s %% of KVM's exits",
	       fmt_coverage(sum.exits, sum.kvm_exits).text);
	if (sum.beyond)
		printf(" and %llu beyond them", sum.beyond);
	if (sum.cleared)
		printf(" (since KVM's counts were cleared)");
}

static void print_totals(const struct snapshot *s)
{
	__u64 exits = 0;
	unsigned int vcpus = 0;
	size_t i, ended = 0;
	double longest = 0;

	for (i = 0; i < s->nr_vms; i++) {
		const struct vm *vm = &s->vms[i];

		exits += vm->n[V_EXITS];
		vcpus += vm->nr_vcpus;
		ended += !vm->running;
		if (summary_seconds(vm) > longest)
			longest = summary_seconds(vm);
	}
	printf("%zu VM%s (%zu ended), %u vCPU%s, %s exits in up to %s; 1 us = %.0f cycles%s\n",
	       s->nr_vms, PLURAL(s->nr_vms), ended, vcpus, PLURAL(vcpus),
	       fmt_count(exits).text,
	       fmt_seconds(longest).text, s->n[S_TSC_KHZ] / 1000.0,
	       s->n[S_DETAIL] ? "; detail is on" : "");
}

/* Most of it is in KVM cost, but not all: so it is a ratio, and no part of it. */
static void print_own(const struct snapshot *s)
{
	double exits = 0, runs = 0, cost = 0, own;
	const struct vm *vm;

	if (!own_is_known(s)) {
		puts("own cost: - (not calibrated, see kvmhot check)");
		return;
	}
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		exits += vm->n[V_EXITS];
		runs += vm->n[V_RUNS];
		cost += stages_cost(vm->stages);
	}
	own = own_cycles(s, exits, runs);
	printf("own cost: %llu cycles per exit (p99 %llu), %llu per KVM_RUN",
	       s->n[S_OWN_EXIT], s->n[S_OWN_P99], s->n[S_OWN_RUN]);
	printf("; since reset: %s cycles, ", fmt_real(own).text);
	if (cost > 0)
		printf("%.2f", own * 100 / cost);
	else
		putchar('-');
	puts(" % of KVM cost, subtracted from nothing");
}

static void print_head(const struct snapshot *s)
{
	print_totals(s);
	printf("since load: %s exits, dropped %llu, missed by hooks %llu",
	       fmt_count(s->n[S_EXITS]).text, s->n[S_DROPPED],
	       whole_missed(s));
	if (s->n[S_DROPPED_COUNTS])
		printf(", counts of %llu exits dropped",
		       s->n[S_DROPPED_COUNTS]);
	if (s->n[S_FORGOTTEN_VMS])
		printf(", %llu VMs with %s exits forgotten",
		       s->n[S_FORGOTTEN_VMS],
		       fmt_count(s->n[S_FORGOTTEN_EXITS]).text);
	print_coverage(s);
	printf("; since reset: lost %llu\n", s->n[S_LOST]);
	print_own(s);
	if (!s->n[S_ENABLED])
		puts("NOT ENABLED: nothing is counted");
	else if (!s->n[S_ARMED])
		puts("NOT ARMED: nothing is counted, see the hooks");
	if (snapshot_kprobes_off(s))
		puts("KPROBES OFF: exits are counted, but do not trust cycles or FAST%");
	if (!s->n[S_TSC_STABLE])
		puts("TSC UNSTABLE: do not trust cycles");
	print_hooks(s);
	print_events(s);
}

static void print_vm(const struct snapshot *s, const struct vm *vm, int vcpu)
{
	__u64 exits = vm->n[V_EXITS];
	double seconds = summary_seconds(vm);
	struct coverage_sum sum;

	printf("\n%s (%s, %s, ", vm->name, vm->id,
	       vm->running ? "running" : "ended");
	if (vcpu == ALL_VCPUS)
		printf("%u vCPU%s", vm->nr_vcpus, PLURAL(vm->nr_vcpus));
	else
		printf("vCPU %d", vcpu);
	printf("): %s exits in %s, %s/s", fmt_count(exits).text,
	       fmt_seconds(seconds).text,
	       seconds > 0 ? fmt_real(exits / seconds).text : "-");
	/* KVM's count is of the whole VM. */
	coverage_of(&sum, s, vm->id);
	if (vcpu == ALL_VCPUS)
		printf(", coverage %s %%%s", coverage_cell(&sum).text,
		       sum.cleared ? " since KVM's count was cleared" : "");
	if (vm->n[V_DROPPED])
		printf(", dropped %llu", vm->n[V_DROPPED]);
	if (vm->n[V_LOST])
		printf(", lost %llu", vm->n[V_LOST]);
	putchar('\n');
}

static void print_time(const struct vm *vm)
{
	const __u64 *st = vm->stages;
	__u64 all = stages_sum(st);

	printf("  vCPU time %%: guest %s, KVM %s, halt %s (poll %s)",
	       fmt_percent(st[ST_GUEST], all).text,
	       fmt_percent(stages_cost(st), all).text,
	       fmt_percent(st[ST_POLL] + st[ST_BLOCK], all).text,
	       fmt_percent(st[ST_POLL], all).text);
	printf(", wait %s (preempted %s), user %s, away %s",
	       fmt_percent(st[ST_PREEMPTED] + st[ST_SLEPT], all).text,
	       fmt_percent(st[ST_PREEMPTED], all).text,
	       fmt_percent(st[ST_USER] + st[ST_IOCTL], all).text,
	       fmt_percent(st[ST_AWAY], all).text);
	if (st[ST_UNKNOWN])
		printf(", unknown %s", fmt_percent(st[ST_UNKNOWN], all).text);
	putchar('\n');
}

static void print_reasons(const struct snapshot *s, const struct vm *vm,
			  const struct options *o)
{
	__u64 cycles = summary_cycles(vm), exits = summary_exits(vm);
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	unsigned int hidden = 0;
	__u64 hidden_exits = 0;
	struct chosen events;

	events_choose(&events, s);
	if (!exits)
		return;
	fputs("  ", stdout);
	line_names(&events);
	for (r = vm->reasons; r < end; r++) {
		if (!r->n[R_EXITS] || !filter_reason(&o->filter, r))
			continue;
		if (o->all || o->filter.reasons || !summary_is_small(r->n[R_CYCLES], cycles) ||
		    !summary_is_small(r->n[R_EXITS], exits)) {
			fputs("  ", stdout);
			line_print(vm, r, cycles, &events);
		} else {
			hidden++;
			hidden_exits += r->n[R_EXITS];
		}
	}
	if (hidden)
		printf("  and %u reason%s with %s exits, below 0.1 %% (--all)\n",
		       hidden, PLURAL(hidden), fmt_count(hidden_exits).text);
}

static void print_one(const struct snapshot *s, const struct vm *vm,
		      const struct options *o)
{
	print_vm(s, vm, o->filter.vcpu);
	events_print_failed(vm, s, "  ", stdout);
	if (o->pmu)
		rates_print(s, vm, o);
	else
		print_reasons(s, vm, o);
	print_time(vm);
	rates_print_unhalted(s, vm);
}

int report_run(const struct options *o)
{
	int status = EXIT_FAILED;
	const struct vm *vm;
	struct snapshot s;

	if (source_load(&s, o->root, o->filter.vcpu))
		return EXIT_FAILED;
	if (!filter_check(&o->filter, &s)) {
		print_head(&s);
		for (vm = s.vms; vm < s.vms + s.nr_vms; vm++)
			if (filter_vm(&o->filter, vm))
				print_one(&s, vm, o);
		status = incomplete_status(&s, NULL, o->pmu);
	}
	snapshot_free(&s);
	return status;
}
