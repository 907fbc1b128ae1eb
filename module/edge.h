/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all edges of a vCPU's timeline do: end one stage, begin another.  Each
 * edge that was begun does, as events are read for the stage that it ends.
 *
 * Between kvmhot_edge_begin() and kvmhot_edge_end() readers of the sums wait.
 */
#ifndef KVMHOT_EDGE_H
#define KVMHOT_EDGE_H

#include <linux/bits.h>
#include <linux/sched.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "compat.h"
#include "lookup.h"
#include "pmu.h"

void kvmhot_edge_back(struct kvmhot_vcpu *v, u64 now);

/* No difference of two times may be less than 0. */
static __always_inline u64 kvmhot_edge_check(struct kvmhot_vcpu *v, u64 now)
{
	if (unlikely(now < v->last))
		kvmhot_edge_back(v, now);
	return now;
}

/**
 * kvmhot_edge_begin() - an edge, on the thread that runs the vCPU
 * @v: the vCPU
 * @n: set, for kvmhot_edge_end()
 *
 * Return: TSC of the edge.  After readers were told to wait, so that hardly one
 * of them sees a later time with the stage of before; see kvmhot_vcpu_sums().
 */
static __always_inline u64 kvmhot_edge_begin(struct kvmhot_vcpu *v, u32 *n)
{
	*n = kvmhot_seq_begin(&v->seq);
	return kvmhot_edge_check(v, kvmhot_pmu_read(v, false));
}

/* The same where the guest begins or ends. */
static __always_inline u64 kvmhot_edge_begin_guest(struct kvmhot_vcpu *v,
						   u32 *n)
{
	*n = kvmhot_seq_begin(&v->seq);
	return kvmhot_edge_check(v, kvmhot_pmu_read(v,
						    KVMHOT_COMPAT_PMU_MEDIATED));
}

/* The same elsewhere; @task as of kvmhot_pmu_read_as(). */
static __always_inline u64 kvmhot_edge_begin_as(struct kvmhot_vcpu *v, u32 *n,
						const struct task_struct *task)
{
	*n = kvmhot_seq_begin(&v->seq);
	return kvmhot_edge_check(v, kvmhot_pmu_read_as(v, task));
}

static __always_inline void kvmhot_edge_end(struct kvmhot_vcpu *v, u32 n)
{
	kvmhot_seq_end(&v->seq, n);
}

/* An exit counts under @key from here on. */
static __always_inline void kvmhot_begin_cell(struct kvmhot_vcpu *v, u16 key)
{
	v->key = key;
	if (likely(key != KVMHOT_KEY_NONE))
		v->cell = kvmhot_cell_begin(v, key);
	else
		v->sum[KVMHOT_DROPPED]++;
}

/* Is the vCPU in a stage that is KVM's cost? */
static __always_inline bool kvmhot_in_cost(const struct kvmhot_vcpu *v)
{
	return BIT(v->stage) & KVMHOT_COST_STAGES;
}

/* End the stage, and remember what it was for the open exit. */
static __always_inline void kvmhot_end_stage(struct kvmhot_vcpu *v, u64 now)
{
	u64 cycles = now - v->last;

	v->sum[v->stage] += cycles;
	v->last = now;
	if (v->stage == KVMHOT_IRQ) {
		v->irq += cycles;
		return;
	}
	v->span[v->stage] += cycles;
	if (!kvmhot_in_cost(v))
		v->beside += cycles;
	v->odd = true;
}

/*
 * End the stage, where it cannot be the one that was really left: so the cost
 * of an exit that is open is not known, either.
 */
static __always_inline void kvmhot_end_unknown(struct kvmhot_vcpu *v, u64 now)
{
	v->stage = KVMHOT_UNKNOWN;
	v->exit_tsc = 0;
	v->key = KVMHOT_KEY_NONE;
	v->sum[KVMHOT_UNKNOWN] += now - v->last;
	v->last = now;
	kvmhot_pmu_unknown(v);
}

/*
 * While hooks come or go, edges are missing, so no stage can be relied on.
 * Return: true if it is so; the edge then has been dealt with.
 */
static __always_inline bool kvmhot_edge_in_vain(struct kvmhot_vcpu *v, u64 now)
{
	if (likely(READ_ONCE(kvmhot_hooks_live) || v->own))
		return false;
	kvmhot_end_unknown(v, now);
	return true;
}

#endif /* KVMHOT_EDGE_H */
