// SPDX-License-Identifier: GPL-2.0
/*
 * Copies a vCPU's figures while probes keep writing them.
 *
 * Process context; may sleep.  Readers of files call these functions, and resets.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <asm/msr.h>

#include "hot/lines.h"
#include "hot/log.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "read/look.h"
#include "read/snap.h"

/**
 * kvmhot_snap_add_dist() - add the figures of a histogram to those of others
 * @sum: figures to add to
 * @d: figures to add
 */
void kvmhot_snap_add_dist(struct kvmhot_dist *sum, const struct kvmhot_dist *d)
{
	if (!d->timed)
		return;
	/* Without values, @min is void. */
	if (!sum->timed || d->min < sum->min)
		sum->min = d->min;
	sum->max = max(sum->max, d->max);
	sum->timed += d->timed;
	sum->cycles += d->cycles;
	sum->guest += d->guest;
	sum->irq += d->irq;
}

static struct kvmhot_cell *cell_at(struct kvmhot_vcpu *v, unsigned int key)
{
	/* Pairs with the release in cell_new(). */
	return kvmhot_lines_or_null(v, smp_load_acquire(&v->cells[key]));
}

static void copy_wide(struct kvmhot_dist *d, const struct kvmhot_wide *wide,
		      u64 *bucket)
{
	unsigned int i;
	u64 n;

	for (i = 0; i < KVMHOT_HIST_SUB; i++) {
		n = (u64)wide->high[i] * KVMHOT_COUNT_TOP;
		d->timed += n;
		if (bucket)
			bucket[wide->g * KVMHOT_HIST_SUB + i] += n;
	}
	d->min = min(d->min, wide->min);
	d->max = max(d->max, wide->max);
}

/*
 * Copy only groups in use: the copy restarts whenever an exit ends, so it must be short.
 * Buckets of other groups are not written: the caller has cleared them.
 */
static void copy_hist(struct kvmhot_vcpu *v, const struct kvmhot_hist *h,
		      struct kvmhot_dist *d, u64 *bucket)
{
	const struct kvmhot_group *group;
	const struct kvmhot_wide *wide;
	unsigned int g, i, line;

	*d = (struct kvmhot_dist){ .min = U64_MAX };
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++) {
		/* Pairs with the release in group_for(). */
		line = smp_load_acquire(&h->line[g]);
		if (!line)
			continue;
		group = kvmhot_lines_at(v, line);
		for (i = 0; i < KVMHOT_HIST_SUB; i++) {
			d->timed += group->n[i];
			if (bucket)
				bucket[g * KVMHOT_HIST_SUB + i] = group->n[i];
		}
		d->cycles += group->cycles;
		d->guest += group->guest;
		d->irq += group->irq;
		if (group->min > group->max)
			continue;
		d->min = min_t(u64, d->min, group->min);
		d->max = max_t(u64, d->max, group->max);
	}
	/* Pairs with the release in wide_for(). */
	for (line = smp_load_acquire(&h->wide); line; line = wide->next) {
		wide = kvmhot_lines_at(v, line);
		copy_wide(d, wide, bucket);
	}
}

/* Copy of a cell, without the buckets of its three histograms. */
struct copy {
	struct kvmhot_dist	hist;
	struct kvmhot_dist	cost;
	struct kvmhot_dist	felt;
	u64			past;
	u32			gen;
};

static void copy_cell(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
		      struct copy *c, struct kvmhot_tally *t,
		      struct kvmhot_buckets *b)
{
	const struct kvmhot_rare *rare;

	/* Pairs with the release in rare_new(). */
	rare = kvmhot_lines_or_null(v, smp_load_acquire(&cell->rare));
	c->gen = cell->gen;
	c->past = cell->past;
	t->reenter = cell->reenter;
	t->ept = cell->ept;
	t->fast = cell->fast;
	t->lost = cell->lost;
	copy_hist(v, &cell->hist, &c->hist, b ? b->part : NULL);
	if (!rare)
		return;
	t->beside = rare->beside;
	copy_hist(v, &rare->cost, &c->cost, b ? b->cost : NULL);
	copy_hist(v, &rare->felt, &c->felt, b ? b->felt : NULL);
}

/* Each exit has its cost in one of two histograms, see struct kvmhot_rare: add both. */
static void add_up(struct copy *c, struct kvmhot_tally *t, struct kvmhot_buckets *b)
{
	unsigned int i;

	kvmhot_snap_add_dist(&t->cost, &c->hist);
	kvmhot_snap_add_dist(&t->cost, &c->cost);
	kvmhot_snap_add_dist(&t->felt, &c->hist);
	kvmhot_snap_add_dist(&t->felt, &c->felt);
	for (i = 0; b && i < KVMHOT_HIST_BUCKETS; i++) {
		b->cost[i] += b->part[i];
		b->felt[i] += b->part[i];
	}
	t->exits = t->cost.timed + t->lost;
	t->total = c->past + t->exits;
}

