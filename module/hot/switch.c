// SPDX-License-Identifier: GPL-2.0
/*
 * Handles the edges of a vCPU's timeline that are context switches of its thread.
 *
 * Probe context, as slow.c.  sched_switch is hit with the run queue's lock held: nothing
 * here, and nothing that it calls, may wake a thread or queue work.
 *
 * The record of a thread that leaves is found in two ways, each of which misses some:
 *
 *   - The CPU's pointer to the record of the vCPU that the thread ran last.  It is
 *     cleared when hooks change.
 *   - KVM's preempt notifier.  It is there only while KVM has the vCPU loaded.  It is
 *     missing in the VMM, while the thread waits for the vCPU's mutex, and in KVM_RUN
 *     right before KVM loads the vCPU and right after KVM puts it.
 *
 * If a thread leaves without a notifier, its record waits in the table of out.h.
 */
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "compat.h"
#include "hot/edge.h"
#include "hot/lookup.h"
#include "hot/out.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/record.h"

/*
 * The stage of a thread that is switched out.  A vCPU that waits for INIT or SIPI is
 * blocked as well, although it did not call kvm_vcpu_halt().
 */
static enum kvmhot_sum out_stage(const struct kvmhot_vcpu *v,
				 const struct kvm_vcpu *vcpu, bool runnable)
{
	if (v->resume == KVMHOT_POLL)
		return KVMHOT_BLOCK;
	if (v->resume == KVMHOT_USER)
		return KVMHOT_AWAY;
	if (runnable)
		return KVMHOT_PREEMPTED;
	if (vcpu && (vcpu->arch.mp_state == KVM_MP_STATE_UNINITIALIZED ||
		     vcpu->arch.mp_state == KVM_MP_STATE_INIT_RECEIVED))
		return KVMHOT_BLOCK;
	return KVMHOT_SLEPT;
}

/* Stages of the VMM, in which the thread may or may not have a vCPU loaded. */
#define IN_VMM		(KVMHOT_VMM_STAGES | BIT(KVMHOT_IOCTL))
/* Stages in which a context switch of the thread matters. */
#define MATTERS		(KVMHOT_COST_STAGES | BIT(KVMHOT_POLL) | \
			 BIT(KVMHOT_USER) | BIT(KVMHOT_IOCTL))

/*
 * The record of the thread that leaves.  The notifier knows better than a pointer from
 * the thread's last KVM_RUN, but the notifier is there in other ioctls as well.
 */
static struct kvmhot_vcpu *going(struct kvmhot_vcpu *last,
				 const struct kvm_vcpu *vcpu,
				 const struct task_struct *task)
{
	struct kvmhot_vcpu *v = last;

	if (vcpu && READ_ONCE(last->vcpu) != vcpu)
		v = kvmhot_lookup_find(vcpu);
	if (!v || v->task != task)
		return last;
	return BIT(kvmhot_stage(v)) & IN_VMM ? last : v;
}

/* perf takes the events away from a thread that exits; that is no failure. */
static const struct task_struct *with_events(const struct task_struct *task)
{
	return task->flags & PF_EXITING ? NULL : task;
}

static noinline void switch_out(struct kvmhot_vcpu *v,
				const struct kvm_vcpu *vcpu,
				const struct task_struct *task, bool runnable)
{
	enum kvmhot_sum stage;

	this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
	v = going(v, vcpu, task);
	if (v->task != task || !READ_ONCE(v->vcpu))
		return;
	kvmhot_settle_for_edge(v);
	stage = kvmhot_stage(v);
	if (!(BIT(stage) & MATTERS))
		return;
	if ((!vcpu || BIT(stage) & IN_VMM) && !kvmhot_out_put(v, task)) {
		/* Not in the table: its return will not be seen, so it is unknown. */
		kvmhot_edge_add(v, KVMHOT_UNKNOWN, with_events(task));
		return;
	}
	/* IOCTL is wall time, and goes on. */
	if (stage == KVMHOT_IOCTL)
		return;
	v->resume = stage;
	if (kvmhot_edge_add(v, out_stage(v, vcpu, runnable), with_events(task)))
		v->sum[KVMHOT_SWITCHES]++;
}

/* The record of the thread that comes; NULL if none. */
static struct kvmhot_vcpu *coming(const struct kvm_vcpu *vcpu,
				  const struct task_struct *task)
{
	struct kvmhot_vcpu *v = NULL;

	if (kvmhot_out_may_have(task))
		v = kvmhot_out_take(task);
	if (v || !vcpu)
		return v;
	v = kvmhot_lookup_find(vcpu);
	return v && v->task == task && !(BIT(kvmhot_stage(v)) & IN_VMM) ? v : NULL;
}

static noinline void switch_in(const struct kvm_vcpu *vcpu,
			       const struct task_struct *task)
{
	struct kvmhot_vcpu *v = coming(vcpu, task);

	/*
	 * Do nothing for a vCPU that is gone: its record may be about to be freed, see
	 * free.c, and another thread may have ended it.
	 */
	if (!v || !READ_ONCE(v->vcpu))
		return;
	kvmhot_settle_for_edge(v);
	/* perf brings the thread's events back a little later. */
	if (BIT(kvmhot_stage(v)) & (KVMHOT_OUT_STAGES | BIT(KVMHOT_AWAY)))
		kvmhot_edge_add(v, v->resume, with_events(task));
	else
		kvmhot_settle(v);
	this_cpu_write(kvmhot_lookup_here, v);
}

/* sched:sched_switch, hit by every switch of the host: be quick for other threads. */
KVMHOT_SCHED_SWITCH_PROBE(kvmhot_probe_sched_switch)
{
	struct kvmhot_vcpu *v = this_cpu_read(kvmhot_lookup_here);
	struct kvm_vcpu *vcpu = kvmhot_compat_task_vcpu(prev);

	if (unlikely(vcpu || v != &kvmhot_lookup_nobody))
		switch_out(v, vcpu, prev,
			   preempt || kvmhot_compat_runnable(prev));
	vcpu = kvmhot_compat_task_vcpu(next);
	if (unlikely(vcpu || kvmhot_out_may_have(next)))
		switch_in(vcpu, next);
}
