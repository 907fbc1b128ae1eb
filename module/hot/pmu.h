/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads perf events at the edges of a vCPU's timeline, and counts them by stage.  While
 * no event is counted, a static key turns all of this into a no-op.
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

/* Index of the edge that ends an exit, after all that the log may have. */
#define KVMHOT_PMU_END		KVMHOT_LOG_EDGES
#define KVMHOT_PMU_EDGES	(KVMHOT_PMU_END + 1)

/* State of an event on a vCPU; all but the first are failures. */
enum kvmhot_pmu_state {
	KVMHOT_PMU_COUNTING,	/* counts are exact */
	KVMHOT_PMU_REFUSED,	/* could not be made, see kvmhot_perf.err */
	KVMHOT_PMU_ERROR,	/* could not be on the PMU, or its count fell */
	KVMHOT_PMU_STOPPED,	/* stopped by its PMU */
	KVMHOT_PMU_INACTIVE,	/* not on the PMU while its thread ran */
	KVMHOT_PMU_NR_STATES,
};

/**
 * struct kvmhot_perf - the events of a thread
 * @node: in the list of what is to be released
 * @users: number of vCPUs that the thread runs in turn; used by the worker only
 * @serial: unique number, not 0
 * @task: the thread, with a reference
 * @event: for each event of the list, the perf event; NULL if there is none
 * @err: for each event without a perf event, the errno that tells why
 *
 * The worker makes and releases it; nothing changes it in between.
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
 * struct kvmhot_stage_counts - counts of one stage
 * @tsc: TSC cycles of the stretches whose counts are known
 * @event: counts of the events
 */
struct kvmhot_stage_counts {
	u64	tsc;
	u64	event[KVMHOT_MAX_EVENTS];
};

/**
 * struct kvmhot_pmu - counts of a vCPU, for one list of events
 * @next: in the worker's list of what is to be freed
 * @made: jiffies when @perf was last made; used by the worker only
 * @list: number of the list of events
 * @nr: number of events in the list
 * @perf: events of the thread that runs the vCPU; NULL if they are not made
 * @based: serial of the &struct kvmhot_perf that @count was read from; 0 for none
 * @state: for each event, enum kvmhot_pmu_state
 * @err: for each event, why it was not made
 * @known: bits of the edges at which @count was read
 * @whole: all stretches since the end of the exit before are known
 * @quick: the vCPU is on the quick way with these events
 * @touched: bits of the stages that have something in @open
 * @count: counts at the edges of the vCPU's log, and at KVMHOT_PMU_END
 * @open: counts since the end of the exit before, by stage, without the log's
 * @sum: counts since first sight, by stage, without @open
 * @base: @sum plus @open at the last reset; under kvmhot_since_lock
 *
 * Probes write it as they write the vCPU's record, with two exceptions: the worker
 * writes @perf, and a reset writes @base.  &kvmhot_vcpu.seq protects @open, @sum and
 * @state; on the quick way the order of stores of plain.c does.
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

/* On while there is an event to count.  The worker turns it. */
DECLARE_STATIC_KEY_FALSE(kvmhot_pmu_on);

/* Exits with known counts for which there was no memory. */
DECLARE_PER_CPU(u64, kvmhot_pmu_dropped);
/* What the inline functions below call while events are counted, and the quick way. */
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
 * @p: counts of the vCPU; if the event fell, its state becomes KVMHOT_PMU_ERROR.  An
 *     event that is the TSC may fall
 * @event: index of the event
 * @from: count at one edge
 * @to: count at the next edge
 *
 * Return: the rise; 0 if the count fell.
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

/* kvmhot_pmu_read_all() where interrupts may be on: keep them out of the reads. */
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
 * @task: the vCPU's thread; NULL to read no events
 * @away: perf may have taken the events off the CPU, with complete counts
 * @edge: index that the edge will have in the log, or KVMHOT_PMU_END
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
 * kvmhot_pmu_fold() - add the counts of all stages in the log that have ended
 * @v: the vCPU, before kvmhot_fold_log()
 */
static __always_inline void kvmhot_pmu_fold(struct kvmhot_vcpu *v)
{
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_pmu_do_fold(v);
}

/**
 * kvmhot_pmu_end() - end an exit
 * @v: the vCPU, after kvmhot_pmu_fold(); its log still has the last stage
 * @cell: cell of the exit, which gets the counts; NULL if the exit's cost is unknown
 * @now: TSC of the end
 */
static __always_inline void kvmhot_pmu_end(struct kvmhot_vcpu *v,
					   struct kvmhot_cell *cell, u64 now)
{
	if (static_branch_unlikely(&kvmhot_pmu_on))
		kvmhot_pmu_do_end(v, cell, now);
}

#endif /* KVMHOT_PMU_H */
