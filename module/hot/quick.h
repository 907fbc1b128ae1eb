/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Defines the quick way, on which an edge stores one timestamp, and kvm_entry adds all
 * of them up.  Nearly all exits go the quick way.
 *
 * &kvmhot_quick.who tells where a vCPU is: the address of its struct kvm_vcpu, plus a
 * tag that counts the edges since kvm_entry (enum kvmhot_tag).  One comparison of @who
 * tells a probe that the record is this vCPU's, that it is on the quick way, and that
 * the edge before was seen.  A plain exit has two edges, kvm_exit and vmx_handle_exit,
 * whose timestamps are in &struct kvmhot_quick.  Further edges are in the vCPU's log.
 *
 * A record is settled before anything else writes to it: kvmhot_quick_settle() adds the
 * sums of the quick way to those of the record, turns the timestamps into the first
 * edges of the log, and sets @who to KVMHOT_SLOW, which no vCPU matches.  A later
 * kvm_entry on the slow way sets @who to the vCPU again, if the quick way is open
 * (kvmhot_quick_start()).  So only the users of this file know of the quick way.
 *
 * A probe finds the record by the CPU's pointer kvmhot_lookup_here.  It points to the
 * record of the vCPU in whose KVM_RUN the CPU's thread is.  Each context switch clears
 * the pointer, and sets it only if it saw the thread that comes back leave.  All else
 * that sets the pointer has settled the record, or runs in the thread that last entered
 * the guest.  Only kvm_entry on the slow way opens the quick way again.  So a thread
 * that finds the quick way open is the thread that opened it.
 */
#ifndef KVMHOT_QUICK_H
#define KVMHOT_QUICK_H

#include <linux/jump_label.h>
#include <linux/minmax.h>
#include <asm/vmx.h>

#include "hot/cell.h"
#include "hot/lookup.h"
#include "hot/pmu.h"
#include "hot/record.h"
#include "hot/switches.h"

/* Key of the exits that calib.c makes. */
#define KVMHOT_OWN_KEY		EXIT_REASON_CPUID

/*
 * Is an exit without vmx_handle_exit on KVM's fast path?  With 'detail' it may be one
 * that the kretprobe missed, for lack of a free instance.  The kernel counts such
 * misses.  If its count has risen, the exit is not taken for fast, even though another
 * vCPU's call may have been missed.
 */
static __always_inline bool kvmhot_is_fast(const struct kvmhot_vcpu *v)
{
	return v->missed_handle == READ_ONCE(*READ_ONCE(kvmhot_switches.missed_handle));
}

/*
 * As kvmhot_is_fast(), but ask once for each exit: remembers the kernel's count.  A lower
 * count is that of another hook.
 */
static __always_inline bool kvmhot_was_fast(struct kvmhot_vcpu *v)
{
	int n = READ_ONCE(*READ_ONCE(kvmhot_switches.missed_handle));
	bool risen = n > v->missed_handle;

	v->missed_handle = n;
	return !risen;
}

/* Leave the quick way; at kvm_entry on the slow way, clear it, and start it again. */
void kvmhot_quick_settle(struct kvmhot_vcpu *v);
void kvmhot_quick_clear(struct kvmhot_vcpu *v);
void kvmhot_quick_start(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu,
			u64 now);

/* Has the open exit a cell?  Without one no reader would find it while it is open. */
static __always_inline bool kvmhot_quick_has_cell(const struct kvmhot_vcpu *v)
{
	u64 place = kvmhot_cell_place(READ_ONCE(v->quick.key));

	return place < KVMHOT_QUICK_PLACES &&
	       READ_ONCE(v->quick_cell[place]) != &kvmhot_cell_none;
}

static __always_inline unsigned long kvmhot_who(const struct kvm_vcpu *vcpu,
						enum kvmhot_tag tag)
{
	return (unsigned long)vcpu + tag;
}

static __always_inline bool kvmhot_is_at(const struct kvmhot_vcpu *v,
					 const struct kvm_vcpu *vcpu,
					 enum kvmhot_tag tag)
{
	return v->quick.who == kvmhot_who(vcpu, tag);
}

/*
 * Store @value after all earlier stores, and before all later ones.  x86 keeps the
 * stores of a CPU in order, so only the compiler must be stopped.
 */
