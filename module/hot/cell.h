/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds exits to their cells.
 */
#ifndef KVMHOT_CELL_H
#define KVMHOT_CELL_H

#include "hot/hist.h"
#include "hot/record.h"

/* Placeholder cell: no group is at hand and none can be made, so none is written. */
extern struct kvmhot_cell kvmhot_cell_none;

/* An exit on the slow way: begin, prepare for its end, end; or its end was missed. */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v, unsigned int key);
struct kvmhot_cell *kvmhot_cell_prepare(struct kvmhot_vcpu *v);
bool kvmhot_cell_add_rare(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
			  u64 guest, u64 irq);
bool kvmhot_cell_add_delayed(struct kvmhot_vcpu *v, struct kvmhot_rare *rare,
			     u64 cost, u64 felt, u64 guest, u64 irq);
void kvmhot_cell_add_stages(struct kvmhot_vcpu *v, struct kvmhot_cell *cell);
void kvmhot_cell_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 now);
void kvmhot_cell_lose(struct kvmhot_vcpu *v);
void kvmhot_cell_allow(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
		       unsigned int key);

/* Index in &kvmhot_vcpu.quick_cell; from KVMHOT_QUICK_PLACES on there is none. */
static __always_inline u64 kvmhot_cell_place(u64 key)
{
	return key + KVMHOT_QUICK_CLASSES;
}

/* Open an exit, which counts under @key. */
static __always_inline void kvmhot_cell_open(struct kvmhot_vcpu *v, u16 key)
{
	struct kvmhot_cell *cell = NULL, *other;

	v->key = key;
	if (likely(key != KVMHOT_KEY_NONE))
		cell = kvmhot_cell_begin(v, key);
	else
		v->sum[KVMHOT_DROPPED]++;
	/* Threads that race for the vCPU may each open an exit: none goes uncounted. */
	other = xchg(&v->cell, cell);
	if (unlikely(other))
		other->lost++;
}

/**
 * kvmhot_cell_add() - add an exit that is over to a cell's histograms
 * @v: the vCPU, whose readers wait; its fold has the exit, and keeps it
 * @cell: the cell
 * @guest: the exit's stage guest
 * @irq: the exit's stage irq
 *
 * Return: false if there is no memory for it, and nothing was done.
 */
static __always_inline bool kvmhot_cell_add(struct kvmhot_vcpu *v,
					    struct kvmhot_cell *cell, u64 guest,
					    u64 irq)
{
	if (v->fold.touched & KVMHOT_RARE_STAGES)
		return kvmhot_cell_add_rare(v, cell, guest, irq);
	return kvmhot_hist_add(v, &cell->hist, kvmhot_cost(&v->fold), guest, irq);
}

#endif /* KVMHOT_CELL_H */
