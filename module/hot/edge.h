/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds edges to a vCPU's timeline: each edge ends one stage and begins another.
 * Functions that change more of a record than its log do so between kvmhot_seq_begin()
 * and kvmhot_seq_end(), where readers of the sums wait.
 */
#ifndef KVMHOT_EDGE_H
#define KVMHOT_EDGE_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/sched.h>

#include "hot/log.h"
#include "hot/quick.h"
#include "hot/record.h"

/* Make the current stage unknown; begin another stage. */
void kvmhot_edge_lose(struct kvmhot_vcpu *v);
u64 kvmhot_edge_add(struct kvmhot_vcpu *v, enum kvmhot_sum stage,
		    const struct task_struct *task);

/* Index of the last edge in the log. */
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

	/* The stages GUEST, IRQ and HANDLE have the same numbers as their edges. */
	if (nr < KVMHOT_TAG_LOG && kvmhot_is_quick(v))
		return nr;
	return kvmhot_edge_stage(v->log.edge[nr]);
}

/* A stay in the VMM, or a halt, has begun with the last edge. */
static __always_inline void kvmhot_edge_stay(struct kvmhot_vcpu *v)
{
	v->stay.from = kvmhot_edge_nr(v);
	v->stay.in = 0;
	v->stay.out = 0;
}

/* The stay has ended with the last edge: complete its times in @v->stay. */
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

/* Add an edge to the log, inside the seq; the log has room. */
static __always_inline void kvmhot_edge_log(struct kvmhot_vcpu *v, u64 now,
					    enum kvmhot_sum stage)
{
	u64 nr = READ_ONCE(v->log.nr);

	/* A thread that races for the vCPU may have filled the log. */
	if (unlikely(nr >= KVMHOT_LOG_EDGES))
		return;
	v->log.edge[nr] = kvmhot_edge(now, stage);
	v->log.nr = nr + 1;
}

/*
 * The current stage cannot be what it was taken for.  So the cost of an open exit is not
 * known, either.
 */
static __always_inline void kvmhot_edge_make_unknown(struct kvmhot_vcpu *v)
{
	kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
	v->key = KVMHOT_KEY_NONE;
}

#endif /* KVMHOT_EDGE_H */
