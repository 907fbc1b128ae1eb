// SPDX-License-Identifier: GPL-2.0
/*
 * The edges of a vCPU's timeline that every exit has, the slow way (most exits go
 * the quick one, see quick.c).  Those of the ioctl are in run.c, those of
 * functions within KVM in inner.c, those of the scheduler in switch.c.  The
 * stages are defined in the file ABI.
 *
 *   KVM_RUN ........................................... return | VMM | KVM_RUN
 *    enter | guest | irq |  handle     | reenter | guest | ...  | user | enter
 *          ^kvm_entry    ^vmx_handle_exit        ^kvm_entry
 *                  ^kvm_exit           ^its return, with 'detail'
 *
 * Each edge takes one timestamp, and writes it to the vCPU's log, with the stage that
 * begins.  An exit is open from kvm_exit to the next kvm_entry, which works out what
 * the log amounts to: see log.h and cell.c.
 *
 * Everything here runs in probe context: no lock, no allocation, nothing
 * printed, nothing that can sleep.  The tracepoints of KVM and sched_switch
 * are hit with interrupts off, kprobes with preemption off: so the caller is
 * an RCU reader, and cannot be switched out within an edge.
 *
 * A record is written by the thread that runs the vCPU, which holds the vCPU's
 * mutex; sched_switch acts for it on the CPU that it leaves or comes to.  Only
 * the edges of the ioctl are outside of the mutex, where a second thread of
 * the VMM may meet them: see run.c.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>

#include "compat.h"
#include "hot/edge.h"
#include "hot/out.h"
#include "hot/quick.h"
#include "hot/timeline.h"
#include "hot/vmx.h"
#include "kvmhot.h"

/* The log is full. */
static noinline void make_room(struct kvmhot_vcpu *v)
{
	kvmhot_edge_end_stay(v);
	kvmhot_pmu_fold(v);
	kvmhot_fold_log(&v->fold, &v->log);
}

NOKPROBE_SYMBOL(make_room);

/* A stage ends, and another begins; inside of the seq, and there is room. */
static __always_inline void log_edge(struct kvmhot_vcpu *v, u64 now,
				     enum kvmhot_sum stage)
{
	u64 nr = READ_ONCE(v->log.nr);

	/* A thread that races for the vCPU may have come before. */
	if (unlikely(nr >= KVMHOT_LOG_EDGES))
		return;
	v->log.edge[nr] = kvmhot_edge(now, stage);
	v->log.nr = nr + 1;
}

/*
 * The stage that goes on cannot be the one that it was taken for: so the cost of an
 * exit that is open is not known, either.
 */
static __always_inline void make_unknown(struct kvmhot_vcpu *v)
{
	kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
	v->key = KVMHOT_KEY_NONE;
}

/**
 * kvmhot_edge_lose() - the stage that goes on is not what it was taken for
 * @v: the vCPU
 */
noinline void kvmhot_edge_lose(struct kvmhot_vcpu *v)
{
	u32 n;

	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	make_unknown(v);
	kvmhot_seq_end(&v->seq, n);
}

NOKPROBE_SYMBOL(kvmhot_edge_lose);

/**
 * kvmhot_edge_add() - a stage ends, and another begins
 * @v: the vCPU, after kvmhot_settle_for_edge()
 * @stage: what begins
 * @task: the vCPU's thread; NULL if its events are not to be read
 *
 * Return: TSC of the edge; 0 if edges may be missing now: then it is none, and the
 * stage that goes on is unknown.
 */
noinline u64 kvmhot_edge_add(struct kvmhot_vcpu *v, enum kvmhot_sum stage,
			     const struct task_struct *task)
{
	unsigned long who = READ_ONCE(v->quick.who);
	unsigned long tag = who & KVMHOT_TAG_MASK;
	u64 now;
	u32 n;

	if (unlikely(!READ_ONCE(kvmhot_hooks_live) && !v->own)) {
		kvmhot_edge_lose(v);
		return 0;
	}
	if (likely(kvmhot_may_log(who) && kvmhot_quick_has_cell(v))) {
		now = who & KVMHOT_TAG_PMU ?
		      kvmhot_pmuquick_edge(v, tag, stage, task) :
		      kvmhot_quick_edge(v, tag, stage);
		if (likely(now))
			return now;
	}
	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	if (unlikely(READ_ONCE(v->log.nr) >= KVMHOT_LOG_EDGES))
		make_room(v);
	now = kvmhot_pmu_read(v, task, task != current, v->log.nr);
	log_edge(v, now, stage);
	kvmhot_seq_end(&v->seq, n);
	return now;
}

