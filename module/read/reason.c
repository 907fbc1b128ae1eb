// SPDX-License-Identifier: GPL-2.0
/*
 * Adds up the cells of an exit reason.  Most reasons have one cell.  EPT violations have
 * one for each class, and one for those without a class.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "hot/record.h"
#include "read/look.h"
#include "read/reason.h"
#include "read/snap.h"

static void add_beside(struct kvmhot_beside *sum, const struct kvmhot_beside *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sum->cycles); i++)
		sum->cycles[i] += b->cycles[i];
	sum->wait += b->wait;
	sum->halt += b->halt;
	sum->user += b->user;
	sum->wait_max = max(sum->wait_max, b->wait_max);
	sum->halt_max = max(sum->halt_max, b->halt_max);
	sum->user_max = max(sum->user_max, b->user_max);
}

/**
 * kvmhot_reason_add() - add the figures of some exits to those of others
 * @sum: figures to add to
 * @sum_b: buckets to add to; NULL if @b is NULL
 * @t: figures to add
 * @b: buckets to add; NULL if they are not wanted
 */
void kvmhot_reason_add(struct kvmhot_tally *sum, struct kvmhot_buckets *sum_b,
		       const struct kvmhot_tally *t, const struct kvmhot_buckets *b)
{
	unsigned int i;

	sum->total += t->total;
	sum->exits += t->exits;
	sum->open += t->open;
	sum->lost += t->lost;
	sum->fast += t->fast;
	sum->reenter += t->reenter;
	sum->ept += t->ept;
	add_beside(&sum->beside, &t->beside);
	kvmhot_snap_add_dist(&sum->cost, &t->cost);
	kvmhot_snap_add_dist(&sum->felt, &t->felt);
	if (!b || !t->cost.timed)
		return;
	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++) {
		sum_b->cost[i] += b->cost[i];
		sum_b->felt[i] += b->felt[i];
	}
}

/* Key of the reason's cell after @key; 0 after the last one. */
static unsigned int next_key(unsigned int key)
{
	u16 reason = kvmhot_key_reason(key);
	unsigned int next = key + 1;

	if ((reason & ~KVMHOT_KEY_LEVEL2) != EXIT_REASON_EPT_VIOLATION)
		return 0;
	if (key == reason)
		next = KVMHOT_KEY_EPT +
		       (key & KVMHOT_KEY_LEVEL2 ? KVMHOT_EPT_LEVEL2 : 0);
	return kvmhot_key_reason(next) == reason && next < KVMHOT_NR_CELLS ?
	       next : 0;
}

static bool is_there(const struct kvmhot_vcpu *v, unsigned int key)
{
	do {
		if (READ_ONCE(v->cells[key]))
			return true;
	} while ((key = next_key(key)));
	return false;
}

/*
 * Add up all cells of a reason, without the open exit.  Return: 0, or an errno of
 * kvmhot_look_again().
 */
static int add_cells(struct kvmhot_vcpu *v, unsigned int key,
		     struct kvmhot_tally *t, struct kvmhot_buckets *b,
		     struct kvmhot_buckets *part)
{
	struct kvmhot_tally cell;
	int ret;

	memset(t, 0, sizeof(*t));
	if (b)
		memset(b, 0, sizeof(*b));
	do {
		ret = kvmhot_snap_cell(v, key, &cell, part);
		if (ret < 0)
			return ret;
		if (ret)
			kvmhot_reason_add(t, b, &cell, part);
	} while ((key = next_key(key)));
	return 0;
}

/*
 * Copy the figures of a reason.  An open exit may move from one cell to another, and may
 * end after one cell was read and before another.  If the exit that was open at first is
 * no longer open, read all again: then no count is ever less than at an earlier reading.
 */
static int reason_snap(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_tally *t, struct kvmhot_buckets *b,
		       struct kvmhot_buckets *part)
{
	struct kvmhot_open open, after;
	unsigned int tries = 0;
	bool is_open;
	u32 gen;
	int err;