/**
 * kvmhot_snap_cell() - copy a cell that may be in use
 * @v: the vCPU
 * @key: key of the cell
 * @t: set to the cell's figures; an open exit is not in them
 * @b: set to the buckets; NULL if they are not wanted
 *
 * Tries until no exit ends during the copy.
 *
 * Context: process context; may sleep.
 *
 * Return: 1; 0 if there is no such cell; or an errno of kvmhot_look_again().
 */
int kvmhot_snap_cell(struct kvmhot_vcpu *v, unsigned int key,
		     struct kvmhot_tally *t, struct kvmhot_buckets *b)
{
	const struct kvmhot_cell *cell = cell_at(v, key);
	struct kvmhot_look look = {};
	struct copy c = {};
	int err;

	if (!cell)
		return 0;
	memset(t, 0, sizeof(*t));
	if (b)
		memset(b, 0, sizeof(*b));
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		copy_cell(v, cell, &c, t, b);
	} while (kvmhot_look_retry(v, &look));
	add_up(&c, t, b);
	if (c.gen != READ_ONCE(v->gen)) {
		/* A reset was ordered, and no exit has touched the cell since. */
		*t = (struct kvmhot_tally){ .total = t->total };
		if (b)
			memset(b, 0, sizeof(*b));
	}
	return 1;
}

/**
 * kvmhot_snap_open() - find the exit that is open
 * @v: the vCPU
 * @open: set to the exit
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_snap_open(struct kvmhot_vcpu *v, struct kvmhot_open *open)
{
	const struct kvmhot_cell *cell;
	struct kvmhot_look look = {};
	int err;

	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		open->nr = v->sum[KVMHOT_ENTRIES];
		cell = READ_ONCE(v->cell);
		open->key = cell ? cell->key : KVMHOT_KEY_NONE;
	} while (kvmhot_look_retry(v, &look));
	if (kvmhot_is_quick_who(look.q.who)) {
		open->nr += look.q.rounds + look.q.returned;
		open->key = look.q.who & KVMHOT_TAG_MASK ?
			    kvmhot_quick_key(&look.q) : KVMHOT_KEY_NONE;
	}
	cell = open->key == KVMHOT_KEY_NONE ? NULL : cell_at(v, open->key);
	/* An exit that was open at a reset counts only when its cell is next touched. */
	open->counts = !cell || READ_ONCE(cell->gen) == READ_ONCE(v->gen);
	return 0;
}

static void copy_counts(struct kvmhot_vcpu *v, const struct kvmhot_rows *rows,
			struct kvmhot_counts *c)
{
	const u64 *tsc, *row;
	unsigned int stage;

	c->list = rows->list;
	c->exits = rows->exits;
	memset(c->stage, 0, sizeof(c->stage));
	/* Pairs with the release in take_row(). */
	tsc = kvmhot_lines_or_null(v, smp_load_acquire(&rows->line[KVMHOT_PMU_TSC]));
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++) {
		/* Pairs with the release in take_row(). */
		row = kvmhot_lines_or_null(v, smp_load_acquire(&rows->line[stage]));
		if (tsc)
			c->stage[stage].tsc = tsc[stage];
		if (row)
			memcpy(c->stage[stage].event, row,
			       sizeof(c->stage[stage].event));
	}
}

/**
 * kvmhot_snap_counts() - copy a cell's counts of events, which may be in use
 * @v: the vCPU
 * @key: key of the cell
 * @c: set to the counts
 *
 * Context: process context; may sleep.
 *
 * Return: 1; 0 if there is no such cell, or it has no counts since the last reset; or an
 * errno of kvmhot_look_again().
 */
int kvmhot_snap_counts(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_counts *c)
{
	struct kvmhot_cell *cell = cell_at(v, key);
	struct kvmhot_look look = {};
	const struct kvmhot_rows *rows;
	int err;

	if (!cell)
		return 0;
	/* Pairs with the release in take_rows(). */
	rows = kvmhot_lines_or_null(v, smp_load_acquire(&cell->rows));
	if (!rows)
		return 0;
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		c->gen = cell->gen;
		copy_counts(v, rows, c);
	} while (kvmhot_look_retry(v, &look));
	/* If not, a reset was ordered, and no exit has touched the cell since. */
	return c->gen == READ_ONCE(v->gen);
}

