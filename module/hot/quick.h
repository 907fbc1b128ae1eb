/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The quick way: an edge leaves a timestamp behind, and kvm_entry adds all of it up.
 * A usual exit, of which nothing is seen but kvm_exit, vmx_handle_exit and the next
 * kvm_entry, has two of them; those of others follow in the log.
 *
 * Whatever else happens to a vCPU settles it first: the timestamps become the first
 * edges of its log, and it is KVMHOT_SLOW until a later kvm_entry finds that the
 * quick way is open again.  So nothing but this file's users need know of it.
 *
 * The quick way begins with a per-CPU pointer to the record of the vCPU in whose
 * KVM_RUN the CPU's thread is.  Each context switch takes that away, and brings it
 * back only where it has seen the thread go.  Else it is set where the record has
 * been settled, and only the slow kvm_entry opens the quick way again: so a thread
 * that finds the way open is the one that opened it.
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

/* What the exits that calib.c makes count under. */
#define KVMHOT_OWN_KEY		EXIT_REASON_CPUID

/*
 * A kretprobe without a free instance misses entry and return.  So with 'detail'
 * an exit that seems to be on KVM's fast path may not be, if the kernel's count
 * of that has risen; perhaps for another vCPU, which then is not believed, too.
 */
static __always_inline bool kvmhot_is_fast(const struct kvmhot_vcpu *v)
{
	return v->missed_handle == READ_ONCE(*READ_ONCE(kvmhot_switches.missed_handle));
}

/* The same, to be asked once for each exit.  A lower count is another hook's. */
static __always_inline bool kvmhot_was_fast(struct kvmhot_vcpu *v)
{
	int n = READ_ONCE(*READ_ONCE(kvmhot_switches.missed_handle));
	bool risen = n > v->missed_handle;

	v->missed_handle = n;
	return !risen;
}

void kvmhot_quick_settle(struct kvmhot_vcpu *v);
void kvmhot_quick_clear(struct kvmhot_vcpu *v);
void kvmhot_quick_start(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu,
			u64 now);

/* Has the open exit a cell?  Or it would be seen in none while it is open. */
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
 * After all that was written before, and before all that will be: stores of one
 * CPU are seen in their order on x86, if only the compiler keeps to it.
 */
static __always_inline void kvmhot_put(u64 *to, u64 value)
{
	/* Pairs with the acquires in kvmhot_look_begin(). */
	smp_store_release(to, value);
	barrier();
}

/* The last store of a round that was at @tag: readers need not wait any longer. */
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

/* Since the edge that @tag, which is not that of the guest, stands for. */
static __always_inline s64 kvmhot_quick_since(const struct kvmhot_vcpu *v,
					      enum kvmhot_tag tag, u64 now)
{
	if (tag == KVMHOT_TAG_REENTER)
		return kvmhot_edge_span(v->log.edge[KVMHOT_TAG_REENTER],
					kvmhot_edge(now, 0));
	return now - (tag == KVMHOT_TAG_IRQ ? v->quick.exit_tsc :
					      v->quick.handle_tsc);
}

/* Back to where the vCPU was, before readers could make anything of it. */
static __always_inline void kvmhot_undo_tag(struct kvmhot_quick *q)
{
	barrier();
	q->who--;
}

/*
 * Two threads that race for a vCPU may each move the tag by some: that is slow,
 * too.
 */
static __always_inline bool kvmhot_is_quick_who(unsigned long who)
{
	return who - (KVMHOT_SLOW - KVMHOT_TAG_MASK) > 2 * KVMHOT_TAG_MASK;
}

static __always_inline bool kvmhot_is_quick(const struct kvmhot_vcpu *v)
{
	return kvmhot_is_quick_who(READ_ONCE(v->quick.who));
}

/* Before anything but the quick way writes to the record. */
static __always_inline void kvmhot_settle(struct kvmhot_vcpu *v)
{
	if (kvmhot_is_quick(v))
		kvmhot_quick_settle(v);
}