	if (!is_there(v, key))
		return 0;
	do {
		/* Pairs with the store in kvmhot_reset_vm(). */
		gen = READ_ONCE(v->gen);
		err = kvmhot_look_again(&tries) ?:
		      kvmhot_snap_open(v, &open) ?:
		      add_cells(v, key, t, b, part) ?:
		      kvmhot_snap_open(v, &after);
		if (err)
			return err;
		is_open = kvmhot_key_reason(open.key) == key;
	} while (READ_ONCE(v->gen) != gen ||
		 (is_open && after.nr != open.nr));
	t->total += is_open;
	t->open = is_open && after.counts;
	t->exits += t->open;
	return 1;
}

/**
 * kvmhot_reason_snap() - copy the figures and buckets of a reason
 * @v: the vCPU
 * @key: key of the reason and level
 * @snap: set to the copy
 *
 * Context: process context; may sleep.
 *
 * Return: 1; 0 if the reason never occurred; or an errno of kvmhot_look_again().
 */
int kvmhot_reason_snap(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_snap *snap)
{
	return reason_snap(v, key, &snap->t, &snap->b, &snap->part);
}

/**
 * kvmhot_reason_tally() - copy the figures of a reason, without buckets
 * @v: the vCPU
 * @key: key of the reason and level
 * @t: set to the copy; all 0 if the reason never occurred
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_reason_tally(struct kvmhot_vcpu *v, unsigned int key,
			struct kvmhot_tally *t)
{
	int ret = reason_snap(v, key, t, NULL, NULL);

	if (ret <= 0)
		memset(t, 0, sizeof(*t));
	return min(ret, 0);
}

/*
 * Count exits of all classes of EPT violations, which are part of their reason.  Return:
 * 0, or an errno of kvmhot_look_again().
 */
static int count_classes(struct kvmhot_vcpu *v, u64 *classed)
{
	struct kvmhot_tally cell;
	unsigned int key;
	int ret;

	for (key = KVMHOT_NR_KEYS; key < KVMHOT_NR_CELLS; key++) {
		ret = kvmhot_snap_cell(v, key, &cell, NULL);
		if (ret < 0)
			return ret;
		if (ret)
			*classed += cell.total;
	}
	return 0;
}

/**
 * kvmhot_reason_all() - count the exits of all reasons
 * @v: the vCPU
 * @e: set to the numbers of exits
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_reason_all(struct kvmhot_vcpu *v, struct kvmhot_exits *e)
{
	struct kvmhot_tally t;
	unsigned int key;
	int err;

	memset(e, 0, sizeof(*e));
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		err = kvmhot_reason_tally(v, key, &t);
		if (err)
			return err;
		e->total += t.total;
		e->exits += t.exits;
		e->lost += t.lost;
		if (key & KVMHOT_KEY_LEVEL2)
			e->level2 += t.exits;
	}
	return count_classes(v, &e->classed);
}

/**
 * kvmhot_reason_exits() - count the exits of a vCPU since first sight
 * @v: the vCPU
 * @exits: set to their number, with those that are in no cell
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_reason_exits(struct kvmhot_vcpu *v, u64 *exits)
{
	struct kvmhot_exits e;
	int err = kvmhot_reason_all(v, &e);

	*exits = e.total + READ_ONCE(v->sum[KVMHOT_DROPPED]);
	return err;
}

static void add_counts(struct kvmhot_counts *sum, const struct kvmhot_counts *c)
{
	unsigned int stage, i;

	sum->exits += c->exits;
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++) {
		sum->stage[stage].tsc += c->stage[stage].tsc;
		for (i = 0; i < KVMHOT_MAX_EVENTS; i++)
			sum->stage[stage].event[i] += c->stage[stage].event[i];
	}
}

/**
 * kvmhot_reason_counts() - copy the counts of events of a reason
 * @v: the vCPU
 * @key: key of the reason and level
 * @list: number of the list of events whose counts are wanted
 * @c: set to the counts; its @exits is 0 if there are none
 * @part: room for the counts of one cell
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_reason_counts(struct kvmhot_vcpu *v, unsigned int key, u32 list,
			 struct kvmhot_counts *c, struct kvmhot_counts *part)
{
	int ret;

	c->exits = 0;
	if (!is_there(v, key))
		return 0;
	memset(c, 0, sizeof(*c));
	do {
		ret = kvmhot_snap_counts(v, key, part);
		if (ret < 0)
			return ret;
		if (ret && part->list == list)
			add_counts(c, part);
	} while ((key = next_key(key)));
	return 0;
}
