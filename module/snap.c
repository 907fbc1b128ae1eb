// SPDX-License-Identifier: GPL-2.0
/*
 * Consistent copies of what probes write, without ever stopping them.
 *
 * Control path.
 */
#include <linux/string.h>
#include <asm/msr.h>

#include "kvmhot.h"
#include "lines.h"
#include "quick.h"

static struct kvmhot_cell *cell_at(struct kvmhot_vcpu *v, unsigned int key)
{
	/* Pairs with the release in cell_new(). */
	unsigned int line = smp_load_acquire(&v->cells[key]);

	return line ? kvmhot_line_at(v, line) : NULL;
}

static void copy_buckets(struct kvmhot_vcpu *v, const u16 *map, u64 *bucket)
{
	unsigned int g, line;

	for (g = 0; g < KVMHOT_HIST_GROUPS; g++, bucket += KVMHOT_HIST_SUB) {
		/* Pairs with the release in bucket_for() of slot.c. */
		line = smp_load_acquire(&map[g]);
		if (line)
			memcpy(bucket, kvmhot_line_at(v, line),
			       KVMHOT_LINE_SIZE);
		else
			memset(bucket, 0, KVMHOT_LINE_SIZE);
	}
}

/* What 32 bits do not tell: see &struct kvmhot_group. */
static void widen(struct kvmhot_tally *t, const struct kvmhot_cell *cell,
		  const struct kvmhot_group *group, unsigned int g)
{
	u64 base = g == KVMHOT_HIST_GROUPS - 2 ? BIT_ULL(32) : 0;
	u64 min = base + group->min, max = base + group->max;

	if (group->max < group->min)
		return;
	if (g == KVMHOT_HIST_GROUPS - 1) {
		min = cell->top_min;
		max = cell->top_max;
	}
	t->min = min(t->min, min);
	t->max = max(t->max, max);
}

static void add_carry(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
		      struct kvmhot_tally *t, u64 *bucket, unsigned int g)
{
	const u64 *carry = kvmhot_group_carry(v, cell, g);
	unsigned int i;

	for (i = 0; carry && i < KVMHOT_HIST_SUB; i++) {
		t->timed += carry[i] << 32;
		if (bucket)
			bucket[i] += carry[i] << 32;
	}
}

/*
 * Quick, as all is done again if an exit ends meanwhile: there is only what there
 * is, and the buckets where nothing is are left as they are, namely 0.
 */
static void copy_cell(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
		      struct kvmhot_tally *t, u64 *bucket)
{
	const struct kvmhot_group *group;
	unsigned int g, i;
	u64 n;

	memset(t, 0, offsetof(struct kvmhot_tally, rare));
	t->min = U64_MAX;
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++) {
		/* Pairs with the release in kvmhot_group_new(). */
		group = smp_load_acquire(&cell->group[g]);
		if (group == &kvmhot_no_group)
			continue;
		for (i = 0; i < KVMHOT_HIST_SUB; i++) {
			n = (u64)group->n[i] - KVMHOT_COUNT_START;
			t->timed += n;
			if (bucket)
				bucket[g * KVMHOT_HIST_SUB + i] = n;
		}
		t->cycles += group->cycles;
		t->guest += group->guest;
		t->irq += group->irq;
		widen(t, cell, group, g);
		if (unlikely(READ_ONCE(cell->carry)))
			add_carry(v, cell, t, bucket ?
				  bucket + g * KVMHOT_HIST_SUB : NULL, g);
	}
	t->rare = cell->rare;
}

/**
 * kvmhot_snap_cell() - copy a cell that may be in use
 * @v: the vCPU
 * @key: the cell
 * @t: the copy; an exit that is open is not in it
 * @bucket: its histogram, whose sum is @t->timed; or NULL, if it is not wanted
 *
 * Tries until no exit ended during the copy.
 *
 * Context: process context; may sleep.
 *
 * Return: 1, 0 if there is no such cell, or an errno of kvmhot_look_again().
 */
int kvmhot_snap_cell(struct kvmhot_vcpu *v, unsigned int key,
		     struct kvmhot_tally *t, u64 *bucket)
{
	const struct kvmhot_cell *cell = cell_at(v, key);
	struct kvmhot_look look = {};
	u32 gen;
	int err;

	if (!cell)
		return 0;
	if (bucket)
		memset(bucket, 0, KVMHOT_HIST_BUCKETS * sizeof(*bucket));
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		gen = cell->gen;
		copy_cell(v, cell, t, bucket);
	} while (kvmhot_look_retry(v, &look));

	t->exits = t->timed + t->rare.lost;
	t->total = t->rare.past + t->exits;
	if (gen != READ_ONCE(v->gen)) {
		/* Reset, but not touched since. */
		*t = (struct kvmhot_tally){ .total = t->total };
		if (bucket)
			memset(bucket, 0,
			       KVMHOT_HIST_BUCKETS * sizeof(*bucket));
	}
	return 1;
}

