// SPDX-License-Identifier: GPL-2.0
/*
 * Reading perf events at edges, and counting what they rose by.
 *
 * Everything here runs in probe context, as slow.c, inside of an edge: on
 * the thread that runs the vCPU, or, at sched_switch, on the CPU that it leaves
 * or comes to.  Events are made and released by the worker, see perf.c.
 *
 * A vCPU's &struct kvmhot_pmu may be replaced between two calls within one
 * edge: the new one has counted nothing yet.
 */
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "compat.h"
#include "hot/lines.h"
#include "hot/pmu.h"

DEFINE_STATIC_KEY_FALSE(kvmhot_pmu_on);

DEFINE_PER_CPU(u64, kvmhot_pmu_dropped);

/*
 * What perf_event_read_local() does, which modules cannot call.  Interrupts
 * are off, so that perf cannot move the event meanwhile.  Return: its state;
 * if it is counting, its count is in @now.
 */
static __always_inline enum kvmhot_pmu_state
read_event(struct perf_event *event, bool away, u64 *now)
{
	switch (READ_ONCE(event->state)) {
	case PERF_EVENT_STATE_ACTIVE:
		if (READ_ONCE(event->oncpu) != smp_processor_id())
			return KVMHOT_PMU_INACTIVE;
		if (event->hw.state & PERF_HES_STOPPED)
			return KVMHOT_PMU_STOPPED;
		event->pmu->read(event);
		break;
	case PERF_EVENT_STATE_INACTIVE:
		/* Of the PMUs that are let in, only while its thread is. */
		if (!away)
			return KVMHOT_PMU_INACTIVE;
		break;
	case PERF_EVENT_STATE_ERROR:
		return KVMHOT_PMU_ERROR;
	default:
		return KVMHOT_PMU_STOPPED;
	}
	*now = local64_read(&event->count);
	return KVMHOT_PMU_COUNTING;
}

/**
 * kvmhot_pmu_read_all() - read the TSC, and at once all events
 * @p: where they are counted, or NULL
 * @tsc: set to the TSC
 * @to: set to their counts, but for those that have failed before
 *
 * One function for all edges, so that what lies between the TSC and an event is
 * the same at each of them.
 *
 * Context: probe, interrupts off.
 *
 * Return: false if they are others than those of the last edge, or one does
 * not count just now.
 */
noinline bool kvmhot_pmu_read_all(const struct kvmhot_pmu *p, u64 *tsc, u64 *to)
{
	const struct kvmhot_perf *perf;
	struct perf_event *event;
	unsigned int i;

	if (unlikely(!p))
		return false;
	/* Pairs with the release in set_perf(). */
	perf = smp_load_acquire(&p->perf);
	if (unlikely(!perf || perf->serial != p->based))
		return false;
	*tsc = rdtsc();
	for (i = 0; i < p->nr; i++) {
		if (unlikely(p->state[i]))
			continue;
		event = perf->event[i];
		/* Active is: on the CPU that its thread is on. */
		if (unlikely(READ_ONCE(event->state) !=
			     PERF_EVENT_STATE_ACTIVE ||
			     event->hw.state & PERF_HES_STOPPED))
			return false;
		event->pmu->read(event);
		to[i] = local64_read(&event->count);
	}
	return true;
}

/* The same for any state that they may be in. */
static noinline void read_each(struct kvmhot_pmu *p,
			       const struct kvmhot_perf *perf, bool away,
			       u64 *to)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (!p->state[i])
			p->state[i] = read_event(perf->event[i], away, &to[i]);
}

/* What was counted between two edges, if that is known. */
static void add_stretch(struct kvmhot_pmu *p, unsigned int from, unsigned int to,
			u64 edge, u64 next)
{
	struct kvmhot_stage_counts *open = &p->open[kvmhot_edge_stage(edge)];
	s64 cycles = kvmhot_edge_span(edge, next);
	unsigned int i;

	if (unlikely(!(p->known & BIT(from)) || !(p->known & BIT(to)) ||
		     cycles < 0)) {
		p->whole = false;
		return;
	}
	if (unlikely(kvmhot_edge_stage(edge) == KVMHOT_UNKNOWN))
		p->whole = false;
	p->touched |= BIT(kvmhot_edge_stage(edge));
	open->tsc += cycles;
	for (i = 0; i < p->nr; i++)
		if (!p->state[i])
			open->event[i] += kvmhot_pmu_rise(p, i,
							  p->count[from][i],
							  p->count[to][i]);
}

