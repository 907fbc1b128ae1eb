// SPDX-License-Identifier: GPL-2.0
/*
 * The quick way: on to it, and off.  See quick.h.
 *
 * Probe context, as slow.c, on the vCPU's thread; or, once nothing runs
 * the vCPU, whoever ends it.
 */
#include <linux/kernel.h>
#include <linux/percpu.h>

#include "hot/cell.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "hot/switches.h"

/**
 * kvmhot_quick_settle() - bring a record up to date
 * @v: the vCPU, which goes the quick way; it does not afterwards
 */
noinline void kvmhot_quick_settle(struct kvmhot_vcpu *v)
{
	u32 n = kvmhot_seq_begin(&v->seq);
	/* Of two threads that race for the vCPU one gets it. */
	unsigned long who = xchg(&v->quick.who, KVMHOT_SLOW);
	enum kvmhot_tag tag = who & KVMHOT_TAG_MASK;
	bool open, raced;

	if (unlikely(!kvmhot_is_quick_who(who))) {
		kvmhot_seq_end(&v->seq, n);
		return;
	}
	/* A thread that has lost the race for the vCPU may have moved the tag. */
	open = v->quick.exit_tsc > v->quick.last;
	raced = open != (tag != KVMHOT_TAG_GUEST);
	if (unlikely(raced))
		tag = open ? KVMHOT_TAG_IRQ : KVMHOT_TAG_GUEST;
	if (who & KVMHOT_TAG_PMU)
		kvmhot_pmu_settle(v, tag);
	kvmhot_quick_log(&v->quick, tag, &v->log);
	kvmhot_quick_sums(&v->quick, &v->log, v->sum);
	/* Such a thread may yet have it settled once more. */
	v->quick.rounds = 0;
	v->quick.returned = 0;
	v->last = v->quick.last;
	if (tag != KVMHOT_TAG_GUEST) {
		v->slow = tag != KVMHOT_TAG_IRQ;
		kvmhot_cell_open(v, kvmhot_quick_key(&v->quick));
	}
	/* Pairs with WRITE_ONCE in kvmhot_registry_lose_track(). */
	if (unlikely(READ_ONCE(v->lost_track) || raced))
		kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
	kvmhot_seq_end(&v->seq, n);
}

static bool may_start(const struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu)
{
	return ((READ_ONCE(kvmhot_switches.quick_open) && READ_ONCE(kvmhot_switches.live)) ||
		v->own) &&
	       v->task == current && !((unsigned long)vcpu & KVMHOT_WHO_MASK) &&
	       !(vcpu->arch.hflags & HF_GUEST_MASK);
}

/**
 * kvmhot_quick_clear() - at kvm_entry: no rounds, and no edges
 * @v: the vCPU, which does not go the quick way
 */
void kvmhot_quick_clear(struct kvmhot_vcpu *v)
{
	struct kvmhot_quick *q = &v->quick;

	/* Not there yet, whatever another CPU's TSC may have been. */
	q->exit_tsc = 0;
	q->handle_tsc = 0;
	q->rounds = 0;
	q->guest = 0;
	q->irq = 0;
	q->fast = 0;
	q->returned = 0;
	q->reenter = 0;
	q->beside = 0;
}

/**
 * kvmhot_quick_start() - at kvm_entry: go the quick way from here on, if it is
 *			  open
 * @v: the vCPU, inside of its seq, after kvmhot_quick_clear()
 * @vcpu: likewise
 * @now: TSC of the kvm_entry
 */
void kvmhot_quick_start(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu,
			u64 now)
{
	enum kvmhot_tag tag = KVMHOT_TAG_GUEST;
	struct kvmhot_quick *q = &v->quick;

	if (!may_start(v, vcpu))
		return;
	if (static_branch_unlikely(&kvmhot_pmu_on) && !v->own) {
		if (!kvmhot_pmu_start(v))
			return;
		tag += KVMHOT_TAG_PMU;
	}
	q->began = now;
	q->last = now;
	/* Pairs with the acquires in kvmhot_look_begin(). */
	smp_store_release(&q->who, kvmhot_who(vcpu, tag));
}