NOKPROBE_SYMBOL(kvmhot_edge_add);

/* What the exit that has just happened counts under. */
static __always_inline u16 exit_key(const struct kvm_vcpu *vcpu)
{
	unsigned int nr;

	if (unlikely(!kvmhot_vmx_reason(&nr)))
		return KVMHOT_KEY_NONE;
	if (unlikely(nr > KVMHOT_REASON_LAST))
		nr = KVMHOT_REASON_LAST;
	if (unlikely(vcpu->arch.hflags & HF_GUEST_MASK))
		nr |= KVMHOT_KEY_LEVEL2;
	return nr;
}

/* What is in the log was not the exit that it seemed; from here on it is @stage. */
static noinline void begin_anew(struct kvmhot_vcpu *v, u64 now,
				enum kvmhot_sum stage)
{
	make_unknown(v);
	kvmhot_cell_end(v, kvmhot_cell_prepare(v), now);
	kvmhot_edge_first(v, now, stage);
}

static __always_inline void begin_exit(struct kvmhot_vcpu *v,
				       const struct kvm_vcpu *vcpu)
{
	v->slow = false;
	kvmhot_begin_cell(v, exit_key(vcpu));
}

static noinline void first_exit(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_see(vcpu);
	u32 n;

	if (v) {
		n = kvmhot_seq_begin(&v->seq);
		kvmhot_edge_first(v, v->seen, KVMHOT_IRQ);
		begin_exit(v, vcpu);
		kvmhot_seq_end(&v->seq, n);
	} else if (READ_ONCE(kvmhot_hooks_live)) {
		kvmhot_vcpu_unseen();
	}
}

/**
 * kvmhot_slow_exit() - kvm_exit, not the quick way
 * @vcpu: the vCPU
 */
noinline void kvmhot_slow_exit(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);
	bool follows;
	u64 now;
	u32 n;

	if (unlikely(!v)) {
		first_exit(vcpu);
		return;
	}
	/* It was taken away if the vCPU was on the quick way when a VM was freed. */
	this_cpu_write(kvmhot_quick_vcpu, v);
	n = kvmhot_seq_begin(&v->seq);
	/* Or without the entry that it must have followed. */
	follows = kvmhot_stage(v) == KVMHOT_GUEST;
	now = kvmhot_pmu_read(v, current, KVMHOT_COMPAT_PMU_MEDIATED,
			      follows ? v->log.nr : KVMHOT_PMU_END);
	if (likely(follows))
		log_edge(v, now, KVMHOT_IRQ);
	else
		begin_anew(v, now, KVMHOT_IRQ);
	begin_exit(v, vcpu);
	kvmhot_seq_end(&v->seq, n);
}

static noinline void first_entry(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_see(vcpu);
	u32 n;

	if (!v)
		return;
	n = kvmhot_seq_begin(&v->seq);
	kvmhot_edge_first(v, v->seen, KVMHOT_GUEST);
	v->sum[KVMHOT_ENTRIES]++;
	kvmhot_seq_end(&v->seq, n);
}

/* Not the entry that follows from what was seen: no exit's cost is known. */
static noinline void enter_unknown(struct kvmhot_vcpu *v, u64 now)
{
	begin_anew(v, now, KVMHOT_GUEST);
	if (v->task == current && v->tid == current->pid)
		return;
	kvmhot_out_drop(v);
	v->task = current;
	v->tid = current->pid;
	/* For events of this thread. */
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_work_kick();
}

/**
 * kvmhot_slow_entry() - kvm_entry, not the quick way
 * @vcpu: the vCPU
 * @now: TSC of it, 0 if it is not read yet.  Not read again, as no cost would
 *	 ever lie between those of the slow way, and the quick way would be open
 *	 to none
 *
 * The timestamp is read as late as possible: what comes after it counts as guest.
 */