/**
 * kvmhot_snap_open() - which exit is open?
 * @v: the vCPU
 * @open: set to it
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
	/* What is open when there is a reset counts later. */
	open->counts = !cell || READ_ONCE(cell->gen) == READ_ONCE(v->gen);
	return 0;
}

/* A row of counts in a cell; NULL if there is none. */
static const u64 *row_at(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
			 unsigned int row)
{
	/* Pairs with the release in take_row(). */
	unsigned int line = smp_load_acquire(&cell->pmu_line[row]);

	return line ? kvmhot_line_at(v, line) : NULL;
}

static void copy_counts(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
			struct kvmhot_counts *c)
{
	const u64 *tsc = row_at(v, cell, KVMHOT_PMU_TSC), *row;
	unsigned int stage;

	c->list = cell->pmu_list;
	c->exits = cell->pmu_exits;
	memset(c->stage, 0, sizeof(c->stage));
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++) {
		row = row_at(v, cell, stage);
		if (tsc)
			c->stage[stage].tsc = tsc[stage];
		if (row)
			memcpy(c->stage[stage].event, row,
			       sizeof(c->stage[stage].event));
	}
}

/**
 * kvmhot_snap_counts() - copy the counts of a cell that may be in use
 * @v: the vCPU
 * @key: the cell
 * @c: the copy
 *
 * Context: process context; may sleep.
 *
 * Return: 1, 0 if there is no such cell, or none since the last reset, or an errno
 * of kvmhot_look_again().
 */
int kvmhot_snap_counts(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_counts *c)
{
	struct kvmhot_cell *cell = cell_at(v, key);
	struct kvmhot_look look = {};
	int err;

	if (!cell)
		return 0;
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		c->gen = cell->gen;
		copy_counts(v, cell, c);
	} while (kvmhot_look_retry(v, &look));
	/* Reset, but not touched since? */
	return c->gen == READ_ONCE(v->gen);
}

/* What the events rose by in the stages of a log that have ended. */
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
 * kvmhot_snap_stages() - add up the counts of a vCPU
 * @v: the vCPU
 * @p: its counts
 * @look: where it is
 * @stage: set to them, by stage
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
 * kvmhot_snap_first_slot() - where a chain begins
 * @v: the vCPU
 * @chain: the chain
 *
 * Return: its line for kvmhot_snap_slot(), 0 if there is none; slots that come
 * later are put before it.
 */
unsigned int kvmhot_snap_first_slot(struct kvmhot_vcpu *v,
				    enum kvmhot_chain chain)
{
	/* Pairs with try_cmpxchg() in slot_new(). */
	return smp_load_acquire(&v->chains[chain]);
}

/**
 * kvmhot_snap_slot() - copy a slot that may be in use
 * @v: the vCPU
 * @line: of the slot; the next one's is then in @spans->slot.next
 * @spans: the copy
 *
 * Context: process context; may sleep.
 *
 * Return: 1, 0 if it has no spans since the last reset, or an errno of
 * kvmhot_look_again().
 */
int kvmhot_snap_slot(struct kvmhot_vcpu *v, unsigned int line,
		     struct kvmhot_spans *spans)
{
	struct kvmhot_slot *slot = kvmhot_line_at(v, line);
	unsigned int tries = 0;
	u32 seq;
	int err;

	do {
		err = kvmhot_look_again(&tries);
		if (err)
			return err;
		seq = kvmhot_seq_read(&slot->seq);
		memcpy(&spans->slot, slot, offsetof(struct kvmhot_slot, line));
		copy_buckets(v, slot->line, spans->bucket);
	} while (kvmhot_seq_retry(&slot->seq, seq));
	return spans->slot.gen == READ_ONCE(v->gen) && spans->slot.timed;
}

/**
 * kvmhot_snap_sums() - copy the sums of a vCPU, since its first sight
 * @v: the vCPU
 * @s: the copy; EXITS is not filled in
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
		/* An edge that has come meanwhile may be earlier than that. */
	} while (kvmhot_look_retry(v, &look) ||
		 READ_ONCE(v->quick.who) != look.q.who);

	s->since = v->seen;
	if (kvmhot_is_quick_who(look.q.who)) {
		/* As kvmhot_quick_settle() will have it. */
		memset(&fold, 0, sizeof(fold));
		log = look.log;
		kvmhot_quick_sums(&look.q, &log, s->sum);
		last = look.q.last;
		if (lost_track)
			kvmhot_log_is(&log, KVMHOT_UNKNOWN);
	}
	kvmhot_fold_log(&fold, &log);
	last = kvmhot_edge_tsc(log.edge[0], last);
	/* A vCPU that is gone is in no stage.  TSCs may differ a little. */
	if (!READ_ONCE(v->vcpu) || s->now < last)
		s->now = last;
	kvmhot_fold_span(&fold, log.edge[0], kvmhot_edge(s->now, 0));
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++)
		s->sum[stage] += fold.cycles[stage];
	s->sum[KVMHOT_BACK] += fold.back;
	s->now += offset + fold.offset;
	return 0;
}