/* Add what the events rose by in the stages of a log that have ended. */
static void add_log(const struct kvmhot_pmu *p, const struct kvmhot_log *log,
		    u32 known, struct kvmhot_stage_counts *stage)
{
	struct kvmhot_stage_counts *to;
	unsigned int i, e;
	s64 cycles, rise;

	for (i = 0; i + 1 < log->nr && i + 1 < KVMHOT_LOG_EDGES; i++) {
		cycles = kvmhot_edge_span(log->edge[i], log->edge[i + 1]);
		if (!(known & BIT(i)) || !(known & BIT(i + 1)) || cycles < 0)
			continue;
		to = &stage[kvmhot_edge_stage(log->edge[i])];
		to->tsc += cycles;
		for (e = 0; e < p->nr; e++) {
			rise = READ_ONCE(p->count[i + 1][e]) -
			       READ_ONCE(p->count[i][e]);
			if (!p->state[e] && rise > 0)
				to->event[e] += rise;
		}
	}
}

/**
 * kvmhot_snap_stages() - add up a vCPU's counts of events
 * @v: the vCPU
 * @p: counts of the vCPU
 * @look: state of the vCPU, as kvmhot_look_begin() set it
 * @stage: set to the counts, by stage
 *
 * Context: between kvmhot_look_begin() and kvmhot_look_retry() of the vCPU.
 */
void kvmhot_snap_stages(const struct kvmhot_vcpu *v, const struct kvmhot_pmu *p,
			const struct kvmhot_look *look,
			struct kvmhot_stage_counts *stage)
{
	bool quick = kvmhot_is_quick_who(look->q.who);
	unsigned int s, i;

	for (s = 0; s < KVMHOT_NR_STAGES; s++) {
		stage[s].tsc = p->sum[s].tsc + p->open[s].tsc;
		for (i = 0; i < KVMHOT_MAX_EVENTS; i++)
			stage[s].event[i] = p->sum[s].event[i] +
					    p->open[s].event[i];
	}
	if (!quick)
		add_log(p, &v->log, p->known, stage);
	else if (look->q.who & KVMHOT_TAG_PMU && READ_ONCE(p->quick))
		add_log(p, &look->log, ~0U, stage);
}

/**
 * kvmhot_snap_spans() - copy spans of one kind that may be in use
 * @v: the vCPU
 * @spans: the spans
 * @snap: set to the copy
 *
 * Context: process context; may sleep.
 *
 * Return: 1; 0 if there are none since the last reset; or an errno of
 * kvmhot_look_again().
 */
int kvmhot_snap_spans(struct kvmhot_vcpu *v, const struct kvmhot_spans *spans,
		      struct kvmhot_span_snap *snap)
{
	unsigned int tries = 0;
	u32 seq, gen;
	int err;

	snap->key = spans->key;
	snap->aux = spans->aux;
	memset(snap->bucket, 0, sizeof(snap->bucket));
	do {
		err = kvmhot_look_again(&tries);
		if (err)
			return err;
		seq = kvmhot_seq_read(&spans->seq);
		gen = spans->gen;
		copy_hist(v, &spans->hist, &snap->d, snap->bucket);
	} while (kvmhot_seq_retry(&spans->seq, seq));
	return gen == READ_ONCE(v->gen) && snap->d.timed;
}

/**
 * kvmhot_snap_sums() - copy the sums of a vCPU since its first sight
 * @v: the vCPU
 * @s: set to the copy; EXITS is not filled in
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_snap_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s)
{
	struct kvmhot_look look = {};
	struct kvmhot_fold fold;
	struct kvmhot_log log;
	unsigned int stage;
	bool lost_track;
	u64 last, offset;
	int err;

	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		memcpy(s->sum, v->sum, sizeof(s->sum));
		fold = v->fold;
		log = v->log;
		lost_track = READ_ONCE(v->lost_track);
		last = v->last;
		offset = v->offset;
		s->now = rdtsc();
		/* An edge that came meanwhile may be earlier than that. */
	} while (kvmhot_look_retry(v, &look) ||
		 READ_ONCE(v->quick.who) != look.q.who);

	s->since = v->seen;
	if (kvmhot_is_quick_who(look.q.who)) {
		/* Do to the copy what kvmhot_quick_settle() will do to the record. */
		memset(&fold, 0, sizeof(fold));
		log = look.log;
		kvmhot_quick_sums(&look.q, &log, s->sum);
		last = look.q.last;
		if (lost_track)
			kvmhot_log_is(&log, KVMHOT_UNKNOWN);
	}
	kvmhot_fold_log(&fold, &log);
	last = kvmhot_edge_tsc(log.edge[0], last);
	/* A vCPU that is gone is in no stage.  CPUs may differ a little in TSC. */
	if (!READ_ONCE(v->vcpu) || s->now < last)
		s->now = last;
	kvmhot_fold_span(&fold, log.edge[0], kvmhot_edge(s->now, 0));
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++)
		s->sum[stage] += fold.cycles[stage];
	s->sum[KVMHOT_BACK] += fold.back;
	s->now += offset + fold.offset;
	return 0;
}
