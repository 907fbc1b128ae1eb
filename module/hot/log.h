/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of a vCPU's edges, and what it amounts to.  Pure arithmetic, without a call
 * of the kernel's: what unit tests try with any sequence of edges is what probes and
 * readers do.
 *
 * An edge is one word: in its low bits the stage that begins, above them the TSC,
 * whose uppermost bits do not matter, as only differences do.
 */
#ifndef KVMHOT_LOG_H
#define KVMHOT_LOG_H

#include <linux/types.h>

#define KVMHOT_STAGE_BITS	4
#define KVMHOT_STAGE_MASK	((1ULL << KVMHOT_STAGE_BITS) - 1)
#define KVMHOT_LOG_STAGES	16
/* With their number they fill two cache lines. */
#define KVMHOT_LOG_EDGES	15

/**
 * struct kvmhot_log - edges that are not folded yet
 * @nr: how many; at least one
 * @edge: the edges, in order of time; the last stage still goes on
 */
struct kvmhot_log {
	__u64	nr;
	__u64	edge[KVMHOT_LOG_EDGES];
};

/**
 * struct kvmhot_fold - what edges amount to
 * @cycles: TSC cycles by stage
 * @offset: what the TSC went back by
 * @back: edges at which it had; nothing was added to the stage that ended there
 * @touched: bits of the stages that ended, however short they were
 */
struct kvmhot_fold {
	__u64	cycles[KVMHOT_LOG_STAGES];
	__u64	offset;
	__u32	back;
	__u32	touched;
};

/**
 * struct kvmhot_stay - a stretch of the log from a certain edge on
 * @from: index of the edge
 * @in: cycles of the stage that began there, of edges that are no longer in the log
 * @out: likewise, of the stage in which the thread is switched out of it
 */
struct kvmhot_stay {
	__u32	from;
	__u64	in;
	__u64	out;
};

/**
 * kvmhot_edge() - make an edge
 * @tsc: when
 * @stage: what begins
 *
 * Return: the edge.
 */
static inline __u64 kvmhot_edge(__u64 tsc, unsigned int stage)
{
	return tsc << KVMHOT_STAGE_BITS | stage;
}

/**
 * kvmhot_edge_stage() - the stage that begins with an edge
 * @edge: the edge
 *
 * Return: the stage.
 */
static inline unsigned int kvmhot_edge_stage(__u64 edge)
{
	return edge & KVMHOT_STAGE_MASK;
}

/**
 * kvmhot_edge_span() - the time between two edges
 * @from: the first
 * @to: the second
 *
 * Return: TSC cycles; less than 0 if the TSC went back.
 */
static inline __s64 kvmhot_edge_span(__u64 from, __u64 to)
{
	/* The shift takes the stage off @to. */
	return (__s64)(to - (from & ~KVMHOT_STAGE_MASK)) >> KVMHOT_STAGE_BITS;
}

/**
 * kvmhot_edge_tsc() - when an edge was
 * @edge: the edge
 * @near: some TSC not 2^59 cycles from it
 *
 * Return: its TSC.
 */
static inline __u64 kvmhot_edge_tsc(__u64 edge, __u64 near)
{
	return near + kvmhot_edge_span(kvmhot_edge(near, 0), edge);
}

/**
 * kvmhot_log_first() - begin a log
 * @log: the log
 * @tsc: when its first stage begins
 * @stage: that stage
 */
static inline void kvmhot_log_first(struct kvmhot_log *log, __u64 tsc, unsigned int stage)
{
	log->edge[0] = kvmhot_edge(tsc, stage);
	log->nr = 1;
}

/**
 * kvmhot_log_is() - the stage that goes on is another than it was taken for
 * @log: the log
 * @stage: what it is
 */
static inline void kvmhot_log_is(struct kvmhot_log *log, unsigned int stage)
{
	__u64 *edge = &log->edge[log->nr - 1];

	*edge = (*edge & ~KVMHOT_STAGE_MASK) | stage;
}

/**
 * kvmhot_fold_span() - a stage has ended
 * @f: what it is added to
 * @from: the edge that it began with
 * @to: the edge that it ended with
 */
static inline void kvmhot_fold_span(struct kvmhot_fold *f, __u64 from, __u64 to)
{
	__s64 cycles = kvmhot_edge_span(from, to);

	f->touched |= 1U << kvmhot_edge_stage(from);
	if (cycles < 0) {
		f->offset -= cycles;
		f->back++;
	} else {
		f->cycles[kvmhot_edge_stage(from)] += cycles;
	}
}

/**
 * kvmhot_fold_log() - fold all stages of a log that have ended
 * @f: what they are added to
 * @log: the log; its last edge is left, as the only one
 */
static inline void kvmhot_fold_log(struct kvmhot_fold *f, struct kvmhot_log *log)
{
	const __u64 *edge = log->edge, *last = edge + log->nr - 1;

	for (; edge < last; edge++)
		kvmhot_fold_span(f, edge[0], edge[1]);
	log->edge[0] = *last;
	log->nr = 1;
}

/**
 * kvmhot_log_stay() - how long it was since an edge
 * @log: the log
 * @last: which of its edges ends what is wanted
 * @stay: the edge; set to the sum of both stages
 * @in: bits of the stages that count as the one that began there
 * @out: likewise
 *
 * For what began before the log was last folded as well: then @stay->from is 0.
 */
static inline void kvmhot_log_stay(const struct kvmhot_log *log,
				   unsigned int last, struct kvmhot_stay *stay,
				   unsigned int in, unsigned int out)
{
	const __u64 *edge = log->edge + stay->from;

	for (; edge < log->edge + last; edge++) {
		__s64 cycles = kvmhot_edge_span(edge[0], edge[1]);

		if (cycles < 0)
			continue;
		if (in >> kvmhot_edge_stage(*edge) & 1)
			stay->in += cycles;
		else if (out >> kvmhot_edge_stage(*edge) & 1)
			stay->out += cycles;
	}
	stay->from = 0;
}

#endif /* KVMHOT_LOG_H */
