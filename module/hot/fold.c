// SPDX-License-Identifier: GPL-2.0
/*
 * Ends exits on the quick way (see quick.h) that have more edges than a plain exit, or
 * events.  kvm_entry folds the log before it reads the TSC, all but the last stage.
 *
 * Probe context, as plain.c, whose order of stores this file keeps.
 */
#include <linux/kvm_host.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <asm/msr.h>

#include "hot/cell.h"
#include "hot/fold.h"
#include "hot/hist.h"
#include "hot/lines.h"
#include "hot/log.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/slow.h"

/* The cell's rows of counts; NULL unless each stage that has ended has a row. */
static __always_inline struct kvmhot_rows *rows_for(struct kvmhot_vcpu *v,
						    const struct kvmhot_cell *cell,
						    const struct kvmhot_pmu *p,
						    u32 stages)
{
	struct kvmhot_rows *rows = kvmhot_lines_or_null(v, cell->rows);

	stages |= BIT(KVMHOT_PMU_TSC);
	return likely(rows && rows->list == p->list &&
		      (rows->there & stages) == stages) ? rows : NULL;
}

/* Add what was counted from one edge to the next. */
static __always_inline void add_stage(struct kvmhot_vcpu *v, struct kvmhot_pmu *p,
				      const struct kvmhot_rows *rows, u64 *tsc,
				      unsigned int stage, u64 cycles,
				      const u64 *from, const u64 *to)
{
	u64 *row = kvmhot_lines_or_null(v, rows->line[stage]);
	struct kvmhot_stage_counts *sum = &p->sum[stage];
	unsigned int i;
	u64 rise;

	/* Threads that race for the vCPU may have changed the stage: it has no row. */
	if (unlikely(!row))
		return;
	tsc[stage] += cycles;
	sum->tsc += cycles;
	for (i = 0; i < p->nr; i++) {
		rise = kvmhot_pmu_rise(p, i, from[i], to[i]);
		row[i] += rise;
		sum->event[i] += rise;
	}
}

/* All stages are added; the counts of this end are those of the next exit's begin. */
static __always_inline void end_counts(struct kvmhot_pmu *p,
				       struct kvmhot_rows *rows)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		p->count[0][i] = p->count[KVMHOT_PMU_END][i];
	rows->exits++;
}

/* Add the counts of each stage; the last stage has ended at @now. */
static __always_inline void add_counts(struct kvmhot_vcpu *v,
				       struct kvmhot_pmu *p,
				       struct kvmhot_rows *rows, u64 now)
{
	unsigned int nr = v->log.nr - 1, i;
	const u64 *edge = v->log.edge;
	u64 *tsc = kvmhot_lines_at(v, rows->line[KVMHOT_PMU_TSC]);

	for (i = 0; i < nr; i++)
		add_stage(v, p, rows, tsc, kvmhot_edge_stage(edge[i]),
			  kvmhot_edge_span(edge[i], edge[i + 1]), p->count[i],
			  p->count[i + 1]);
	add_stage(v, p, rows, tsc, kvmhot_edge_stage(edge[nr]),
		  kvmhot_edge_span(edge[nr], kvmhot_edge(now, 0)), p->count[nr],
		  p->count[KVMHOT_PMU_END]);
	end_counts(p, rows);
}

static __always_inline void count_round(struct kvmhot_quick *q, u64 guest, u64 irq)
{
	q->guest += guest;
	q->irq += irq;
	q->rounds++;
}

/*
 * Add an exit to the sums of the quick way.  Stages that these do not have go to the sums
 * of the record.
 */
static __always_inline void add_exit(struct kvmhot_vcpu *v,
				     struct kvmhot_cell *cell, u64 now,
				     u64 guest, u64 irq)
{
	struct kvmhot_quick *q = &v->quick;
	struct kvmhot_fold *f = &v->fold;
	u64 reenter = f->cycles[KVMHOT_REENTER];

	count_round(q, guest, irq);
	q->reenter += reenter;
	q->beside += now - q->exit_tsc - irq - reenter -
		     f->cycles[KVMHOT_HANDLE];
	f->cycles[KVMHOT_HANDLE] = 0;
	f->cycles[KVMHOT_REENTER] = 0;
	if (f->touched & KVMHOT_RARE_STAGES)
		kvmhot_cell_add_stages(v, cell);
	f->touched = 0;
	cell->reenter += reenter;
	cell->ept += v->ept;
	v->ept = 0;
}

/* The cell that the exit is added to; NULL if that must be done the slow way. */
static __always_inline struct kvmhot_cell *
open_cell(const struct kvmhot_vcpu *v, const struct kvmhot_pmu *p, bool events, bool fast)
{
	u64 place = kvmhot_cell_place(READ_ONCE(v->quick.key));
	struct kvmhot_cell *cell;

	if (place >= KVMHOT_QUICK_PLACES || v->task != current ||
	    READ_ONCE(v->lost_track))
		return NULL;
	cell = READ_ONCE(v->quick_cell[place]);
	if (cell == &kvmhot_cell_none || (events && !(p && p->quick)) ||
	    (fast && !kvmhot_is_fast(v)))
		return NULL;
	return cell;
}