static __always_inline void kvmhot_put(u64 *to, u64 value)
{
	/* Pairs with the acquires in kvmhot_look_begin(). */
	smp_store_release(to, value);
	barrier();
}

/* Store @who last in a round that was at @tag: from here on no reader waits. */
static __always_inline void kvmhot_end_round(struct kvmhot_quick *q,
					     enum kvmhot_tag tag)
{
	barrier();
	q->who -= tag;	/* one writer, one instruction */
	barrier();
}

/* Pairs with the acquires in kvmhot_look_begin(). */
static __always_inline void kvmhot_next_tag(struct kvmhot_quick *q)
{
	barrier();
	q->who++;	/* one writer, one instruction */
	barrier();
}

/* Time since the edge of @tag, which is not KVMHOT_TAG_GUEST. */
static __always_inline s64 kvmhot_quick_since(const struct kvmhot_vcpu *v,
					      enum kvmhot_tag tag, u64 now)
{
	if (tag == KVMHOT_TAG_REENTER)
		return kvmhot_edge_span(v->log.edge[KVMHOT_TAG_REENTER],
					kvmhot_edge(now, 0));
	return now - (tag == KVMHOT_TAG_IRQ ? v->quick.exit_tsc :
					      v->quick.handle_tsc);
}

/* Take the tag back, before readers could use it. */
static __always_inline void kvmhot_undo_tag(struct kvmhot_quick *q)
{
	barrier();
	q->who--;
}

/* Two threads that race for a vCPU may each have moved the tag of KVMHOT_SLOW. */
static __always_inline bool kvmhot_is_quick_who(unsigned long who)
{
	return who - (KVMHOT_SLOW - KVMHOT_TAG_MASK) > 2 * KVMHOT_TAG_MASK;
}

static __always_inline bool kvmhot_is_quick(const struct kvmhot_vcpu *v)
{
	return kvmhot_is_quick_who(READ_ONCE(v->quick.who));
}

/* Settle a record that is on the quick way, before anything else writes to it. */
static __always_inline void kvmhot_settle(struct kvmhot_vcpu *v)
{
	if (kvmhot_is_quick(v))
		kvmhot_quick_settle(v);
}

/* Is the record on the quick way, with room in the log for any edge? */
static __always_inline bool kvmhot_may_log(unsigned long who)
{
	unsigned long tag = who & KVMHOT_TAG_MASK;

	/* KVMHOT_SLOW is out of this range. */
	return tag - KVMHOT_TAG_HANDLE < KVMHOT_TAG_LAST - KVMHOT_TAG_HANDLE;
}

/* Has the open exit an edge that no plain exit has?  kvm_entry then checks more. */
static __always_inline bool kvmhot_is_logged(const struct kvmhot_vcpu *v)
{
	unsigned long tag = READ_ONCE(v->quick.who) & KVMHOT_TAG_MASK;

	return tag - KVMHOT_TAG_LOG <= KVMHOT_TAG_LAST - KVMHOT_TAG_LOG;
}

/**
 * kvmhot_quick_edge() - add an edge that no plain exit has, on the quick way
 * @v: the vCPU
 * @tag: tag of a @quick.who for which kvmhot_may_log() is true
 * @stage: stage that begins
 *
 * Return: TSC of the edge; 0 if that is no later than the edge before, and nothing was
 * done.
 */
static __always_inline u64 kvmhot_quick_edge(struct kvmhot_vcpu *v,
					     unsigned long tag,
					     enum kvmhot_sum stage)
{
	u64 *last = &v->log.edge[tag];
	u64 before = *last, edge, now;

	if (tag == KVMHOT_TAG_HANDLE)
		before = kvmhot_edge(v->quick.handle_tsc, 0);
	kvmhot_next_tag(&v->quick);
	now = rdtsc();
	edge = kvmhot_edge(now, stage);
	/* No later: two edges may differ by their stages alone. */
	if (unlikely((s64)(edge - before) <= (s64)KVMHOT_STAGE_MASK)) {
		kvmhot_undo_tag(&v->quick);
		return 0;
	}
	kvmhot_put(last + 1, edge);
	return now;
}