noinline void kvmhot_slow_entry(struct kvm_vcpu *vcpu, u64 now)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);
	struct kvmhot_cell *cell = NULL;
	bool known;
	u32 n;

	if (unlikely(!v)) {
		first_entry(vcpu);
		return;
	}
	/* It never came to vmx_handle_exit: a fast path. */
	if (kvmhot_stage(v) == KVMHOT_IRQ && kvmhot_was_fast(v))
		kvmhot_log_is(&v->log, KVMHOT_HANDLE);
	known = kvmhot_in_cost(v) && kvmhot_stage(v) != KVMHOT_IRQ &&
		v->task == current;
	n = kvmhot_seq_begin(&v->seq);
	if (likely(known))
		cell = kvmhot_cell_prepare(v);
	kvmhot_quick_clear(v);
	if (static_branch_unlikely(&kvmhot_pmu_on) || !now)
		now = kvmhot_pmu_read(v, current, KVMHOT_COMPAT_PMU_MEDIATED,
				      KVMHOT_PMU_END);
	if (likely(known)) {
		kvmhot_cell_end(v, cell, now);
		kvmhot_edge_first(v, now, KVMHOT_GUEST);
	} else {
		enter_unknown(v, now);
	}
	v->sum[KVMHOT_ENTRIES]++;
	v->lost_track = false;
	kvmhot_quick_start(v, vcpu, now);
	this_cpu_write(kvmhot_quick_vcpu, v);
	kvmhot_seq_end(&v->seq, n);
}

/*
 * vmx_handle_exit() without a VM exit: another round of emulation, in which the
 * stage goes on, or a VM entry that failed, so that there was no guest.
 */
static noinline void handle_no_exit(struct kvmhot_vcpu *v)
{
	if (kvmhot_stage(v) == KVMHOT_GUEST) {
		kvmhot_edge_lose(v);
		kvmhot_edge_add(v, KVMHOT_HANDLE, current);
	}
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
}

/**
 * kvmhot_slow_handle() - vmx_handle_exit, entry, not the quick way
 * @vcpu: the vCPU
 */
noinline void kvmhot_slow_handle(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);

	if (unlikely(!v))
		return;
	if (unlikely(kvmhot_stage(v) != KVMHOT_IRQ)) {
		/* Called twice for each while 'detail' is switched. */
		if (!READ_ONCE(kvmhot_handle_twice))
			handle_no_exit(v);
		return;
	}
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
	kvmhot_edge_add(v, KVMHOT_HANDLE, current);
}

NOKPROBE_SYMBOL(kvmhot_slow_handle);

/**
 * kvmhot_slow_return() - vmx_handle_exit, return, not the quick way
 * @vcpu: the vCPU, as of the entry; a mere key
 */
noinline void kvmhot_slow_return(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);

	if (unlikely(!v))
		return;
	v->sum[KVMHOT_RETURNED]++;
	if (likely(kvmhot_stage(v) == KVMHOT_HANDLE))
		kvmhot_edge_add(v, KVMHOT_REENTER, current);
}

NOKPROBE_SYMBOL(kvmhot_slow_return);

/* The last edge of a vCPU. */
static void last_edge(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu)
{
	u32 n = kvmhot_seq_begin(&v->seq);
	u64 now = kvmhot_pmu_read(v, NULL, false, KVMHOT_PMU_END);

	/* Not in KVM_RUN; if the stage says so, its return was missed. */
	if (!(BIT(kvmhot_stage(v)) & KVMHOT_VMM_STAGES) ||
	    !READ_ONCE(kvmhot_hooks_live) || READ_ONCE(v->lost_track))
		make_unknown(v);
	v->sum[KVMHOT_ENDS] = 1;
	kvmhot_cell_end(v, kvmhot_cell_prepare(v), now);
	kvmhot_edge_first(v, now, KVMHOT_UNKNOWN);
	WRITE_ONCE(v->kvm_last, vcpu->stat.exits);
	kvmhot_seq_end(&v->seq, n);
}

/* The VM's last file is closed, so nothing runs the vCPU. */
static void end_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);

	if (!v)
		return;
	/* One that never ran may come here where KVM cannot make it. */
	if (likely(!kvmhot_vcpu_is_other(v, vcpu)))
		last_edge(v, vcpu);
	kvmhot_vcpu_retire(v, vcpu);
}

/* kvm_arch_vcpu_destroy(vcpu): once for each vCPU of a VM that ends. */
int kvmhot_probe_vcpu_destroy(struct kprobe *kp, struct pt_regs *regs)
{
	end_vcpu((void *)regs_get_kernel_argument(regs, 0));
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_vcpu_destroy);

/*
 * kvm_arch_destroy_vm(kvm), in the place of the former: with preemption off this
 * takes as long as there are vCPUs.
 */
int kvmhot_probe_destroy_vm(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm *kvm = (void *)regs_get_kernel_argument(regs, 0);
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		end_vcpu(vcpu);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_destroy_vm);
