/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Defines the log of a vCPU's edges, and folds it into stages.  Pure arithmetic that
 * calls nothing of the kernel: unit tests try the same code that probes and readers run,
 * with any sequence of edges.
 *
 * An edge is one word.  The low bits are the stage that begins; the bits above are the
 * TSC.  The uppermost bits of the TSC are cut off, as only differences matter.
 */
#ifndef KVMHOT_LOG_H
#define KVMHOT_LOG_H

#include <linux/types.h>

#define KVMHOT_STAGE_BITS	4
#define KVMHOT_STAGE_MASK	((1ULL << KVMHOT_STAGE_BITS) - 1)
#define KVMHOT_LOG_STAGES	16
/* The edges and their number fill two cache lines. */
#define KVMHOT_LOG_EDGES	15

/**
 * struct kvmhot_log - edges that are not folded yet
 * @nr: number of edges; at least one
 * @edge: the edges, in order of time; the last one begins the current stage
 */
struct kvmhot_log {
	__u64	nr;
	__u64	edge[KVMHOT_LOG_EDGES];
};

/**
 * struct kvmhot_fold - sums of folded edges
 * @cycles: TSC cycles by stage
 * @offset: sum of what the TSC went back by
 * @back: edges before which the TSC went back; their time is in no stage
 * @touched: bits of the stages that ended, even after 0 cycles
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
 * @in: cycles of the stage that began there, of edges that have left the log
 * @out: cycles in which the thread was switched out of it, of edges that have left the
 *	 log
 */
struct kvmhot_stay {
	__u32	from;
	__u64	in;
	__u64	out;
};

/**
 * kvmhot_edge() - make an edge
 * @tsc: time of the edge
 * @stage: stage that begins
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
 * kvmhot_edge_tsc() - the TSC of an edge
 * @edge: the edge
 * @near: a TSC less than 2^59 cycles from it
 *
 * Return: the TSC.
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
 * kvmhot_log_is() - correct the current stage
 * @log: the log
 * @stage: what the current stage is
 */
static inline void kvmhot_log_is(struct kvmhot_log *log, unsigned int stage)
{
	__u64 *edge = &log->edge[log->nr - 1];

	*edge = (*edge & ~KVMHOT_STAGE_MASK) | stage;
}

/**
 * kvmhot_fold_span() - add a stage that has ended
 * @f: sums to add to
 * @from: edge that the stage began with
 * @to: edge that the stage ended with
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
 * @f: sums to add to
 * @log: the log; only its last edge stays
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
 * kvmhot_log_stay() - add up the time since an edge
 * @log: the log
 * @last: index of the edge that ends the stretch
 * @stay: edge that begins the stretch; @in and @out are added to
 * @in: bits of the stages to add to @stay->in
 * @out: bits of the stages to add to @stay->out
 *
 * A stretch may have begun before the log was last folded: then @stay->from is 0.
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