/* In the stages of the log that have ended. */
static void add_log(struct kvmhot_pmu *p, const struct kvmhot_log *log)
{
	const u64 *edge = log->edge;
	unsigned int i;

	for (i = 0; i + 1 < log->nr; i++)
		add_stretch(p, i, i + 1, edge[i], edge[i + 1]);
}

/*
 * The first edge with these events: nothing is known of what led to it.  What those
 * before counted up to the log's last edge is added here, once.
 */
static noinline void begin_with(struct kvmhot_vcpu *v, struct kvmhot_pmu *p,
				const struct kvmhot_perf *perf)
{
	unsigned int i;

	add_log(p, &v->log);
	for (i = 0; i < p->nr; i++) {
		if (p->state[i] || perf->event[i])
			continue;
		p->state[i] = KVMHOT_PMU_REFUSED;
		p->err[i] = perf->err[i];
	}
	p->based = perf->serial;
	p->known = 0;
}

/**
 * kvmhot_pmu_do_read() - see kvmhot_pmu_read()
 * @v: the vCPU
 * @task: likewise
 * @away: likewise
 * @edge: likewise
 *
 * Return: likewise.
 */
noinline u64 kvmhot_pmu_do_read(struct kvmhot_vcpu *v,
				const struct task_struct *task, bool away,
				unsigned int edge)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	const struct kvmhot_perf *perf;
	unsigned long flags;
	u64 tsc;

	if (unlikely(!p))
		return rdtsc();
	p->known &= ~BIT(edge);
	/* Pairs with the release in set_perf(). */
	perf = smp_load_acquire(&p->perf);
	if (unlikely(!perf || perf->task != task))
		return rdtsc();
	/* So that no interrupt comes between the TSC and the events, either. */
	local_irq_save(flags);
	if (unlikely(p->based != perf->serial))
		begin_with(v, p, perf);
	if (unlikely(!kvmhot_pmu_read_all(p, &tsc, p->count[edge]))) {
		tsc = rdtsc();
		read_each(p, perf, away, p->count[edge]);
	}
	local_irq_restore(flags);
	p->known |= BIT(edge);
	return tsc;
}

/* The edge becomes the first one; of the others only KVMHOT_PMU_END may be known. */
static void begin_from(struct kvmhot_pmu *p, unsigned int edge)
{
	bool known = p->known & BIT(edge);

	memcpy(p->count[0], p->count[edge], p->nr * sizeof(p->count[0][0]));
	p->known &= BIT(KVMHOT_PMU_END);
	p->known |= known;
}

/**
 * kvmhot_pmu_do_fold() - see kvmhot_pmu_fold()
 * @v: the vCPU
 */
noinline void kvmhot_pmu_do_fold(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);
	unsigned int last = v->log.nr - 1;

	if (!p || !last)
		return;
	add_log(p, &v->log);
	begin_from(p, last);
}

/*
 * Lines for counts; but the last lines that there are, and that there will be, are
 * for exits.  Return: the first one; 0 if there is none.
 */
static unsigned int take_lines(struct kvmhot_vcpu *v, unsigned int nr)
{
	unsigned int line, end;

	end = min_t(unsigned int, READ_ONCE(v->nr_lines) - KVMHOT_LOW_LINES / 2,
		    KVMHOT_ROWS_END);
	line = kvmhot_lines_take(v, nr, end);
	if (!line)
		kvmhot_lines_want_page(v);
	return line;
}

/* Make room for a row of @nr lines.  Return: false if there is none. */
static bool take_row(struct kvmhot_vcpu *v, struct kvmhot_rows *rows,
		     unsigned int row, unsigned int nr)
{
	unsigned int line;

	if (likely(rows->line[row]))
		return true;
	line = take_lines(v, nr);
	if (!line)
		return false;
	/* Pairs with the acquire in copy_counts() of snap.c. */
	smp_store_release(&rows->line[row], line);
	rows->there |= BIT(row);
	return true;
}

/* The rows are of another list of events, or of before a reset. */
static noinline void clear_rows(struct kvmhot_vcpu *v, struct kvmhot_rows *rows,
				u32 list)
{
	unsigned int stage;

	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++)
		if (rows->line[stage])
			memset(kvmhot_lines_at(v, rows->line[stage]), 0,
			       KVMHOT_LINE_SIZE);
	memset(kvmhot_lines_at(v, rows->line[KVMHOT_PMU_TSC]), 0,
	       KVMHOT_PMU_TSC_LINES * KVMHOT_LINE_SIZE);
	rows->exits = 0;
	rows->list = list;
}

