// SPDX-License-Identifier: GPL-2.0
/*
 * Reads perf events at edges, and counts what they rose by.
 *
 * Probe context, as slow.c, inside an edge.  The thread that runs the vCPU is here, or,
 * at sched_switch, the CPU that the thread leaves or comes to.  The worker makes and
 * releases events, see perf.c.
 *
 * The worker may replace a vCPU's &struct kvmhot_pmu between two calls of one edge: the
 * new one has no counts yet.
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
 * Read an event as perf_event_read_local() does, which modules cannot call.  Interrupts
 * are off, so perf cannot move the event meanwhile.  Return: the event's state; if it is
 * counting, @now is set to its count.
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
		/* Events of allowed PMUs are inactive only while their thread is away. */
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
 * kvmhot_pmu_read_all() - read the TSC, and right after it all events
 * @p: counts of the vCPU, or NULL
 * @tsc: set to the TSC
 * @to: set to the counts of the events that have not failed before
 *
 * All edges call this one function.  So the code between the TSC and an event is the
 * same at each edge.
 *
 * Context: probe, interrupts off.
 *
 * Return: false if the events are not those of the last edge, or one of them does not
 * count just now.
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
		/* An active event is on the CPU that its thread is on. */
		if (unlikely(READ_ONCE(event->state) !=
			     PERF_EVENT_STATE_ACTIVE ||
			     event->hw.state & PERF_HES_STOPPED))
			return false;
		event->pmu->read(event);
		to[i] = local64_read(&event->count);
	}
	return true;
}

/* Read each event in whatever state it is. */
static noinline void read_each(struct kvmhot_pmu *p,
			       const struct kvmhot_perf *perf, bool away,
			       u64 *to)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (!p->state[i])
			p->state[i] = read_event(perf->event[i], away, &to[i]);
}

/* Add what was counted between two edges, if that is known. */
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

/* Add the counts of all stages in the log that have ended. */
static void add_log(struct kvmhot_pmu *p, const struct kvmhot_log *log)
{
	const u64 *edge = log->edge;
	unsigned int i;

	for (i = 0; i + 1 < log->nr; i++)
		add_stretch(p, i, i + 1, edge[i], edge[i + 1]);
}

/*
 * Begin to count with @perf at its first edge: nothing is known of the stretch before the
 * edge.  First add, once, what the events before counted up to the log's last edge.
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
 * kvmhot_pmu_do_read() - kvmhot_pmu_read() while events are counted
 * @v: the vCPU
 * @task: the vCPU's thread; NULL to read no events
 * @away: perf may have taken the events off the CPU, with complete counts
 * @edge: index that the edge will have in the log, or KVMHOT_PMU_END
 *
 * Return: the TSC.
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
	/* Keep interrupts out between the TSC and the events. */
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

/* Make @edge the first one.  Of the others only KVMHOT_PMU_END stays known. */
static void begin_from(struct kvmhot_pmu *p, unsigned int edge)
{
	bool known = p->known & BIT(edge);

	memcpy(p->count[0], p->count[edge], p->nr * sizeof(p->count[0][0]));
	p->known &= BIT(KVMHOT_PMU_END);
	p->known |= known;
}

/**
 * kvmhot_pmu_do_fold() - kvmhot_pmu_fold() while events are counted
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
 * Take lines for counts.  Leave the last of the current lines, and the last of all that
 * there can be, to exits.  Return: the first line; 0 if there is none.
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

/* Clear rows that are of another list of events, or of before a reset. */
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

/* The cell's rows, with one for each of @stages; NULL without memory. */
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

/* The exit is over: add @open to @sum, and begin anew. */
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
 * kvmhot_pmu_do_end() - kvmhot_pmu_end() while events are counted
 * @v: the vCPU, after kvmhot_pmu_fold(); its log still has the last stage
 * @cell: cell of the exit, which gets the counts; NULL if the exit's cost is unknown
 * @now: TSC of the end
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
 * @p: counts of a vCPU
 * @task: the thread
 *
 * Return: true if all do, and the vCPU's other edges were read from the same events.
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
 * kvmhot_pmu_start() - can the quick way count the current events?
 * @v: the vCPU, at a kvm_entry at which the events were read
 *
 * Return: false if it cannot.
 */
bool kvmhot_pmu_start(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* With a mediated PMU, perf may have taken them off the CPU at KVM's hooks. */
	if (KVMHOT_COMPAT_PMU_MEDIATED || !p)
		return false;
	if (!kvmhot_pmu_is_counting(p, current) || !p->whole || p->touched ||
	    !(p->known & 1))
		return false;
	p->quick = true;
	return true;
}

/**
 * kvmhot_pmu_settle() - take over the counts of the quick way's edges
 * @v: the vCPU, inside its seq; events were read at all edges of the open exit
 * @tag: tag of the vCPU
 */
void kvmhot_pmu_settle(struct kvmhot_vcpu *v, enum kvmhot_tag tag)
{
	struct kvmhot_pmu *p = READ_ONCE(v->pmu);

	/* The counts may have been replaced meanwhile. */
	if (!p || !p->quick)
		return;
	p->quick = false;
	p->known = GENMASK(tag, 0);
}
