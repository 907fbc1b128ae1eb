// SPDX-License-Identifier: GPL-2.0
/*
 * The quick way (see quick.h): kvm_entry, where the exit has other edges than a usual
 * one, or events.  Its log is folded, but for the last stage before the TSC is read.
 *
 * Probe context, as quick.c, whose order of stores is kept here.
 */
#include <linux/kvm_host.h>
#include <linux/string.h>
#include <asm/msr.h>

#include "edge.h"
#include "kvmhot.h"
#include "lines.h"
#include "pmu.h"
#include "quick.h"

/* Is there a row for the counts of each stage that has ended? */
static __always_inline bool has_rows(const struct kvmhot_cell *cell,
				     const struct kvmhot_pmu *p, u32 stages)
{
	stages |= BIT(KVMHOT_PMU_TSC);
	return cell->pmu_list == p->list &&
	       (cell->pmu_rows & stages) == stages;
}

/* What was counted from one edge to the next. */
static __always_inline void add_stage(struct kvmhot_vcpu *v, struct kvmhot_pmu *p,
				      const struct kvmhot_cell *cell, u64 *tsc,
				      unsigned int stage, u64 cycles,
				      const u64 *from, const u64 *to)
{
	u64 *row = kvmhot_row_at(v, cell, stage);
	struct kvmhot_stage_counts *sum = &p->sum[stage];
	unsigned int i;
	u64 rise;

	tsc[stage] += cycles;
	sum->tsc += cycles;
	for (i = 0; i < p->nr; i++) {
		rise = kvmhot_pmu_rise(p, i, from[i], to[i]);
		row[i] += rise;
		sum->event[i] += rise;
	}
}

/* The counts of all stages have been added; the next exit begins with the last ones. */
static __always_inline void end_counts(struct kvmhot_pmu *p,
				       struct kvmhot_cell *cell)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		p->count[0][i] = p->count[KVMHOT_PMU_END][i];
	cell->pmu_exits++;
}

/* Of each stage, the last one of which has ended at @now. */
static __always_inline void add_counts(struct kvmhot_vcpu *v,
				       struct kvmhot_pmu *p,
				       struct kvmhot_cell *cell, u64 now)
{
	unsigned int nr = v->log.nr - 1, i;
	const u64 *edge = v->log.edge;
	u64 *tsc = kvmhot_row_at(v, cell, KVMHOT_PMU_TSC);

	for (i = 0; i < nr; i++)
		add_stage(v, p, cell, tsc, kvmhot_edge_stage(edge[i]),
			  kvmhot_edge_span(edge[i], edge[i + 1]), p->count[i],
			  p->count[i + 1]);
	add_stage(v, p, cell, tsc, kvmhot_edge_stage(edge[nr]),
		  kvmhot_edge_span(edge[nr], kvmhot_edge(now, 0)), p->count[nr],
		  p->count[KVMHOT_PMU_END]);
	end_counts(p, cell);
}

/* Of the quick way's sums; the other stages go to those of the record. */
static __always_inline void add_exit(struct kvmhot_vcpu *v,
				     struct kvmhot_cell *cell, u64 now,
				     u64 guest, u64 irq)
{
	struct kvmhot_quick *q = &v->quick;
	struct kvmhot_fold *f = &v->fold;

	q->guest += guest;
	q->irq += irq;
	q->beside += now - q->exit_tsc - irq - f->cycles[KVMHOT_HANDLE];
	q->rounds++;
	f->cycles[KVMHOT_HANDLE] = 0;
	if (f->touched & KVMHOT_RARE_STAGES)
		kvmhot_cell_add_rare(v, &cell->rare);
	f->touched = 0;
	cell->rare.ept += v->ept;
	v->ept = 0;
}

/*
 * With @events or without, which it is to the compiler.  Return: false if that must be
 * done the slow way, and nothing has been done.
 */