/* The cell's rows, of which there is one for each of @stages; NULL without memory. */
static struct kvmhot_rows *take_rows(struct kvmhot_vcpu *v,
				     struct kvmhot_cell *cell,
				     const struct kvmhot_pmu *p,
				     unsigned long stages)
{
	struct kvmhot_rows *rows;
	unsigned int stage;

	if (unlikely(!cell->rows)) {
		/* Pairs with the acquire in kvmhot_snap_counts(). */
		smp_store_release(&cell->rows, take_lines(v, 1));
		if (!cell->rows)
			return NULL;
	}
	rows = kvmhot_lines_at(v, cell->rows);
	if (!take_row(v, rows, KVMHOT_PMU_TSC, KVMHOT_PMU_TSC_LINES))
		return NULL;
	for_each_set_bit(stage, &stages, KVMHOT_NR_STAGES)
		if (!take_row(v, rows, stage, 1))
			return NULL;
	if (unlikely(rows->list != p->list))
		clear_rows(v, rows, p->list);
	return rows;
}

static void add_open(struct kvmhot_vcpu *v, const struct kvmhot_pmu *p,
		     struct kvmhot_cell *cell)
{
	unsigned long stages = p->touched;
	struct kvmhot_rows *rows = take_rows(v, cell, p, stages);
	unsigned int stage, i;
	u64 *tsc, *row;

	if (unlikely(!rows)) {
		this_cpu_inc(kvmhot_pmu_dropped);
		return;
	}
	tsc = kvmhot_lines_at(v, rows->line[KVMHOT_PMU_TSC]);
	for_each_set_bit(stage, &stages, KVMHOT_NR_STAGES) {
		tsc[stage] += p->open[stage].tsc;
		row = kvmhot_lines_at(v, rows->line[stage]);
		for (i = 0; i < p->nr; i++)
			row[i] += p->open[stage].event[i];
	}
	rows->exits++;
}

/* The exit is over: begin anew. */
static void close_open(struct kvmhot_pmu *p)
{
	struct kvmhot_stage_counts *open, *sum;
	unsigned long stages = p->touched;
	unsigned int stage, i;

	for_each_set_bit(stage, &stages, KVMHOT_NR_STAGES) {
		open = &p->open[stage];
		sum = &p->sum[stage];
		sum->tsc += open->tsc;
		open->tsc = 0;
		for (i = 0; i < p->nr; i++) {
			sum->event[i] += open->event[i];
			open->event[i] = 0;
		}
	}
	p->touched = 0;
	p->whole = true;
}

/**
 * kvmhot_pmu_do_end() - see kvmhot_pmu_end()
 * @v: the vCPU
 * @cell: likewise
 * @now: likewise
 */
noinline void kvmhot_pmu_do_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u64 now)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	if (!p)
		return;
	add_stretch(p, 0, KVMHOT_PMU_END, v->log.edge[0], kvmhot_edge(now, 0));
	if (likely(cell && p->whole && p->touched))
		add_open(v, p, cell);
	close_open(p);
	begin_from(p, KVMHOT_PMU_END);
	p->known &= ~BIT(KVMHOT_PMU_END);
}

/**
 * kvmhot_pmu_is_counting() - do all events of a thread count?
 * @p: where they are counted
 * @task: the thread
 *
 * Return: true if so, and they are those that the vCPU's other edges have.
 */
bool kvmhot_pmu_is_counting(const struct kvmhot_pmu *p, const struct task_struct *task)
{
	const struct kvmhot_perf *perf;
	unsigned int i;

	/* Pairs with the release in set_perf(). */
	perf = smp_load_acquire(&p->perf);
	if (!perf || perf->serial != p->based || perf->task != task)
		return false;
	for (i = 0; i < p->nr; i++)
		if (p->state[i])
			return false;
	return true;
}

/**
 * kvmhot_pmu_start() - does the quick way count the events that there are?
 * @v: the vCPU, at a kvm_entry, at which they were read
 *
 * Return: false if it cannot.
 */
bool kvmhot_pmu_start(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* At KVM's tracepoints perf may have taken them off the CPU. */
	if (KVMHOT_COMPAT_PMU_MEDIATED || !p)
		return false;
	if (!kvmhot_pmu_is_counting(p, current) || !p->whole || p->touched ||
	    !(p->known & 1))
		return false;
	p->quick = true;
	return true;
}

/**
 * kvmhot_pmu_settle() - the edges of the open exit were all read
 * @v: the vCPU, inside of its seq
 * @tag: where it was
 */
void kvmhot_pmu_settle(struct kvmhot_vcpu *v, enum kvmhot_tag tag)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* Or they were replaced meanwhile. */
	if (!p || !p->quick)
		return;
	p->quick = false;
	p->known = GENMASK(tag, 0);
}
