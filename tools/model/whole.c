// SPDX-License-Identifier: GPL-2.0
/* Adds up all chosen VMs: for the head and foot of top, and the first line of stat. */
#include <string.h>

#include "model/summary.h"
#include "model/whole.h"
#include "read/stages.h"

static void add_stages(struct whole *w, const struct vm *vm)
{
	const __u64 *st = vm->stages;

	w->guest += summary_cpus(vm, st[ST_GUEST]);
	w->kvm += summary_cpus(vm, stages_cost(st));
	w->vmm += summary_cpus(vm, st[ST_USER] + st[ST_IOCTL]);
	w->halt += summary_cpus(vm, st[ST_POLL] + st[ST_BLOCK]);
	w->wait += summary_cpus(vm, st[ST_PREEMPTED] + st[ST_SLEPT]);
	w->away += summary_cpus(vm, st[ST_AWAY]);
	w->unknown += summary_cpus(vm, st[ST_UNKNOWN]);
}

static void add_vm(struct whole *w, const struct vm *vm)
{
	double seconds = summary_seconds(vm);
	const struct reason *r;

	w->vms++;
	/* Of an interval, one that has ended has only a part. */
	if (vm->running == w->running ? seconds > w->seconds : vm->running)
		w->seconds = seconds;
	w->running |= vm->running;
	if (seconds > 0) {
		w->exits += vm->n[V_EXITS] / seconds;
		w->runs += vm->n[V_RUNS] / seconds;
	}
	w->lost += vm->n[V_LOST];
	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++) {
		w->ended += r->n[R_TIMED] + r->n[R_LOST];
		w->fast += r->n[R_FAST];
	}
	add_stages(w, vm);
}

static bool any_runs(const struct snapshot *s, const struct filter *f)
{
	const struct vm *vm;

	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++)
		if (vm->running && filter_vm(f, vm))
			return true;
	return false;
}

/* Of an interval, one that had ended before has nothing. */
void whole_make(struct whole *w, const struct snapshot *s,
		const struct filter *f, bool totals)
{
	bool only_running = totals && any_runs(s, f);
	const struct vm *vm;

	memset(w, 0, sizeof(*w));
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++)
		if (filter_vm(f, vm) &&
		    (vm->running || (!only_running && vm->now != vm->since)))
			add_vm(w, vm);
}

__u64 whole_missed(const struct snapshot *s)
{
	__u64 missed = 0;
	size_t i;

	for (i = 0; i < s->nr_hooks; i++)
		missed += s->hooks[i].missed;
	return missed;
}
