/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of perf events at the edges of a vCPU's timeline.  With no event to
 * be counted, all of this is a no-op in the code, patched by the kernel.
 */
#ifndef KVMHOT_PMU_H
#define KVMHOT_PMU_H

#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <asm/msr.h>

#include "hot/record.h"

struct perf_event;

/* The edge that ends an exit: behind those that the log may have. */
#define KVMHOT_PMU_END		KVMHOT_LOG_EDGES
#define KVMHOT_PMU_EDGES	(KVMHOT_PMU_END + 1)

/* What an event is doing on a vCPU; all but the first are failures. */
enum kvmhot_pmu_state {
	KVMHOT_PMU_COUNTING,
	KVMHOT_PMU_REFUSED,	/* not made, see kvmhot_perf.err */
	KVMHOT_PMU_ERROR,	/* could not be on the PMU, or its count fell */
	KVMHOT_PMU_STOPPED,	/* its PMU stopped it */
	KVMHOT_PMU_INACTIVE,	/* not on the PMU while its thread ran */
	KVMHOT_PMU_NR_STATES,
};

/**
 * struct kvmhot_perf - the events of a thread
 * @node: in the list of what is to be released
 * @users: vCPUs that the thread runs in turn; the worker's own
 * @serial: no two are of the same number; not 0
 * @task: the thread, with a reference
 * @event: for each of the list, the event; NULL if there is none
 * @err: then why
 *
 * Made and released by the worker, and not changed in between.
 */
struct kvmhot_perf {
	struct llist_node	node;
	unsigned int		users;
	u32			serial;
	struct task_struct	*task;
	struct perf_event	*event[KVMHOT_MAX_EVENTS];
	int			err[KVMHOT_MAX_EVENTS];
};

/**
 * struct kvmhot_stage_counts - what was counted in one stage
 * @tsc: TSC cycles of the stretches that are known
 * @event: counts of the events
 */
struct kvmhot_stage_counts {
	u64	tsc;
	u64	event[KVMHOT_MAX_EVENTS];
};

/**
 * struct kvmhot_pmu - counts of a vCPU, for one list of events
 * @next: in the worker's list of what is to be freed
 * @made: jiffies when @perf was last made; the worker's own
 * @list: number of the list
 * @nr: events in it
 * @perf: the events of the thread that runs it; NULL if they are not made
 * @based: serial of the events that @count is of; 0: of none
 * @state: for each event, enum kvmhot_pmu_state
 * @err: for each event, why it was not made
 * @known: for each edge of @count, a bit: they were read there
 * @whole: every stretch since the end of the exit before is known
 * @quick: the vCPU goes the quick way, with these
 * @touched: bits of the stages in which @open has something
 * @count: counts at the edges of the vCPU's log, and at KVMHOT_PMU_END
 * @open: counted since the end of the exit before, by stage, but for the log
 * @sum: since first sight, by stage, but for @open
 * @base: @sum and @open as of the last reset; under kvmhot_since_lock
 *
 * Written in probe context, by whoever writes the vCPU's record, but for @perf,
 * which is the worker's, and @base.  @open, @sum and @state are inside of
 * &kvmhot_vcpu.seq.
 */
struct kvmhot_pmu {
	struct kvmhot_pmu		*next;
	unsigned long			made;
	u32				list;
	unsigned int			nr;
	struct kvmhot_perf		*perf;
	u32				based;
	u8				state[KVMHOT_MAX_EVENTS];
	int				err[KVMHOT_MAX_EVENTS];
	u32				known;
	bool				whole;
	bool				quick;
	u16				touched;
	u64				count[KVMHOT_PMU_EDGES][KVMHOT_MAX_EVENTS];
	struct kvmhot_stage_counts	open[KVMHOT_NR_STAGES];
	struct kvmhot_stage_counts	sum[KVMHOT_NR_STAGES];
	struct kvmhot_stage_counts	base[KVMHOT_NR_STAGES];
};

/* There is an event to be counted.  Turned by the worker. */
DECLARE_STATIC_KEY_FALSE(kvmhot_pmu_on);

/* Known exits whose counts found no memory. */
DECLARE_PER_CPU(u64, kvmhot_pmu_dropped);
bool kvmhot_pmu_read_all(const struct kvmhot_pmu *p, u64 *tsc, u64 *to);
u64 kvmhot_pmu_do_read(struct kvmhot_vcpu *v, const struct task_struct *task,
		       bool away, unsigned int edge);
void kvmhot_pmu_do_fold(struct kvmhot_vcpu *v);
void kvmhot_pmu_do_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 now);
bool kvmhot_pmu_is_counting(const struct kvmhot_pmu *p, const struct task_struct *task);
bool kvmhot_pmu_start(struct kvmhot_vcpu *v);
void kvmhot_pmu_settle(struct kvmhot_vcpu *v, enum kvmhot_tag tag);

/**
 * kvmhot_pmu_rise() - what an event rose by
 * @p: where it is counted; if it fell, as one does that is the TSC, it has failed
 * @event: its number
 * @from: its count at one edge
 * @to: at the next
 *
 * Return: the rise, or 0.
 */
static __always_inline u64 kvmhot_pmu_rise(struct kvmhot_pmu *p,
					   unsigned int event, u64 from, u64 to)
{
	s64 rise = to - from;

	if (likely(rise >= 0))
		return rise;
	p->state[event] = KVMHOT_PMU_ERROR;
	return 0;
}

/* kvmhot_pmu_read_all() where interrupts may be on, and must not come in between. */
static __always_inline bool kvmhot_pmu_read_within(const struct kvmhot_pmu *p,
						   u64 *now, u64 *to)
{
	unsigned long flags;
	bool ok;

	local_irq_save(flags);
	ok = kvmhot_pmu_read_all(p, now, to);
	local_irq_restore(flags);
	return ok;
}

/**
 * kvmhot_pmu_read() - read the TSC and the events at an edge
 * @v: the vCPU
 * @task: its thread; NULL if the edge is not that of its thread
 * @away: perf may have taken the events off the CPU, their counts complete
 * @edge: which of the log's edges it will be, or KVMHOT_PMU_END
 *
 * Context: the thread that runs the vCPU, or sched_switch to or from it.
 *
 * Return: the TSC.
 */
static __always_inline u64 kvmhot_pmu_read(struct kvmhot_vcpu *v,
					   const struct task_struct *task,
					   bool away, unsigned int edge)
{
	if (static_branch_unlikely(&kvmhot_pmu_on))
		return kvmhot_pmu_do_read(v, task, away, edge);
	return rdtsc();
}

/**
 * kvmhot_pmu_fold() - add what was counted in the stages of the log that have ended
 * @v: the vCPU, before kvmhot_fold_log()
 */
static __always_inline void kvmhot_pmu_fold(struct kvmhot_vcpu *v)
{
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_pmu_do_fold(v);
}

/**
 * kvmhot_pmu_end() - the exit is over
 * @v: the vCPU, after kvmhot_pmu_fold(); its log still has the last stage
 * @cell: of the exit, to be given what was counted; NULL if its cost is not known
 * @now: TSC of the end
 */
static __always_inline void kvmhot_pmu_end(struct kvmhot_vcpu *v,
					   struct kvmhot_cell *cell, u64 now)
{
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_pmu_do_end(v, cell, now);
}

#endif /* KVMHOT_PMU_H */