/* On the quick way, is there place for any edge? */
static __always_inline bool kvmhot_may_log(unsigned long who)
{
	unsigned long tag = who & KVMHOT_TAG_MASK;

	/* KVMHOT_SLOW is none of these. */
	return tag - KVMHOT_TAG_HANDLE < KVMHOT_TAG_LAST - KVMHOT_TAG_HANDLE;
}

/* Has it an edge that no usual exit has?  Then kvm_entry will look twice. */
static __always_inline bool kvmhot_is_logged(const struct kvmhot_vcpu *v)
{
	unsigned long tag = READ_ONCE(v->quick.who) & KVMHOT_TAG_MASK;

	return tag - KVMHOT_TAG_LOG <= KVMHOT_TAG_LAST - KVMHOT_TAG_LOG;
}

/**
 * kvmhot_quick_edge() - an edge that no usual exit has, on the quick way
 * @v: the vCPU
 * @tag: where it is; of a @quick.who for which kvmhot_may_log() is true
 * @stage: what begins
 *
 * Return: TSC of the edge; 0 if it is no later than the one before, and nothing has
 * been done.
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
	/* Whatever the two stages are. */
	if (unlikely((s64)(edge - before) <= (s64)KVMHOT_STAGE_MASK)) {
		kvmhot_undo_tag(&v->quick);
		return 0;
	}
	kvmhot_put(last + 1, edge);
	return now;
}

/* Is what it found when it began to still so?  See kvmhot_reach_close_quick(). */
static __always_inline bool kvmhot_quick_may_go_on(const struct kvmhot_vcpu *v)
{
	return !READ_ONCE(v->lost_track) &&
	       (!static_branch_unlikely(&kvmhot_pmu_on) || v->own);
}

/* Are no edges missing, from those on that the vCPU has on the quick way? */
static __always_inline bool kvmhot_edges_seen(const struct kvmhot_vcpu *v)
{
	return likely(!READ_ONCE(v->lost_track) &&
		      (READ_ONCE(kvmhot_switches.live) || v->own));
}

/* Before kvmhot_edge_add(). */
static __always_inline void kvmhot_settle_for_edge(struct kvmhot_vcpu *v)
{
	if (!kvmhot_may_log(READ_ONCE(v->quick.who)) ||
	    unlikely(READ_ONCE(v->lost_track)))
		kvmhot_settle(v);
}

/* As kvmhot_lookup_find(), for whoever may write to the record. */
static __always_inline struct kvmhot_vcpu *
kvmhot_quick_find_settled(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_lookup_find(vcpu);

	if (v)
		kvmhot_settle(v);
	return v;
}

/**
 * kvmhot_quick_sums() - what a record amounts to that goes the quick way
 * @q: it, or a copy
 * @log: what kvmhot_quick_log() made of it
 * @sum: has that added, but for the cycles of @log
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
 * kvmhot_quick_log() - the edges since the last kvm_entry, that one the first of them
 * @q: the record that goes the quick way, or a copy
 * @tag: where it is, of @q->who
 * @log: set to them; has those from KVMHOT_TAG_LOG on
 */
static inline void kvmhot_quick_log(const struct kvmhot_quick *q,
				    enum kvmhot_tag tag, struct kvmhot_log *log)
{
	log->edge[0] = kvmhot_edge(q->last, KVMHOT_GUEST);
	if (tag >= KVMHOT_TAG_IRQ)
		log->edge[1] = kvmhot_edge(q->exit_tsc, KVMHOT_IRQ);
	if (tag >= KVMHOT_TAG_HANDLE)
		log->edge[2] = kvmhot_edge(q->handle_tsc, KVMHOT_HANDLE);
	/* Threads that race for the vCPU may have come to one more. */
	log->nr = min_t(unsigned int, tag, KVMHOT_TAG_LAST) + 1;
}

/**
 * kvmhot_quick_key() - the key of the last exit
 * @q: the record, or a copy, of which an exit is open
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
