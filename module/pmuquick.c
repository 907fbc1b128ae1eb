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
#include "lines.h"
#include "pmu.h"
#include "quick.h"
#include "vmx.h"

static __always_inline u64 *edge_of(struct kvmhot_pmu *p, enum kvmhot_tag tag)
{
	return p->edge[tag - KVMHOT_TAG_IRQ];
}

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
	if (unlikely(!kvmhot_pmu_read_all(p, &now,
					  edge_of(p, KVMHOT_TAG_IRQ)) ||
		     now < q->last)) {
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
 * An edge of vmx_handle_exit, @before being the TSC of the one before: interrupts
 * are on, and must not come between what is read.  Return: false if it must be
 * done the slow way.
 */
static __always_inline bool edge_within(struct kvmhot_vcpu *v,
					enum kvmhot_tag tag, u64 before,
					u64 *now)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	unsigned long flags;
	bool ok;

	kvmhot_next_tag(&v->quick);
	local_irq_save(flags);
	ok = kvmhot_pmu_read_all(p, now, edge_of(p, tag));
	local_irq_restore(flags);
	if (unlikely(!ok || *now < before)) {
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

/* Has the cell a row for each stage of such an exit? */
static __always_inline bool has_rows(const struct kvmhot_cell *cell,
				     const struct kvmhot_pmu *p,
				     enum kvmhot_tag tag)
{
	const u16 *line = cell->pmu_line;

	if (tag != KVMHOT_TAG_IRQ && !line[KVMHOT_IRQ])
		return false;
	if (tag == KVMHOT_TAG_REENTER && !line[KVMHOT_REENTER])
		return false;
	return cell->pmu_list == p->list && line[KVMHOT_GUEST] &&
	       line[KVMHOT_HANDLE] && line[KVMHOT_PMU_TSC];
}

/* Of @stage, from one edge to the next. */
static __always_inline void add_stage(struct kvmhot_vcpu *v,
				      const struct kvmhot_cell *cell,
				      struct kvmhot_pmu *p,
				      enum kvmhot_sum stage, const u64 *from,
				      const u64 *to)
{
	u64 *row = kvmhot_line_at(v, cell->pmu_line[stage]);
	u64 *sum = p->sum[stage].event;
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		u64 rise = kvmhot_pmu_rise(p, i, from[i], to[i]);

		row[i] += rise;
		sum[i] += rise;
	}
}

static __always_inline void add_tsc(struct kvmhot_pmu *p, u64 *row,
				    enum kvmhot_sum stage, u64 cycles)
{
	row[stage] += cycles;
	p->sum[stage].tsc += cycles;
}

/* Without events this is done in quick.c. */
static __always_inline void add_round(struct kvmhot_vcpu *v,
				      struct kvmhot_cell *cell,
				      struct kvmhot_pmu *p,
				      enum kvmhot_tag tag, u64 now, u64 guest,
				      u64 irq)
{
	u64 *tsc = kvmhot_line_at(v, cell->pmu_line[KVMHOT_PMU_TSC]);
	const u64 *last = p->at[p->last].event;
	const u64 *exit = edge_of(p, KVMHOT_TAG_IRQ);
	const u64 *handle = exit;
	const u64 *end = p->at[!p->last].event;
	struct kvmhot_quick *q = &v->quick;
	u64 rest = now - q->exit_tsc - irq;

	q->guest += guest;
	add_tsc(p, tsc, KVMHOT_GUEST, guest);
	add_stage(v, cell, p, KVMHOT_GUEST, last, exit);
	if (likely(tag != KVMHOT_TAG_IRQ)) {
		handle = edge_of(p, KVMHOT_TAG_HANDLE);
		q->irq += irq;
		add_tsc(p, tsc, KVMHOT_IRQ, irq);
		add_stage(v, cell, p, KVMHOT_IRQ, exit, handle);
	} else {
		q->fast++;
		cell->rare.fast++;
	}
	if (tag == KVMHOT_TAG_REENTER) {
		u64 reenter = kvmhot_quick_since(v, tag, now);

		rest -= reenter;
		q->returned++;
		q->reenter += reenter;
		cell->rare.cycles[KVMHOT_RARE(KVMHOT_REENTER)] += reenter;
		add_tsc(p, tsc, KVMHOT_REENTER, reenter);
		add_stage(v, cell, p, KVMHOT_REENTER,
			  edge_of(p, KVMHOT_TAG_REENTER), end);
		end = edge_of(p, KVMHOT_TAG_REENTER);
	} else {
		q->rounds++;
	}
	add_tsc(p, tsc, KVMHOT_HANDLE, rest);
	add_stage(v, cell, p, KVMHOT_HANDLE, handle, end);
	cell->pmu_exits++;
	p->at[!p->last].tsc = now;
	p->last = !p->last;
}

/* Return: false if that must be done the slow way, and nothing has been done. */
static __always_inline bool end_round(struct kvmhot_vcpu *v,
				      enum kvmhot_tag tag)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	struct kvmhot_quick *q = &v->quick;
	struct kvmhot_cell *cell;
	u64 last = q->last, place = kvmhot_quick_place(READ_ONCE(q->key));
	u64 now, guest, irq;

	/* Not the one that has the other edges? */
	if (unlikely(!p || !p->quick || place >= KVMHOT_QUICK_PLACES))
		return false;
	cell = v->quick_cell[place];
	if (unlikely(!has_rows(cell, p, tag) ||
		     !kvmhot_pmu_read_all(p, &now, p->at[!p->last].event) ||
		     kvmhot_quick_since(v, tag, now) < 0))
		return false;
	guest = q->exit_tsc - last;
	irq = tag == KVMHOT_TAG_IRQ ? 0 : q->handle_tsc - q->exit_tsc;

	/* From here on readers wait. */
	kvmhot_put(&q->last, now);
	if (unlikely(!kvmhot_quick_add(v, cell, now - q->exit_tsc, guest,
				       irq))) {
		kvmhot_put(&q->last, last);
		return false;
	}
	add_round(v, cell, p, tag, now, guest, irq);
	kvmhot_end_round(q, tag);
	return true;
}

