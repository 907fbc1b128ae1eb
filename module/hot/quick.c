// SPDX-License-Identifier: GPL-2.0
/*
 * Moves vCPUs to the quick way and off it: see quick.h.
 *
 * Probe context, as slow.c.  The vCPU's thread runs these functions, or, once nothing
 * runs the vCPU, the thread that ends it.
 */
#include <linux/kernel.h>
#include <linux/percpu.h>

#include "hot/cell.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "hot/switches.h"

/**
 * kvmhot_quick_settle() - take a record off the quick way, and complete it
 * @v: the vCPU, on the quick way
 */
noinline void kvmhot_quick_settle(struct kvmhot_vcpu *v)
{
	u32 n = kvmhot_seq_begin(&v->seq);
	/* If two threads race for the vCPU, only one of them gets the tag. */
	unsigned long who = xchg(&v->quick.who, KVMHOT_SLOW);
	enum kvmhot_tag tag = who & KVMHOT_TAG_MASK;
	bool open, raced;

	if (unlikely(!kvmhot_is_quick_who(who))) {
		kvmhot_seq_end(&v->seq, n);
		return;
	}
	/* A thread that lost such a race may have moved the tag. */
	open = v->quick.exit_tsc > v->quick.last;
	raced = open != (tag != KVMHOT_TAG_GUEST);
	if (unlikely(raced))
		tag = open ? KVMHOT_TAG_IRQ : KVMHOT_TAG_GUEST;
	if (who & KVMHOT_TAG_PMU)
		kvmhot_pmu_settle(v, tag);
	kvmhot_quick_log(&v->quick, tag, &v->log);
	kvmhot_quick_sums(&v->quick, &v->log, v->sum);
	/* That thread may settle the record once more: leave nothing to add. */
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
 * kvmhot_quick_clear() - clear the sums and edges of the quick way, at kvm_entry
 * @v: the vCPU, not on the quick way
 */
void kvmhot_quick_clear(struct kvmhot_vcpu *v)
{
	struct kvmhot_quick *q = &v->quick;

	/* No edge yet: 0 is earlier than @last, even if another CPU's TSC was ahead. */
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
 * kvmhot_quick_start() - at kvm_entry, go the quick way from here on if it is open
 * @v: the vCPU, inside its seq, after kvmhot_quick_clear()
 * @vcpu: KVM's structure of the vCPU
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
