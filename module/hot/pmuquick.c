// SPDX-License-Identifier: GPL-2.0
/*
 * Handles edges on the quick way (see quick.h) with perf events: each edge stores the
 * events' counts in addition to its timestamp.
 *
 * Probe context, as plain.c, whose order of stores this file keeps.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>

#include "hot/pmu.h"
#include "hot/pmuquick.h"
#include "hot/quick.h"
#include "hot/slow.h"
#include "hot/vmx.h"

/**
 * kvmhot_pmuquick_exit() - kvm_exit, if plain.c does not handle it
 * @v: the record that the CPU's pointer has
 * @vcpu: the vCPU
 */
noinline void kvmhot_pmuquick_exit(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu)
{
	struct kvmhot_quick *q = &v->quick;
	struct kvmhot_pmu *p;
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu, KVMHOT_TAG_PMU) ||
		     vcpu->arch.hflags & HF_GUEST_MASK))
		goto slow;
	p = READ_ONCE(v->pmu);
	kvmhot_next_tag(q);
	if (unlikely(!kvmhot_pmu_read_all(p, &now, p->count[KVMHOT_TAG_IRQ]) ||
		     now <= q->last)) {
		kvmhot_undo_tag(q);
		goto slow;
	}
	q->key = kvmhot_vmx_quick_reason();
	kvmhot_put(&q->exit_tsc, now);
	return;
slow:
	kvmhot_slow_exit(vcpu);
}

/*
 * Add an edge of vmx_handle_exit; @before is the TSC of the edge before.  Return: false
 * if the edge must go the slow way, and nothing was done.
 */
static __always_inline bool edge_within(struct kvmhot_vcpu *v,
					enum kvmhot_tag tag, u64 before,
					u64 *now)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	kvmhot_next_tag(&v->quick);
	if (unlikely(!kvmhot_pmu_read_within(p, now, p->count[tag]) || *now <= before)) {
		kvmhot_undo_tag(&v->quick);
		return false;
	}
	return true;
}

/**
 * kvmhot_pmuquick_handle() - entry of vmx_handle_exit, if plain.c does not handle it
 * @v: the record that the CPU's pointer has
 * @vcpu: the vCPU
 */
noinline void kvmhot_pmuquick_handle(struct kvmhot_vcpu *v,
				     struct kvm_vcpu *vcpu)
{
	struct kvmhot_quick *q = &v->quick;
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu, KVMHOT_TAG_PMU + KVMHOT_TAG_IRQ) ||
		     !edge_within(v, KVMHOT_TAG_HANDLE, q->exit_tsc, &now)))
		kvmhot_slow_handle(vcpu);
	else
		kvmhot_put(&q->handle_tsc, now);
}

NOKPROBE_SYMBOL(kvmhot_pmuquick_handle);

/**
 * kvmhot_pmuquick_return() - return of vmx_handle_exit, if plain.c does not handle it
 * @v: the record that the CPU's pointer has
 * @vcpu: the vCPU of the entry; only a key
 */
noinline void kvmhot_pmuquick_return(struct kvmhot_vcpu *v,
				     const struct kvm_vcpu *vcpu)
{
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu,
				   KVMHOT_TAG_PMU + KVMHOT_TAG_HANDLE) ||
		     !edge_within(v, KVMHOT_TAG_REENTER, v->quick.handle_tsc,
				  &now)))
		kvmhot_slow_return(vcpu);
	else
		kvmhot_put(&v->log.edge[KVMHOT_TAG_REENTER],
			   kvmhot_edge(now, KVMHOT_REENTER));
}

NOKPROBE_SYMBOL(kvmhot_pmuquick_return);