/**
 * kvmhot_pmuquick_entry() - kvm_entry: add up a round, if it has events
 * @v: the record that the CPU has
 * @vcpu: the vCPU
 *
 * Return: false if that must be done the slow way, and nothing has been done.
 */
noinline bool kvmhot_pmuquick_entry(struct kvmhot_vcpu *v,
				    struct kvm_vcpu *vcpu)
{
	if (kvmhot_is_at(v, vcpu, KVMHOT_TAG_PMU + KVMHOT_TAG_HANDLE))
		return end_round(v, KVMHOT_TAG_HANDLE);
	if (kvmhot_is_at(v, vcpu, KVMHOT_TAG_PMU + KVMHOT_TAG_REENTER))
		return end_round(v, KVMHOT_TAG_REENTER);
	if (kvmhot_is_at(v, vcpu, KVMHOT_TAG_PMU + KVMHOT_TAG_IRQ))
		return kvmhot_is_fast(v) && end_round(v, KVMHOT_TAG_IRQ);
	return false;
}

/**
 * kvmhot_pmuquick_start() - does the quick way count the events that there are?
 * @v: the vCPU, at a kvm_entry, at which they were read
 *
 * Return: false if it cannot.
 */
bool kvmhot_pmuquick_start(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	const struct kvmhot_perf *perf;
	unsigned int i;

	/* At KVM's tracepoints perf may have taken them off the CPU. */
	if (KVMHOT_COMPAT_PMU_MEDIATED || !p)
		return false;
	/* Pairs with the release in set_perf(). */
	perf = smp_load_acquire(&p->perf);
	if (!perf || perf->serial != p->based || p->adrift ||
	    perf->task != current || !p->whole || p->touched)
		return false;
	for (i = 0; i < p->nr; i++)
		if (p->state[i])
			return false;
	p->quick = true;
	return true;
}

static void step(struct kvmhot_pmu *p, enum kvmhot_sum stage, u64 tsc,
		 const u64 *event)
{
	struct kvmhot_stage_counts *then = &p->at[p->last];
	struct kvmhot_stage_counts *at = &p->at[!p->last];
	unsigned int i;

	at->tsc = tsc;
	p->open[stage].tsc += tsc - then->tsc;
	for (i = 0; i < p->nr; i++) {
		at->event[i] = event[i];
		p->open[stage].event[i] += kvmhot_pmu_rise(p, i, then->event[i],
							   event[i]);
	}
	p->last = !p->last;
	p->stage = stage;
	p->stepped = true;
	p->touched |= BIT(stage);
}

/**
 * kvmhot_pmuquick_settle() - what the edges of an open exit amount to
 * @v: the vCPU, inside of its seq
 * @tag: where it was
 */
void kvmhot_pmuquick_settle(struct kvmhot_vcpu *v, enum kvmhot_tag tag)
{
	const struct kvmhot_quick *q = &v->quick;
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* Or they were replaced meanwhile. */
	if (!p || !p->quick)
		return;
	p->quick = false;
	if (tag >= KVMHOT_TAG_IRQ)
		step(p, KVMHOT_GUEST, q->exit_tsc, edge_of(p, KVMHOT_TAG_IRQ));
	if (tag >= KVMHOT_TAG_HANDLE)
		step(p, KVMHOT_IRQ, q->handle_tsc,
		     edge_of(p, KVMHOT_TAG_HANDLE));
	if (tag >= KVMHOT_TAG_REENTER)
		step(p, KVMHOT_HANDLE,
		     kvmhot_edge_tsc(v->log.edge[KVMHOT_TAG_REENTER],
				     q->handle_tsc),
		     edge_of(p, KVMHOT_TAG_REENTER));
}