/* Does what opened the quick way still hold?  See kvmhot_reach_close_quick(). */
static __always_inline bool kvmhot_quick_may_go_on(const struct kvmhot_vcpu *v)
{
	return !READ_ONCE(v->lost_track) &&
	       (!static_branch_unlikely(&kvmhot_pmu_on) || v->own);
}

/* Were all edges seen since the record came to the quick way? */
static __always_inline bool kvmhot_edges_seen(const struct kvmhot_vcpu *v)
{
	return likely(!READ_ONCE(v->lost_track) &&
		      (READ_ONCE(kvmhot_switches.live) || v->own));
}

/* Before kvmhot_edge_add(): settle the record if the edge cannot go the quick way. */
static __always_inline void kvmhot_settle_for_edge(struct kvmhot_vcpu *v)
{
	if (!kvmhot_may_log(READ_ONCE(v->quick.who)) ||
	    unlikely(READ_ONCE(v->lost_track)))
		kvmhot_settle(v);
}

/* As kvmhot_lookup_find(), but settle the record, so that the caller may write to it. */
static __always_inline struct kvmhot_vcpu *
kvmhot_quick_find_settled(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_lookup_find(vcpu);

	if (v)
		kvmhot_settle(v);
	return v;
}

/**
 * kvmhot_quick_sums() - add the sums of the quick way to those of a record
 * @q: the record's state on the quick way, or a copy
 * @log: the log that kvmhot_quick_log() made of @q
 * @sum: sums to add to; the cycles of @log are not added
 */
static inline void kvmhot_quick_sums(const struct kvmhot_quick *q,
				     const struct kvmhot_log *log, u64 *sum)
{
	u64 rounds = q->rounds + q->returned;

	sum[KVMHOT_HANDLED] += log->nr > KVMHOT_TAG_HANDLE;
	sum[KVMHOT_RETURNED] +=
		log->nr > KVMHOT_TAG_REENTER &&
		kvmhot_edge_stage(log->edge[KVMHOT_TAG_REENTER]) == KVMHOT_REENTER;
	if (!rounds)
		return;
	sum[KVMHOT_ENTRIES] += rounds;
	sum[KVMHOT_HANDLED] += rounds - q->fast;
	sum[KVMHOT_RETURNED] += q->returned;
	sum[KVMHOT_GUEST] += q->guest;
	sum[KVMHOT_IRQ] += q->irq;
	sum[KVMHOT_REENTER] += q->reenter;
	/* Two threads that race for a vCPU may mix their times. */
	sum[KVMHOT_HANDLE] += max_t(s64, 0, q->last - q->began - q->guest -
					    q->irq - q->reenter - q->beside);
}

/**
 * kvmhot_quick_log() - make a log of the edges since the last kvm_entry, inclusive
 * @q: the record's state on the quick way, or a copy
 * @tag: tag of @q->who
 * @log: completed; already has the edges from KVMHOT_TAG_LOG on
 */
static inline void kvmhot_quick_log(const struct kvmhot_quick *q,
				    enum kvmhot_tag tag, struct kvmhot_log *log)
{
	log->edge[0] = kvmhot_edge(q->last, KVMHOT_GUEST);
	if (tag >= KVMHOT_TAG_IRQ)
		log->edge[1] = kvmhot_edge(q->exit_tsc, KVMHOT_IRQ);
	if (tag >= KVMHOT_TAG_HANDLE)
		log->edge[2] = kvmhot_edge(q->handle_tsc, KVMHOT_HANDLE);
	/* Threads that race for the vCPU may have moved the tag one too far. */
	log->nr = min_t(unsigned int, tag, KVMHOT_TAG_LAST) + 1;
}

/**
 * kvmhot_quick_key() - the key of the last exit
 * @q: state on the quick way of a record with an open exit, or a copy
 *
 * Return: the key; KVMHOT_KEY_NONE if the reason could not be read.
 */
static inline u16 kvmhot_quick_key(const struct kvmhot_quick *q)
{
	u64 place = kvmhot_cell_place(q->key);

	if (q->key == VM_EXIT_REASON)
		return KVMHOT_KEY_NONE;
	if (place < KVMHOT_QUICK_CLASSES)
		return KVMHOT_KEY_EPT + place;
	return min_t(u16, q->key, KVMHOT_REASON_LAST);
}

#endif /* KVMHOT_QUICK_H */
