// SPDX-License-Identifier: GPL-2.0
/*
 * Handles the edges that every exit has, on the slow way.  Most exits go the quick way:
 * see plain.c.  Edges of ioctls are in run.c, those of functions within KVM in inner.c,
 * those of the scheduler in switch.c.  The file ABI defines the stages.
 *
 *   KVM_RUN ........................................... return | VMM | KVM_RUN
 *    enter | guest | irq |  handle     | reenter | guest | ...  | user | enter
 *          ^kvm_entry    ^vmx_handle_exit        ^kvm_entry
 *                  ^kvm_exit           ^its return, with 'detail'
 *
 * Each edge takes one timestamp, and writes it to the vCPU's log, with the stage that
 * begins.  An exit is open from kvm_exit to the next kvm_entry, which folds the log into
 * stages: see log.h and cell.c.
 *
 * Probe context: takes no lock, allocates nothing, prints nothing, never sleeps.  The
 * tracepoints of KVM and sched_switch are hit with interrupts off, kprobes with
 * preemption off.  So the caller is an RCU reader, and is not switched out within an
 * edge.
 *
 * Only the thread that runs the vCPU, and holds the vCPU's mutex, writes a record.
 * sched_switch acts for the thread on the CPU that the thread leaves or comes to.  Only
 * edges of ioctls are outside of the mutex, where a second thread of the VMM may be at
 * the same time: see run.c.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>

#include "compat.h"
#include "hot/cell.h"
#include "hot/edge.h"
#include "hot/kick.h"
#include "hot/lookup.h"
#include "hot/out.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/slow.h"
#include "hot/switches.h"
#include "hot/vcpu.h"
#include "hot/vmx.h"

/* Key of the exit that has just happened. */
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

/* Lose the exit in the log: it was not what it seemed.  From @now on it is @stage. */
static noinline void begin_anew(struct kvmhot_vcpu *v, u64 now,
				enum kvmhot_sum stage)
{
	kvmhot_edge_make_unknown(v);
	kvmhot_cell_end(v, kvmhot_cell_prepare(v), now);
	kvmhot_log_first(&v->log, now, stage);
}

static __always_inline void begin_exit(struct kvmhot_vcpu *v,
				       const struct kvm_vcpu *vcpu)
{
	v->slow = false;
	kvmhot_cell_open(v, exit_key(vcpu));
}

static noinline void first_exit(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_see(vcpu);
	u32 n;

	if (v) {
		n = kvmhot_seq_begin(&v->seq);
		kvmhot_log_first(&v->log, v->seen, KVMHOT_IRQ);
		begin_exit(v, vcpu);
		kvmhot_seq_end(&v->seq, n);
	} else if (READ_ONCE(kvmhot_switches.live)) {
		kvmhot_vcpu_unseen();
	}
}

/**
 * kvmhot_slow_exit() - kvm_exit, on the slow way
 * @vcpu: the vCPU
 */
noinline void kvmhot_slow_exit(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);
	bool follows;
	u64 now;
	u32 n;

	if (unlikely(!v)) {
		first_exit(vcpu);
		return;
	}
	/* It was cleared if the vCPU was on the quick way when a VM was freed. */
	this_cpu_write(kvmhot_lookup_here, v);
	n = kvmhot_seq_begin(&v->seq);
	/* If the stage is not GUEST, a kvm_entry was missed. */
	follows = kvmhot_stage(v) == KVMHOT_GUEST;
	now = kvmhot_pmu_read(v, current, KVMHOT_COMPAT_PMU_MEDIATED,
			      follows ? v->log.nr : KVMHOT_PMU_END);
	if (likely(follows))
		kvmhot_edge_log(v, now, KVMHOT_IRQ);
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
	kvmhot_log_first(&v->log, v->seen, KVMHOT_GUEST);
	v->sum[KVMHOT_ENTRIES]++;
	kvmhot_seq_end(&v->seq, n);
}

/* A kvm_entry that does not follow from what was seen: no exit's cost is known. */
static noinline void enter_unknown(struct kvmhot_vcpu *v, u64 now)
{
	begin_anew(v, now, KVMHOT_GUEST);
	if (v->task == current && v->tid == current->pid)
		return;
	kvmhot_out_drop(v);
	v->task = current;
	v->tid = current->pid;
	/* Have the worker make events for this thread. */
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_kick();
}

/**
 * kvmhot_slow_entry() - kvm_entry, on the slow way
 * @vcpu: the vCPU
 * @now: TSC of the kvm_entry; 0 if it is not read yet.  Reuse the caller's TSC: a
 *	 second read would make each cost of the slow way a little larger, so no cost of
 *	 the quick way would be in the range of a group at hand
 *
 * The TSC is read as late as possible: the time after it counts as guest.
 */
noinline void kvmhot_slow_entry(struct kvm_vcpu *vcpu, u64 now)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);
	struct kvmhot_cell *cell = NULL;
	bool known;
	u32 n;

	if (unlikely(!v)) {
		first_entry(vcpu);
		return;
	}
	/* An exit that never reached vmx_handle_exit took a fast path. */
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
		kvmhot_log_first(&v->log, now, KVMHOT_GUEST);
	} else {
		enter_unknown(v, now);
	}
	v->sum[KVMHOT_ENTRIES]++;
	v->lost_track = false;
	kvmhot_quick_start(v, vcpu, now);
	this_cpu_write(kvmhot_lookup_here, v);
	kvmhot_seq_end(&v->seq, n);
}

/*
 * vmx_handle_exit() without a VM exit: either KVM emulates once more, and the stage goes
 * on, or the VM entry failed, and there was no guest.
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
 * kvmhot_slow_handle() - entry of vmx_handle_exit, on the slow way
 * @vcpu: the vCPU
 */
noinline void kvmhot_slow_handle(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);

	if (unlikely(!v))
		return;
	if (unlikely(kvmhot_stage(v) != KVMHOT_IRQ)) {
		/* While 'detail' is switched, both hooks call this for each exit. */
		if (!READ_ONCE(kvmhot_switches.handle_twice))
			handle_no_exit(v);
		return;
	}
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
	kvmhot_edge_add(v, KVMHOT_HANDLE, current);
}

NOKPROBE_SYMBOL(kvmhot_slow_handle);

/**
 * kvmhot_slow_return() - return of vmx_handle_exit, on the slow way
 * @vcpu: the vCPU of the entry; only a key
 */
noinline void kvmhot_slow_return(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);

	if (unlikely(!v))
		return;
	v->sum[KVMHOT_RETURNED]++;
	if (likely(kvmhot_stage(v) == KVMHOT_HANDLE))
		kvmhot_edge_add(v, KVMHOT_REENTER, current);
}

NOKPROBE_SYMBOL(kvmhot_slow_return);
