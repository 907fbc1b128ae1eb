/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The edges of a vCPU's timeline: each ends one stage and begins another.  What
 * changes more of a record than its log is between kvmhot_seq_begin() and
 * kvmhot_seq_end(), where readers of the sums wait.
 */
#ifndef KVMHOT_EDGE_H
#define KVMHOT_EDGE_H

#include <linux/bits.h>
#include <linux/sched.h>

#include "compat.h"
#include "hot/pmu.h"
#include "hot/quick.h"

void kvmhot_edge_lose(struct kvmhot_vcpu *v);
u64 kvmhot_edge_add(struct kvmhot_vcpu *v, enum kvmhot_sum stage,
		    const struct task_struct *task);

/* Which of the log's edges is the last one. */
static __always_inline unsigned int kvmhot_edge_nr(const struct kvmhot_vcpu *v)
{
	unsigned long who = READ_ONCE(v->quick.who);

	return kvmhot_is_quick_who(who) ? who & KVMHOT_TAG_MASK :
					  READ_ONCE(v->log.nr) - 1;
}

/* The stage that the vCPU is in. */
static __always_inline enum kvmhot_sum kvmhot_stage(const struct kvmhot_vcpu *v)
{
	unsigned int nr = kvmhot_edge_nr(v);

	/* GUEST, IRQ and HANDLE are the numbers of their edges. */
	if (nr < KVMHOT_TAG_LOG && kvmhot_is_quick(v))
		return nr;
	return kvmhot_edge_stage(v->log.edge[nr]);
}

/* An exit counts under @key from here on. */
static __always_inline void kvmhot_begin_cell(struct kvmhot_vcpu *v, u16 key)
{
	/* Threads that race for the vCPU may each have begun one. */
	if (unlikely(v->cell))
		v->cell->lost++;
	v->cell = NULL;
	v->key = key;
	if (likely(key != KVMHOT_KEY_NONE))
		v->cell = kvmhot_cell_begin(v, key);
	else
		v->sum[KVMHOT_DROPPED]++;
}

/* The only edge that is not in the sums yet. */
static __always_inline void kvmhot_edge_first(struct kvmhot_vcpu *v, u64 now,
					      enum kvmhot_sum stage)
{
	v->log.edge[0] = kvmhot_edge(now, stage);
	v->log.nr = 1;
}

/* A stay in the VMM, or a halt, has begun with the last edge. */
static __always_inline void kvmhot_edge_stay(struct kvmhot_vcpu *v)
{
	v->stay.from = kvmhot_edge_nr(v);
	v->stay.in = 0;
	v->stay.out = 0;
}

/* It has ended with the last edge: @v->stay has its stages. */
static __always_inline void kvmhot_edge_end_stay(struct kvmhot_vcpu *v)
{
	kvmhot_log_stay(&v->log, kvmhot_edge_nr(v), &v->stay, KVMHOT_STAY_IN,
			KVMHOT_STAY_OUT);
}

/* Is the vCPU in a stage that is KVM's cost? */
static __always_inline bool kvmhot_in_cost(const struct kvmhot_vcpu *v)
{
	return BIT(kvmhot_stage(v)) & KVMHOT_COST_STAGES;
}

/**
 * kvmhot_cell_add() - add an exit that is over to a cell's histograms
 * @v: the vCPU, readers of which wait; its fold has the exit, and goes on to have it
 * @cell: the cell
 * @guest: the exit's stage guest
 * @irq: its stage irq
 *
 * Return: false if there is no memory for it, and nothing has been done.
 */
static __always_inline bool kvmhot_cell_add(struct kvmhot_vcpu *v,
					    struct kvmhot_cell *cell, u64 guest,
					    u64 irq)
{
	if (v->fold.touched & KVMHOT_RARE_STAGES)
		return kvmhot_cell_add_rare(v, cell, guest, irq);
	return kvmhot_hist_add(v, &cell->hist, kvmhot_cost(&v->fold), guest, irq);
}

#endif /* KVMHOT_EDGE_H */
