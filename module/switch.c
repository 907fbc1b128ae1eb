// SPDX-License-Identifier: GPL-2.0
/*
 * The edges of a vCPU's timeline that are context switches of its thread.
 *
 * Probe context, as timeline.c.  sched_switch is hit with the run queue's lock
 * held: nothing here may wake a thread or queue work, not even by what it calls.
 *
 * A thread in KVM_RUN is found by the CPU's pointer to the record of its vCPU, or
 * by KVM's preempt notifier.  Each of them alone misses something: the pointer is
 * taken away when hooks change, and the notifier is there only while KVM has the
 * vCPU loaded, but the thread may be preempted right before and right after that,
 * or wait for the vCPU's mutex.  A thread that goes without a notifier comes back
 * without one; so its record waits in a table of its own.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "compat.h"
#include "edge.h"
#include "kvmhot.h"
#include "quick.h"
#include "timeline.h"

#define AWAY_BITS	8
#define AWAY_PROBES	8	/* places that a thread may have in the table */
#define AWAY_SIZE	((1 << AWAY_BITS) + AWAY_PROBES - 1)

static struct kvmhot_vcpu *away[AWAY_SIZE];
static atomic_t nr_away;

static struct kvmhot_vcpu **away_first(const struct task_struct *task)
{
	return &away[hash_ptr(task, AWAY_BITS)];
}

/* Return: false if there is no place, or the record is about to be freed. */
static bool away_put(struct kvmhot_vcpu *v, const struct task_struct *task)
{
	struct kvmhot_vcpu **place = away_first(task);
	unsigned int i;

	/* Pairs with cmpxchg() in kvmhot_vcpu_retire(), see free.c. */
	if (!READ_ONCE(v->vcpu))
		return false;
	for (i = 0; i < AWAY_PROBES; i++) {
		if (!cmpxchg(&place[i], NULL, v)) {
			atomic_inc(&nr_away);
			return true;
		}
	}
	return false;
}

static bool away_take(struct kvmhot_vcpu **place, struct kvmhot_vcpu *v)
{
	if (cmpxchg(place, v, NULL) != v)
		return false;
	atomic_dec(&nr_away);
	return true;
}

/* The record of a thread that comes back, NULL if it is not in the table. */
static struct kvmhot_vcpu *away_find(const struct task_struct *task)
{
	struct kvmhot_vcpu **place = away_first(task), *v;
	unsigned int i;

	for (i = 0; i < AWAY_PROBES; i++) {
		v = READ_ONCE(place[i]);
		if (v && v->task == task && away_take(&place[i], v))
			return v;
	}
	return NULL;
}

/**
 * kvmhot_switch_forget() - have threads that come back not find their records
 * @all: of all of them; else only where the vCPU is gone, see free.c
 *
 * Context: process context.  Probes may still use what they found before.
 */
void kvmhot_switch_forget(bool all)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	for (i = 0; i < AWAY_SIZE; i++) {
		v = READ_ONCE(away[i]);
		if (v && (all || !READ_ONCE(v->vcpu)))
			away_take(&away[i], v);
	}
}

/*
 * What it is that a thread is switched out.  A vCPU that waits for INIT or SIPI is
 * blocked, too, but did not come by kvm_vcpu_halt().
 */
static enum kvmhot_sum out_stage(const struct kvmhot_vcpu *v,
				 const struct kvm_vcpu *vcpu, bool runnable)
{
	if (v->stage == KVMHOT_POLL)
		return KVMHOT_BLOCK;
	if (runnable)
		return KVMHOT_PREEMPTED;
	if (vcpu && (vcpu->arch.mp_state == KVM_MP_STATE_UNINITIALIZED ||
		     vcpu->arch.mp_state == KVM_MP_STATE_INIT_RECEIVED))
		return KVMHOT_BLOCK;
	return KVMHOT_SLEPT;
}

/* The part of KVM_RUN that a thread is switched out is not KVM's cost. */
static noinline void switch_out(struct kvmhot_vcpu *v,
				const struct kvm_vcpu *vcpu,
				const struct task_struct *task, bool runnable)
{
	u64 now;
	u32 n;

	this_cpu_write(kvmhot_quick_vcpu, &kvmhot_quick_nobody);
	/* The notifier knows better than a pointer from the thread's last KVM_RUN. */
	if (vcpu && READ_ONCE(v->vcpu) != vcpu)
		v = kvmhot_vcpu_find(vcpu);
	if (!v || v->task != task)
		return;
	kvmhot_settle(v);
	if (!kvmhot_in_cost(v) && v->stage != KVMHOT_POLL)
		return;
	now = kvmhot_edge_begin(v, &n);
	if (kvmhot_edge_in_vain(v, now))
		goto out;
	if (!vcpu && !away_put(v, task)) {
		/* Its return would not be seen: it is unknown from here on. */
		kvmhot_end_stage(v, now);
		v->stage = KVMHOT_UNKNOWN;
		v->exit_tsc = 0;
		goto out;
	}
	kvmhot_end_stage(v, now);
	v->resume = v->stage;
	v->stage = out_stage(v, vcpu, runnable);
	v->sum[KVMHOT_SWITCHES]++;
out:
	kvmhot_edge_end(v, n);
}

static noinline void switch_in(const struct kvm_vcpu *vcpu,
			       const struct task_struct *task)
{
	struct kvmhot_vcpu *v;
	u64 now;
	u32 n;

	v = vcpu ? kvmhot_vcpu_find(vcpu) : away_find(task);
	if (!v || v->task != task)
		return;
	if (BIT(v->stage) & KVMHOT_OUT_STAGES) {
		/* perf brings the thread's events back a little later. */
		now = kvmhot_edge_begin_as(v, &n, task);
		if (!kvmhot_edge_in_vain(v, now)) {
			kvmhot_end_stage(v, now);
			v->stage = v->resume;
		}
		kvmhot_edge_end(v, n);
	}
	this_cpu_write(kvmhot_quick_vcpu, v);
}

/* sched:sched_switch, for every switch of the host: quick for other threads. */
KVMHOT_SCHED_SWITCH_PROBE(kvmhot_probe_sched_switch)
{
	struct kvmhot_vcpu *v = this_cpu_read(kvmhot_quick_vcpu);
	struct kvm_vcpu *vcpu = kvmhot_compat_task_vcpu(prev);

	if (unlikely(vcpu || v != &kvmhot_quick_nobody))
		switch_out(v, vcpu, prev,
			   preempt || kvmhot_compat_runnable(prev));
	vcpu = kvmhot_compat_task_vcpu(next);
	if (unlikely(vcpu || atomic_read(&nr_away)))
		switch_in(vcpu, next);
}
