// SPDX-License-Identifier: GPL-2.0
/*
 * Slots: histograms of the spans that are not exits: user, EPT violations,
 * halts, ioctls.
 *
 * Everything here runs in probe context: no allocation, nothing printed.  A
 * slot has one writer at a time, see each caller.
 */
#include <linux/percpu.h>
#include <linux/string.h>

#include "kvmhot.h"
#include "lines.h"

/* There was no memory for them, or the TSC went back. */
DEFINE_PER_CPU(u64, kvmhot_dropped_spans);

static __always_inline struct kvmhot_slot *
slot_find(struct kvmhot_vcpu *v, unsigned int line, u32 key, u16 aux)
{
	struct kvmhot_slot *slot;

	while (line) {
		slot = kvmhot_line_at(v, line);
		if (slot->key == key && slot->aux == aux)
			return slot;
		line = slot->next;
	}
	return NULL;
}

/* Threads that race for an ioctl may do this to the same chain at once. */
static noinline struct kvmhot_slot *slot_new(struct kvmhot_vcpu *v, u16 *chain,
					     u32 key, u16 aux)
{
	struct kvmhot_slot *slot, *other;
	u16 first = READ_ONCE(*chain);
	unsigned int line;

	line = kvmhot_lines_take(v, KVMHOT_SLOT_LINES, KVMHOT_SLOTS_END);
	if (!line)
		return NULL;
	slot = kvmhot_line_at(v, line);
	slot->gen = READ_ONCE(v->gen);
	slot->key = key;
	slot->aux = aux;
	slot->min = U64_MAX;
	do {
		other = slot_find(v, first, key, aux);
		if (other)
			return other;
		slot->next = first;
		/* Pairs with the acquires in snap.c. */
	} while (!try_cmpxchg(chain, &first, line));
	return slot;
}

/* The counter of the bucket of @cycles; NULL if there is no memory for it. */
static __always_inline u64 *bucket_for(struct kvmhot_vcpu *v,
				       struct kvmhot_slot *slot, u64 cycles)
{
	unsigned int g = kvmhot_hist_group(cycles);
	unsigned int line = slot->line[g];

	if (unlikely(!line)) {
		line = kvmhot_lines_take(v, 1, KVMHOT_SLOTS_END);
		if (!line)
			return NULL;
		/* Pairs with the acquire in copy_buckets(). */
		smp_store_release(&slot->line[g], line);
	}
	return (u64 *)kvmhot_line_at(v, line) + kvmhot_hist_sub(cycles);
}

static noinline void slot_clear(struct kvmhot_vcpu *v, struct kvmhot_slot *slot,
				u32 gen)
{
	u32 n = kvmhot_seq_begin(&slot->seq);
	unsigned int g;

	slot->timed = 0;
	slot->cycles = 0;
	slot->beside = 0;
	slot->min = U64_MAX;
	slot->max = 0;
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++)
		if (slot->line[g])
			memset(kvmhot_line_at(v, slot->line[g]), 0,
			       KVMHOT_LINE_SIZE);
	slot->gen = gen;
	kvmhot_seq_end(&slot->seq, n);
}

/**
 * kvmhot_slot_add() - count a span
 * @v: the vCPU
 * @chain: kind of the span
 * @key: see enum kvmhot_chain
 * @aux: likewise
 * @cycles: its length
 * @beside: what else passed during it
 *
 * Without memory for it the span is counted as dropped.
 *
 * Context: probe; only one thread at a time for the same @chain, @key and @aux.
 */
void kvmhot_slot_add(struct kvmhot_vcpu *v, enum kvmhot_chain chain, u32 key,
		     u16 aux, u64 cycles, u64 beside)
{
	u16 *first = &v->chains[chain];
	struct kvmhot_slot *slot = slot_find(v, READ_ONCE(*first), key, aux);
	u32 gen = READ_ONCE(v->gen), n;
	u64 *bucket = NULL;

	if (unlikely(!slot))
		slot = slot_new(v, first, key, aux);
	if (likely(slot))
		bucket = bucket_for(v, slot, cycles);
	if (unlikely(!bucket)) {
		this_cpu_inc(kvmhot_dropped_spans);
		return;
	}
	/* Pairs with the store in kvmhot_vm_reset_one(). */
	if (unlikely(slot->gen != gen))
		slot_clear(v, slot, gen);
	n = kvmhot_seq_begin(&slot->seq);
	slot->timed++;
	slot->cycles += cycles;
	slot->beside += beside;
	if (cycles < slot->min)
		slot->min = cycles;
	if (cycles > slot->max)
		slot->max = cycles;
	++*bucket;
	kvmhot_seq_end(&slot->seq, n);
}

/**
 * kvmhot_slot_add_from() - count a span by its two ends
 * @v: the vCPU
 * @chain: kind of the span
 * @key: see enum kvmhot_chain
 * @aux: the same
 * @from: TSC of its begin
 * @to: TSC of its end; if that is earlier the TSC went back, and the span counts
 *	as dropped
 *
 * Context: as kvmhot_slot_add().
 */
void kvmhot_slot_add_from(struct kvmhot_vcpu *v, enum kvmhot_chain chain,
			  u32 key, u16 aux, u64 from, u64 to)
{
	if (likely(to >= from))
		kvmhot_slot_add(v, chain, key, aux, to - from, 0);
	else
		this_cpu_inc(kvmhot_dropped_spans);
}
