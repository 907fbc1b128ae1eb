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
 * Each edge takes one timestamp, adds the time since the last edge to the
 * stage that it ends, and says which one begins.  An exit is open from
 * kvm_exit to the next kvm_entry.  The TSC may go back: see kvmhot_edge_back().
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
#include "edge.h"
#include "kvmhot.h"
#include "out.h"
#include "quick.h"
#include "timeline.h"
#include "vmx.h"

/**
 * kvmhot_edge_back() - at an edge the TSC is less than at the one before
 * @v: the vCPU, inside of its seq
 * @now: the TSC
 *
 * After a suspend, in a host that is a VM and was migrated, or where somebody
 * writes to it.  How long the stage was that ends is not known, so nothing is
 * added to it; nor is the cost of an exit that is open, which will be lost.
 */
noinline void kvmhot_edge_back(struct kvmhot_vcpu *v, u64 now)
{
	v->offset += v->last - now;
	v->last = now;
	v->exit_tsc = 0;
	v->sum[KVMHOT_BACK]++;
}

NOKPROBE_SYMBOL(kvmhot_edge_back);

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

/* An exit without the entry that it must have followed. */
static noinline void exit_unknown(struct kvmhot_vcpu *v, u64 now)
{
	kvmhot_end_unknown(v, now);
	kvmhot_cell_lose(v);
	v->guest = 0;
}

static __always_inline void begin_exit(struct kvmhot_vcpu *v,
				       const struct kvm_vcpu *vcpu, u64 now)
{
	v->stage = KVMHOT_IRQ;
	v->exit_tsc = now;
	v->irq = 0;
	v->slow = false;
	kvmhot_begin_cell(v, exit_key(vcpu));
}

static noinline void first_exit(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_see(vcpu);
	u32 n;

	if (v) {
		n = kvmhot_seq_begin(&v->seq);
		begin_exit(v, vcpu, v->seen);
		kvmhot_edge_end(v, n);
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
	u64 now;
	u32 n;

	if (unlikely(!v)) {
		first_exit(vcpu);
		return;
	}
	/* It was taken away if the vCPU was on the quick way when a VM was freed. */
	this_cpu_write(kvmhot_quick_vcpu, v);
	now = kvmhot_edge_begin_guest(v, &n);
	if (likely(v->stage == KVMHOT_GUEST)) {
		v->guest = now - v->last;
		v->sum[KVMHOT_GUEST] += v->guest;
		v->last = now;
	} else {
		exit_unknown(v, now);
	}
	begin_exit(v, vcpu, now);
	kvmhot_edge_end(v, n);
}

static noinline void first_entry(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_see(vcpu);
	u32 n;

	if (!v)
		return;
	n = kvmhot_seq_begin(&v->seq);
	v->stage = KVMHOT_GUEST;
	v->sum[KVMHOT_ENTRIES]++;
	kvmhot_edge_end(v, n);
}

/* Not the entry that follows from what was seen: no exit's cost is known. */
static noinline void enter_unknown(struct kvmhot_vcpu *v, u64 now)
{
	kvmhot_end_unknown(v, now);
	kvmhot_cell_lose(v);
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
	if (v->stage == KVMHOT_IRQ && kvmhot_was_fast(v))
		v->stage = KVMHOT_HANDLE;
	known = kvmhot_in_cost(v) && v->stage != KVMHOT_IRQ &&
		v->task == current;
	n = kvmhot_seq_begin(&v->seq);
	if (likely(known))
		cell = kvmhot_cell_prepare(v);
	kvmhot_quick_clear(v);
	if (static_branch_unlikely(&kvmhot_pmu_on) || !now)
		now = kvmhot_pmu_read(v, KVMHOT_COMPAT_PMU_MEDIATED);
	kvmhot_edge_check(v, now);
	if (likely(known)) {
		if (likely(v->stage == KVMHOT_HANDLE)) {
			v->sum[KVMHOT_HANDLE] += now - v->last;
			v->last = now;
		} else {
			kvmhot_end_stage(v, now);
		}
		kvmhot_cell_end(v, cell, now);
	} else {
		enter_unknown(v, now);
	}
	v->stage = KVMHOT_GUEST;
	v->sum[KVMHOT_ENTRIES]++;
	kvmhot_quick_start(v, vcpu, now);
	this_cpu_write(kvmhot_quick_vcpu, v);
	kvmhot_edge_end(v, n);
}

/*
 * vmx_handle_exit() without a VM exit: another round of emulation, in which the
 * stage goes on, or a VM entry that failed, so that there was no guest.
 */
static noinline void handle_no_exit(struct kvmhot_vcpu *v)
{
	u64 now;
	u32 n;

	if (v->stage == KVMHOT_GUEST) {
		now = kvmhot_edge_begin(v, &n);
		kvmhot_end_unknown(v, now);
		if (READ_ONCE(kvmhot_hooks_live))
			v->stage = KVMHOT_HANDLE;
	} else {
		n = kvmhot_seq_begin(&v->seq);
	}
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
	kvmhot_edge_end(v, n);
}

/**
 * kvmhot_slow_handle() - vmx_handle_exit, entry, not the quick way
 * @vcpu: the vCPU
 */
noinline void kvmhot_slow_handle(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);
	u64 now;
	u32 n;

	if (unlikely(!v))
		return;
	if (unlikely(v->stage != KVMHOT_IRQ)) {
		/* Called twice for each while 'detail' is switched. */
		if (!READ_ONCE(kvmhot_handle_twice))
			handle_no_exit(v);
		return;
	}
	now = kvmhot_edge_begin(v, &n);
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
	v->irq += now - v->last;
	v->sum[KVMHOT_IRQ] += now - v->last;
	v->last = now;
	v->stage = KVMHOT_HANDLE;
	kvmhot_edge_end(v, n);
}

NOKPROBE_SYMBOL(kvmhot_slow_handle);

/**
 * kvmhot_slow_return() - vmx_handle_exit, return, not the quick way
 * @vcpu: the vCPU, as of the entry; a mere key
 */
noinline void kvmhot_slow_return(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);
	u64 now;
	u32 n;

	if (unlikely(!v))
		return;
	if (unlikely(v->stage != KVMHOT_HANDLE)) {
		n = kvmhot_seq_begin(&v->seq);
	} else {
		now = kvmhot_edge_begin(v, &n);
		if (!kvmhot_edge_in_vain(v, now)) {
			kvmhot_end_stage(v, now);
			v->stage = KVMHOT_REENTER;
		}
	}
	v->sum[KVMHOT_RETURNED]++;
	kvmhot_edge_end(v, n);
}

NOKPROBE_SYMBOL(kvmhot_slow_return);

/* The last edge of a vCPU. */
static void last_edge(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu)
{
	u32 n;
	u64 now = kvmhot_edge_begin_as(v, &n, NULL);

	/* Not in KVM_RUN; if the stage says so, its return was missed. */
	if (BIT(v->stage) & KVMHOT_VMM_STAGES &&
	    READ_ONCE(kvmhot_hooks_live))
		kvmhot_end_stage(v, now);
	else
		kvmhot_end_unknown(v, now);
	kvmhot_cell_end(v, kvmhot_cell_prepare(v), now);
	v->stage = KVMHOT_UNKNOWN;
	v->sum[KVMHOT_ENDS] = 1;
	WRITE_ONCE(v->kvm_last, vcpu->stat.exits);
	kvmhot_edge_end(v, n);
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
