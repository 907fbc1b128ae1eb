// SPDX-License-Identifier: GPL-2.0
/*
 * Adds edges to a vCPU's timeline.
 *
 * Probe context: takes no lock, allocates nothing, prints nothing, never sleeps.
 */
#include <linux/kprobes.h>
#include <linux/perf_event.h>

#include "compat.h"
#include "hot/edge.h"
#include "hot/log.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "hot/switches.h"

/* Fold the log, which is full. */
static noinline void make_room(struct kvmhot_vcpu *v)
{
	kvmhot_edge_end_stay(v);
	kvmhot_pmu_fold(v);
	kvmhot_fold_log(&v->fold, &v->log);
}

NOKPROBE_SYMBOL(make_room);

/**
 * kvmhot_edge_lose() - make the current stage unknown: it is not what it was taken for
 * @v: the vCPU
 */
noinline void kvmhot_edge_lose(struct kvmhot_vcpu *v)
{
	u32 n;

	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	kvmhot_edge_make_unknown(v);
	kvmhot_seq_end(&v->seq, n);
}

NOKPROBE_SYMBOL(kvmhot_edge_lose);

/*
 * Read the events of a thread that is not current.  When the thread is switched in, perf
 * has not brought the events back yet, but their counts are there.
 */
static noinline bool read_away(struct kvmhot_vcpu *v, const struct kvmhot_pmu *p,
			       const struct task_struct *task, unsigned long tag,
			       u64 *now)
{
	if (!p || !p->quick || !kvmhot_pmu_is_counting(p, task))
		return false;
	*now = kvmhot_pmu_do_read(v, task, true, tag);
	return kvmhot_pmu_is_counting(p, task);
}

/* kvmhot_quick_edge() with events.  Return: 0 also if they cannot be read. */
static noinline u64 quick_edge(struct kvmhot_vcpu *v, unsigned long tag,
			       enum kvmhot_sum stage, const struct task_struct *task)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	u64 *last = &v->log.edge[tag], before = *last, edge, now = 0;

	if (tag == KVMHOT_TAG_HANDLE)
		before = kvmhot_edge(v->quick.handle_tsc, 0);
	kvmhot_next_tag(&v->quick);
	if (likely(task == current ? kvmhot_pmu_read_within(p, &now, p->count[tag + 1]) :
				     read_away(v, p, task, tag + 1, &now))) {
		edge = kvmhot_edge(now, stage);
		if (likely(kvmhot_edge_span(before, edge) > 0)) {
			kvmhot_put(last + 1, edge);
			return now;
		}
	}
	kvmhot_undo_tag(&v->quick);
	return 0;
}

NOKPROBE_SYMBOL(quick_edge);

/**
 * kvmhot_edge_add() - end a stage, and begin another
 * @v: the vCPU, after kvmhot_settle_for_edge()
 * @stage: stage that begins
 * @task: the vCPU's thread; NULL to read no events
 *
 * Return: TSC of the edge; 0 if hooks are missing now: then no edge was added, and the
 * current stage is unknown.
 */
noinline u64 kvmhot_edge_add(struct kvmhot_vcpu *v, enum kvmhot_sum stage,
			     const struct task_struct *task)
{
	unsigned long who = READ_ONCE(v->quick.who);
	unsigned long tag = who & KVMHOT_TAG_MASK;
	u64 now;
	u32 n;

	if (unlikely(!READ_ONCE(kvmhot_switches.live) && !v->own)) {
		kvmhot_edge_lose(v);
		return 0;
	}
	if (likely(kvmhot_may_log(who) && kvmhot_quick_has_cell(v))) {
		now = who & KVMHOT_TAG_PMU ?
		      quick_edge(v, tag, stage, task) :
		      kvmhot_quick_edge(v, tag, stage);
		if (likely(now))
			return now;
	}
	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	if (unlikely(READ_ONCE(v->log.nr) >= KVMHOT_LOG_EDGES))
		make_room(v);
	now = kvmhot_pmu_read(v, task, task != current, v->log.nr);
	kvmhot_edge_log(v, now, stage);
	kvmhot_seq_end(&v->seq, n);
	return now;
}

NOKPROBE_SYMBOL(kvmhot_edge_add);