static __always_inline bool fold(struct kvmhot_vcpu *v, bool events)
{
	struct kvmhot_quick *q = &v->quick;
	unsigned int nr = q->who & KVMHOT_TAG_MASK;
	u64 place = kvmhot_quick_place(READ_ONCE(q->key));
	u64 *edge = v->log.edge, *last = edge + nr;
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	bool fast = events && nr == KVMHOT_TAG_IRQ;
	u64 before = q->last, guest, irq, now;
	struct kvmhot_fold *f = &v->fold;
	struct kvmhot_cell *cell;

	if (place >= KVMHOT_QUICK_PLACES || v->task != current ||
	    READ_ONCE(v->lost_track))
		return false;
	cell = READ_ONCE(v->quick_cell[place]);
	if (cell == &kvmhot_no_cell || (events && !(p && p->quick)) ||
	    (fast && !kvmhot_is_fast(v)))
		return false;
	if (events)
		kvmhot_quick_log(q, nr, &v->log);
	else
		edge[KVMHOT_TAG_HANDLE] = kvmhot_edge(q->handle_tsc,
						      KVMHOT_HANDLE);
	if (fast)
		*last = kvmhot_edge(q->exit_tsc, KVMHOT_HANDLE);
	if (!(BIT(kvmhot_edge_stage(*last)) & KVMHOT_COST_STAGES))
		return false;
	/* Without events, two of them are known without a look at the log. */
	for (edge += events ? 0 : KVMHOT_TAG_HANDLE; edge < last; edge++)
		kvmhot_fold_span(f, edge[0], edge[1]);
	if (!events)
		now = rdtsc();
	else if (!kvmhot_pmu_read_all(p, &now, p->count[KVMHOT_PMU_END]))
		goto undo;
	kvmhot_fold_span(f, *last, kvmhot_edge(now, 0));
	if (kvmhot_is_lost(f) || (events && !has_rows(cell, p, f->touched)))
		goto undo;
	guest = events ? f->cycles[KVMHOT_GUEST] : q->exit_tsc - before;
	irq = events ? f->cycles[KVMHOT_IRQ] : q->handle_tsc - q->exit_tsc;
	f->cycles[KVMHOT_GUEST] = 0;
	f->cycles[KVMHOT_IRQ] = irq;
	/* From here on readers wait, see the head of quick.c. */
	kvmhot_put(&q->last, now);
	if (!kvmhot_quick_add(v, cell, kvmhot_cost(f), guest, irq)) {
		kvmhot_put(&q->last, before);
		goto undo;
	}
	f->cycles[KVMHOT_IRQ] = 0;
	if (fast) {
		q->fast++;
		cell->rare.fast++;
	}
	if (nr >= KVMHOT_TAG_REENTER &&
	    kvmhot_edge_stage(v->log.edge[KVMHOT_TAG_REENTER]) == KVMHOT_REENTER)
		v->sum[KVMHOT_RETURNED]++;
	if (events)
		add_counts(v, p, cell, now);
	add_exit(v, cell, now, guest, irq);
	kvmhot_end_round(q, nr);
	return true;
undo:
	/* It will be folded again. */
	memset(f, 0, sizeof(*f));
	return false;
}

static noinline bool fold_events(struct kvmhot_vcpu *v)
{
	return fold(v, true);
}

/*
 * A usual exit with events, as most are: without a look at the log, which takes 200
 * instructions more.  Return: as fold().
 */
static noinline bool add_usual(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	struct kvmhot_quick *q = &v->quick;
	u64 place = kvmhot_quick_place(READ_ONCE(q->key));
	u64 last = q->last, guest, irq, now, *tsc;
	struct kvmhot_cell *cell;

	/* Not the one that has the other edges? */
	if (unlikely(!p || !p->quick || place >= KVMHOT_QUICK_PLACES))
		return false;
	cell = v->quick_cell[place];
	if (unlikely(!has_rows(cell, p, BIT(KVMHOT_GUEST) | BIT(KVMHOT_IRQ) |
					BIT(KVMHOT_HANDLE)) ||
		     !kvmhot_pmu_read_all(p, &now, p->count[KVMHOT_PMU_END]) ||
		     now < q->handle_tsc))
		return false;
	guest = q->exit_tsc - last;
	irq = q->handle_tsc - q->exit_tsc;
	/* From here on readers wait, see the head of quick.c. */
	kvmhot_put(&q->last, now);
	if (unlikely(!kvmhot_quick_add(v, cell, now - q->exit_tsc, guest, irq))) {
		kvmhot_put(&q->last, last);
		return false;
	}
	q->guest += guest;
	q->irq += irq;
	q->rounds++;
	tsc = kvmhot_row_at(v, cell, KVMHOT_PMU_TSC);
	add_stage(v, p, cell, tsc, KVMHOT_GUEST, guest, p->count[0], p->count[1]);
	add_stage(v, p, cell, tsc, KVMHOT_IRQ, irq, p->count[1], p->count[2]);
	add_stage(v, p, cell, tsc, KVMHOT_HANDLE, now - q->handle_tsc,
		  p->count[2], p->count[KVMHOT_PMU_END]);
	end_counts(p, cell);
	kvmhot_end_round(q, KVMHOT_TAG_HANDLE);
	return true;
}

/**
 * kvmhot_quick_fold() - kvm_entry on the quick way, if not as in quick.c
 * @v: the record that the CPU has, which goes the quick way
 * @vcpu: the vCPU
 *
 * Return: false if that must be done the slow way, and nothing has been done.
 */
noinline bool kvmhot_quick_fold(struct kvmhot_vcpu *v,
				const struct kvm_vcpu *vcpu)
{
	unsigned long tag = v->quick.who - (unsigned long)vcpu;

	if (likely(tag >= KVMHOT_TAG_LOG && tag <= KVMHOT_TAG_LAST))
		return kvmhot_quick_may_go_on(v) && fold(v, false);
	if (tag == KVMHOT_TAG_PMU + KVMHOT_TAG_HANDLE && !v->ept)
		return add_usual(v);
	/* Else it is no exit, or that of another vCPU. */
	return tag > KVMHOT_TAG_PMU &&
	       tag <= KVMHOT_TAG_PMU + KVMHOT_TAG_LAST && fold_events(v);
}