/*
 * Fold and add an exit; @events is constant to the compiler.  Return: false if the exit
 * must go the slow way, and nothing was done.
 */
static __always_inline bool fold(struct kvmhot_vcpu *v, bool events)
{
	struct kvmhot_quick *q = &v->quick;
	unsigned int nr = q->who & KVMHOT_TAG_MASK;
	u64 *edge = v->log.edge, *last = edge + nr;
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	bool fast = events && nr == KVMHOT_TAG_IRQ;
	u64 before = q->last, guest, irq, now;
	struct kvmhot_fold *f = &v->fold;
	struct kvmhot_rows *rows = NULL;
	struct kvmhot_cell *cell = open_cell(v, p, events, fast);

	if (!cell)
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
	/* Without events, guest and irq are known without the log. */
	for (edge += events ? 0 : KVMHOT_TAG_HANDLE; edge < last; edge++)
		kvmhot_fold_span(f, edge[0], edge[1]);
	if (!events)
		now = rdtsc();
	else if (!kvmhot_pmu_read_all(p, &now, p->count[KVMHOT_PMU_END]))
		goto undo;
	kvmhot_fold_span(f, *last, kvmhot_edge(now, 0));
	if (events)
		rows = rows_for(v, cell, p, f->touched);
	if (kvmhot_is_lost(f) || (events && !rows))
		goto undo;
	guest = events ? f->cycles[KVMHOT_GUEST] : q->exit_tsc - before;
	irq = events ? f->cycles[KVMHOT_IRQ] : q->handle_tsc - q->exit_tsc;
	f->cycles[KVMHOT_GUEST] = 0;
	f->cycles[KVMHOT_IRQ] = irq;
	/* From here on readers wait: see store 5 at the head of plain.c. */
	kvmhot_put(&q->last, now);
	if (!kvmhot_cell_add(v, cell, guest, irq)) {
		kvmhot_put(&q->last, before);
		goto undo;
	}
	f->cycles[KVMHOT_IRQ] = 0;
	if (fast) {
		q->fast++;
		cell->fast++;
	}
	if (nr >= KVMHOT_TAG_REENTER &&
	    kvmhot_edge_stage(v->log.edge[KVMHOT_TAG_REENTER]) == KVMHOT_REENTER)
		v->sum[KVMHOT_RETURNED]++;
	if (events)
		add_counts(v, p, rows, now);
	add_exit(v, cell, now, guest, irq);
	kvmhot_end_round(q, nr);
	return true;
undo:
	/* The slow way folds the log again. */
	memset(f, 0, sizeof(*f));
	return false;
}

static noinline bool fold_events(struct kvmhot_vcpu *v)
{
	return fold(v, true);
}

static noinline bool fold_log(struct kvmhot_vcpu *v)
{
	return fold(v, false);
}

/* Add what was counted in the three stages of a plain exit. */
static __always_inline void add_plain_counts(struct kvmhot_vcpu *v,
					     struct kvmhot_pmu *p,
					     struct kvmhot_rows *rows)
{
	u64 *row0 = kvmhot_lines_at(v, rows->line[KVMHOT_GUEST]);
	u64 *row1 = kvmhot_lines_at(v, rows->line[KVMHOT_IRQ]);
	u64 *row2 = kvmhot_lines_at(v, rows->line[KVMHOT_HANDLE]);
	struct kvmhot_stage_counts *sum = p->sum;
	u64 first, second, third, rise;
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		first = p->count[1][i];
		second = p->count[2][i];
		third = p->count[KVMHOT_PMU_END][i];
		rise = kvmhot_pmu_rise(p, i, p->count[0][i], first);
		row0[i] += rise;
		sum[KVMHOT_GUEST].event[i] += rise;
		rise = kvmhot_pmu_rise(p, i, first, second);
		row1[i] += rise;
		sum[KVMHOT_IRQ].event[i] += rise;
		rise = kvmhot_pmu_rise(p, i, second, third);
		row2[i] += rise;
		sum[KVMHOT_HANDLE].event[i] += rise;
		p->count[0][i] = third;
	}
	rows->exits++;
}

static __always_inline void add_tsc(struct kvmhot_pmu *p, u64 *tsc,
				    unsigned int stage, u64 cycles)
{
	tsc[stage] += cycles;
	p->sum[stage].tsc += cycles;
}

/*
 * Add a plain exit with events, as most are.  Does not look at the log, which would take
 * 200 instructions more.  Return: as fold().
 */
