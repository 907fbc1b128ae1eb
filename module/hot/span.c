// SPDX-License-Identifier: GPL-2.0
/*
 * Counts spans that are not exits: stays in the VMM, halts, ioctls.
 *
 * Probe context: allocates and prints nothing.  Spans of one kind have one writer at a
 * time; each caller says how.
 */
#include <linux/percpu.h>

#include "hot/hist.h"
#include "hot/lines.h"
#include "hot/seq.h"
#include "hot/span.h"

DEFINE_PER_CPU(u64, kvmhot_span_dropped);

static __always_inline struct kvmhot_spans *
spans_find(struct kvmhot_vcpu *v, unsigned int line, u32 key, u16 aux)
{
	struct kvmhot_spans *spans;

	while (line) {
		spans = kvmhot_lines_at(v, line);
		if (spans->key == key && spans->aux == aux)
			return spans;
		line = spans->next;
	}
	return NULL;
}

/* Threads that race for an ioctl may be here for the same chain at once. */
static noinline struct kvmhot_spans *spans_new(struct kvmhot_vcpu *v, u16 *chain,
					       u32 key, u16 aux)
{
	struct kvmhot_spans *spans, *other;
	u16 first = READ_ONCE(*chain);
	unsigned int line;

	line = kvmhot_lines_take(v, KVMHOT_SPANS_LINES, KVMHOT_SPANS_END);
	if (!line)
		return NULL;
	spans = kvmhot_lines_at(v, line);
	kvmhot_hist_init(&spans->hist, KVMHOT_SPANS_END);
	spans->gen = READ_ONCE(v->gen);
	spans->key = key;
	spans->aux = aux;
	do {
		other = spans_find(v, first, key, aux);
		if (other)
			return other;
		spans->next = first;
		/* Pairs with the acquire in show_vcpu() of files/spans.c. */
	} while (!try_cmpxchg(chain, &first, line));
	return spans;
}

/**
 * kvmhot_span_add() - count a span
 * @v: the vCPU
 * @chain: kind of the span
 * @key: key of the span, see enum kvmhot_chain
 * @aux: second part of the key
 * @cycles: its length
 * @beside: time of something else during it
 *
 * A span for which there is no memory is counted as dropped.
 *
 * Context: probe; only one thread at a time for the same @chain, @key and @aux.
 */
void kvmhot_span_add(struct kvmhot_vcpu *v, enum kvmhot_chain chain, u32 key,
		     u16 aux, u64 cycles, u64 beside)
{
	u16 *first = &v->chains[chain];
	struct kvmhot_spans *spans = spans_find(v, READ_ONCE(*first), key, aux);
	u32 gen = READ_ONCE(v->gen), n;
	bool added;

	if (unlikely(!spans))
		spans = spans_new(v, first, key, aux);
	if (unlikely(!spans)) {
		this_cpu_inc(kvmhot_span_dropped);
		return;
	}
	n = kvmhot_seq_begin(&spans->seq);
	/* Pairs with the store in kvmhot_reset_vm(). */
	if (unlikely(spans->gen != gen)) {
		kvmhot_hist_clear(v, &spans->hist);
		spans->gen = gen;
	}
	added = kvmhot_hist_add(v, &spans->hist, cycles, beside, 0);
	kvmhot_seq_end(&spans->seq, n);
	if (unlikely(!added))
		this_cpu_inc(kvmhot_span_dropped);
}

/**
 * kvmhot_span_add_from() - count a span, given its begin and end
 * @v: the vCPU
 * @chain: kind of the span
 * @key: key of the span, see enum kvmhot_chain
 * @aux: second part of the key
 * @from: TSC of its begin
 * @to: TSC of its end; if that is earlier, the TSC went back, and the span counts as
 *	dropped
 *
 * Context: as kvmhot_span_add().
 */
void kvmhot_span_add_from(struct kvmhot_vcpu *v, enum kvmhot_chain chain,
			  u32 key, u16 aux, u64 from, u64 to)
{
	if (likely(to >= from))
		kvmhot_span_add(v, chain, key, aux, to - from, 0);
	else
		this_cpu_inc(kvmhot_span_dropped);
}
