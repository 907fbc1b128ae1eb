// SPDX-License-Identifier: GPL-2.0
/*
 * The quick way (see quick.h) with perf events: each edge leaves their counts
 * behind, beside its timestamp.
 *
 * Probe context, as quick.c, whose order of stores is kept here.
 */
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/perf_event.h>
#include <asm/msr.h>

#include "compat.h"
#include "hot/lines.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/vmx.h"

/**
 * kvmhot_pmuquick_exit() - kvm_exit, if not as in quick.c
 * @v: the record that the CPU has
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

/* Where interrupts may be on, and must not come between what is read. */
static __always_inline bool read_within(const struct kvmhot_pmu *p, u64 *now,
					u64 *to)
{
	unsigned long flags;
	bool ok;

	local_irq_save(flags);
	ok = kvmhot_pmu_read_all(p, now, to);
	local_irq_restore(flags);
	return ok;
}

/*
 * An edge of vmx_handle_exit, @before being the TSC of the one before.  Return: false
 * if it must be done the slow way, and nothing has been done.
 */
static __always_inline bool edge_within(struct kvmhot_vcpu *v,
					enum kvmhot_tag tag, u64 before,
					u64 *now)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	kvmhot_next_tag(&v->quick);
	if (unlikely(!read_within(p, now, p->count[tag]) || *now <= before)) {
		kvmhot_undo_tag(&v->quick);
		return false;
	}
	return true;
}

/**
 * kvmhot_pmuquick_handle() - vmx_handle_exit, entry, if not as in quick.c
 * @v: the record that the CPU has
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
 * kvmhot_pmuquick_return() - vmx_handle_exit, return, if not as in quick.c
 * @v: the record that the CPU has
 * @vcpu: the vCPU, as of the entry; a mere key
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

/* Do all events of @task count, those that the vCPU's other edges have? */
static bool is_counting(const struct kvmhot_pmu *p, const struct task_struct *task)
{
	const struct kvmhot_perf *perf;
	unsigned int i;

	/* Pairs with the release in set_perf(). */
	perf = smp_load_acquire(&p->perf);
	if (!perf || perf->serial != p->based || perf->task != task)
		return false;
	for (i = 0; i < p->nr; i++)
		if (p->state[i])
			return false;
	return true;
}

/* Where it is switched in perf has not brought them back, but their counts are there. */
static noinline bool read_away(struct kvmhot_vcpu *v, const struct kvmhot_pmu *p,
			       const struct task_struct *task, unsigned long tag,
			       u64 *now)
{
	if (!p || !p->quick || !is_counting(p, task))
		return false;
	*now = kvmhot_pmu_do_read(v, task, true, tag);
	return is_counting(p, task);
}

/**
 * kvmhot_pmuquick_edge() - an edge that no usual exit has
 * @v: the vCPU
 * @tag: as of kvmhot_quick_edge()
 * @stage: what begins
 * @task: its thread, which need not be the one that runs here
 *
 * Return: as kvmhot_quick_edge(); 0 as well if the events cannot be read.
 */
noinline u64 kvmhot_pmuquick_edge(struct kvmhot_vcpu *v, unsigned long tag,
				  enum kvmhot_sum stage,
				  const struct task_struct *task)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	u64 *last = &v->log.edge[tag], before = *last, edge, now = 0;

	if (tag == KVMHOT_TAG_HANDLE)
		before = kvmhot_edge(v->quick.handle_tsc, 0);
	kvmhot_next_tag(&v->quick);
	if (likely(task == current ? read_within(p, &now, p->count[tag + 1]) :
				     read_away(v, p, task, tag + 1, &now))) {
		edge = kvmhot_edge(now, stage);
		if (likely(kvmhot_edge_span(before, edge) > 0)) {
			kvmhot_put(last + 1, edge);
			return now;
		}
	}
	kvmhot_undo_tag(&v->quick);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_pmuquick_edge);

/**
 * kvmhot_pmuquick_start() - does the quick way count the events that there are?
 * @v: the vCPU, at a kvm_entry, at which they were read
 *
 * Return: false if it cannot.
 */
bool kvmhot_pmuquick_start(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* At KVM's tracepoints perf may have taken them off the CPU. */
	if (KVMHOT_COMPAT_PMU_MEDIATED || !p)
		return false;
	if (!is_counting(p, current) || !p->whole || p->touched ||
	    !(p->known & 1))
		return false;
	p->quick = true;
	return true;
}

/**
 * kvmhot_pmuquick_settle() - the edges of the open exit were all read
 * @v: the vCPU, inside of its seq
 * @tag: where it was
 */
void kvmhot_pmuquick_settle(struct kvmhot_vcpu *v, enum kvmhot_tag tag)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* Or they were replaced meanwhile. */
	if (!p || !p->quick)
		return;
	p->quick = false;
	p->known = GENMASK(tag, 0);
}