static noinline bool add_plain(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	struct kvmhot_quick *q = &v->quick;
	u64 place = kvmhot_cell_place(READ_ONCE(q->key));
	u64 last = q->last, guest, irq, now, *tsc;
	struct kvmhot_rows *rows;
	struct kvmhot_cell *cell;

	/* Were the counts replaced since the other edges? */
	if (unlikely(!p || !p->quick || place >= KVMHOT_QUICK_PLACES))
		return false;
	cell = v->quick_cell[place];
	rows = rows_for(v, cell, p, BIT(KVMHOT_GUEST) | BIT(KVMHOT_IRQ) |
				    BIT(KVMHOT_HANDLE));
	if (unlikely(!rows ||
		     !kvmhot_pmu_read_all(p, &now, p->count[KVMHOT_PMU_END]) ||
		     now < q->handle_tsc))
		return false;
	guest = q->exit_tsc - last;
	irq = q->handle_tsc - q->exit_tsc;
	/* From here on readers wait: see store 5 at the head of plain.c. */
	kvmhot_put(&q->last, now);
	if (unlikely(!kvmhot_hist_add(v, &cell->hist, now - q->exit_tsc, guest, irq))) {
		kvmhot_put(&q->last, last);
		return false;
	}
	count_round(q, guest, irq);
	tsc = kvmhot_lines_at(v, rows->line[KVMHOT_PMU_TSC]);
	add_tsc(p, tsc, KVMHOT_GUEST, guest);
	add_tsc(p, tsc, KVMHOT_IRQ, irq);
	add_tsc(p, tsc, KVMHOT_HANDLE, now - q->handle_tsc);
	add_plain_counts(v, p, rows);
	kvmhot_end_round(q, KVMHOT_TAG_HANDLE);
	return true;
}

/* Add the stages user and enter. */
static __always_inline void add_vmm_stages(struct kvmhot_vcpu *v,
					   struct kvmhot_beside *b, u64 user,
					   u64 enter)
{
	v->sum[KVMHOT_USER] += user;
	v->sum[KVMHOT_ENTER] += enter;
	v->quick.beside += user + enter;
	b->cycles[KVMHOT_RARE(KVMHOT_USER)] += user;
	b->cycles[KVMHOT_RARE(KVMHOT_ENTER)] += enter;
	b->user++;
	b->user_max = max(b->user_max, user);
}

/*
 * Add a plain exit to the VMM: irq, handle, user, enter, and no other stage.  Does what
 * fold() does, in a third of the instructions.  Return: as fold().
 */
static noinline bool add_vmm(struct kvmhot_vcpu *v)
{
	const u64 *edge = &v->log.edge[KVMHOT_TAG_LOG];
	struct kvmhot_quick *q = &v->quick;
	u64 place = kvmhot_cell_place(READ_ONCE(q->key));
	u64 last = q->last, guest, irq, felt, now;
	struct kvmhot_rare *rare;
	struct kvmhot_cell *cell;
	s64 user, enter;

	if (unlikely(place >= KVMHOT_QUICK_PLACES || v->task != current))
		return false;
	cell = READ_ONCE(v->quick_cell[place]);
	if (unlikely(!cell->rare))
		return false;
	rare = kvmhot_lines_at(v, cell->rare);
	now = rdtsc();
	user = kvmhot_edge_span(edge[0], edge[1]);
	enter = kvmhot_edge_span(edge[1], kvmhot_edge(now, 0));
	if (unlikely(enter < 0))
		return false;
	guest = q->exit_tsc - last;
	irq = q->handle_tsc - q->exit_tsc;
	felt = now - q->exit_tsc;
	/* From here on readers wait: see store 5 at the head of plain.c. */
	kvmhot_put(&q->last, now);
	if (unlikely(!kvmhot_cell_add_delayed(v, rare, felt - user, felt, guest, irq))) {
		kvmhot_put(&q->last, last);
		return false;
	}
	count_round(q, guest, irq);
	add_vmm_stages(v, &rare->beside, user, enter);
	kvmhot_end_round(q, KVMHOT_TAG_VMM);
	return true;
}

static __always_inline bool is_vmm(const struct kvmhot_vcpu *v)
{
	const u64 *edge = &v->log.edge[KVMHOT_TAG_LOG];

	return kvmhot_edge_stage(edge[0]) == KVMHOT_USER &&
	       kvmhot_edge_stage(edge[1]) == KVMHOT_ENTER && !v->ept;
}

static __always_inline bool do_fold(struct kvmhot_vcpu *v, unsigned long tag)
{
	if (tag == KVMHOT_TAG_PMU + KVMHOT_TAG_HANDLE && !v->ept)
		return add_plain(v);
	if (likely(tag >= KVMHOT_TAG_LOG && tag <= KVMHOT_TAG_LAST)) {
		if (unlikely(!kvmhot_quick_may_go_on(v)))
			return false;
		return tag == KVMHOT_TAG_VMM && is_vmm(v) ? add_vmm(v) :
							    fold_log(v);
	}
	/* Otherwise no exit is open, or it is another vCPU's, or on the slow way. */
	return tag > KVMHOT_TAG_PMU &&
	       tag <= KVMHOT_TAG_PMU + KVMHOT_TAG_LAST && fold_events(v);
}

/**
 * kvmhot_fold_entry() - kvm_entry, for exits that plain.c does not handle
 * @v: the record that the CPU's pointer has
 * @vcpu: the vCPU
 * @tag: its tag, if @v is on the quick way and is the record of @vcpu
 */
noinline void kvmhot_fold_entry(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu,
				unsigned long tag)
{
	if (unlikely(!do_fold(v, tag)))
		kvmhot_slow_entry(vcpu, kvmhot_is_quick(v) ? rdtsc() : 0);
}
