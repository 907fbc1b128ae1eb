// SPDX-License-Identifier: GPL-2.0
/*
 * Cells: what is counted of one exit reason on one vCPU.
 *
 * What writes runs in probe context, on the thread that runs the vCPU (which
 * holds the vCPU's mutex), preemption off: no lock, no allocation, nothing
 * printed, one writer.  After the vCPU's last KVM_RUN the same functions are
 * called by whoever ends it.  What reads, from copy_cell() on, is not.
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "kvmhot.h"

static __always_inline void *line_at(struct kvmhot_vcpu *v, unsigned int line)
{
	return v->page[line / KVMHOT_PAGE_LINES] +
	       line % KVMHOT_PAGE_LINES * KVMHOT_LINE_SIZE;
}

static __always_inline struct kvmhot_cell *cell_at(struct kvmhot_vcpu *v,
						   unsigned int reason)
{
	/* Pairs with the release in cell_new(), for readers. */
	unsigned int line = smp_load_acquire(&v->cells[reason]);

	return line ? line_at(v, line) : NULL;
}

/* @nr lines, zeroed, in one page.  Return: the first, 0 if there is no room. */
static noinline unsigned int take_lines(struct kvmhot_vcpu *v, unsigned int nr)
{
	/* Pairs with the release in kvmhot_pool_add_page(). */
	unsigned int have = smp_load_acquire(&v->nr_lines);
	unsigned int line = v->next_line;

	if (line % KVMHOT_PAGE_LINES + nr > KVMHOT_PAGE_LINES)
		line = round_up(line, KVMHOT_PAGE_LINES);
	if (line + nr + KVMHOT_LOW_LINES > have)
		kvmhot_vcpu_want_page(v);
	if (line + nr > have)
		return 0;
	v->next_line = line + nr;
	return line;
}

static noinline struct kvmhot_cell *cell_new(struct kvmhot_vcpu *v,
					     unsigned int reason)
{
	unsigned int line = take_lines(v, KVMHOT_CELL_LINES);
	struct kvmhot_cell *cell;

	if (!line)
		return NULL;
	cell = line_at(v, line);
	seqcount_init(&cell->seq);
	cell->gen = READ_ONCE(v->gen);
	cell->min = U64_MAX;
	/* Pairs with the acquire in cell_at(). */
	smp_store_release(&v->cells[reason], line);
	return cell;
}

/*
 * A reset was ordered since the cell was last written: put it into effect.
 * @open exits (0 or 1) are under way, and belong to the new generation.
 */
static noinline void cell_clear(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u32 gen, unsigned int open)
{
	unsigned int g;

	raw_write_seqcount_begin(&cell->seq);
	cell->past += cell->exits - open;
	cell->exits = open;
	cell->timed = 0;
	cell->cycles = 0;
	cell->min = U64_MAX;
	cell->max = 0;
	cell->fast = 0;
	cell->lost = 0;
	cell->wait = 0;
	cell->wait_cycles = 0;
	cell->wait_max = 0;
	cell->user = 0;
	cell->user_cycles = 0;
	cell->user_max = 0;
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++)
		if (cell->line[g])
			memset(line_at(v, cell->line[g]), 0, KVMHOT_LINE_SIZE);
	cell->gen = gen;
	raw_write_seqcount_end(&cell->seq);
}

/* Pairs with the store in kvmhot_vm_reset_one(). */
static __always_inline void cell_update_gen(struct kvmhot_vcpu *v,
					    struct kvmhot_cell *cell,
					    unsigned int open)
{
	u32 gen = READ_ONCE(v->gen);

	if (unlikely(cell->gen != gen))
		cell_clear(v, cell, gen, open);
}

/**
 * kvmhot_cell_begin() - count an exit
 * @v: the vCPU
 * @reason: basic exit reason; those from KVMHOT_REASON_LAST up share a cell
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell for kvmhot_vcpu.cell; NULL if there is no memory for one,
 * which has been counted as dropped.
 */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v,
				      unsigned int reason)
{
	struct kvmhot_cell *cell;

	if (unlikely(reason > KVMHOT_REASON_LAST))
		reason = KVMHOT_REASON_LAST;
	cell = cell_at(v, reason);
	if (unlikely(!cell)) {
		cell = cell_new(v, reason);
		if (!cell) {
			v->sum[KVMHOT_DROPPED]++;
			return NULL;
		}
	}
	cell_update_gen(v, cell, 0);
	/* Pairs with READ_ONCE in kvmhot_cell_snap(): not inside @seq. */
	WRITE_ONCE(cell->exits, cell->exits + 1);
	return cell;
}

/* The counter of the bucket for @cost, NULL if there is no memory for it. */
static __always_inline u64 *bucket_for(struct kvmhot_vcpu *v,
				       struct kvmhot_cell *cell, u64 cost)
{
	unsigned int g = kvmhot_hist_group(cost);
	unsigned int line = cell->line[g];

	if (unlikely(!line)) {
		line = take_lines(v, 1);
		if (!line)
			return NULL;
		/* Pairs with the acquire in copy_cell(). */
		smp_store_release(&cell->line[g], line);
	}
	return (u64 *)line_at(v, line) + kvmhot_hist_sub(cost);
}

/* What of an exit was not on a CPU in KVM_RUN.  Inside @seq. */
static noinline void add_away(struct kvmhot_vcpu *v, struct kvmhot_cell *cell)
{
	if (v->wait) {
		cell->wait++;
		cell->wait_cycles += v->wait;
		cell->wait_max = max(cell->wait_max, v->wait);
		v->wait = 0;
	}
	if (v->user) {
		cell->user++;
		cell->user_cycles += v->user;
		cell->user_max = max(cell->user_max, v->user);
		v->user = 0;
	}
}

/**
 * kvmhot_cell_end() - the open exit has ended: add its cost, if it is known
 * @v: the vCPU; its @cell is not NULL
 * @now: TSC of the end
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_end(struct kvmhot_vcpu *v, u64 now)
{
	struct kvmhot_cell *cell = v->cell;
	u64 cost = now - v->exit_tsc - v->wait - v->user;
	u64 *bucket = NULL;

	cell_update_gen(v, cell, 1);
	if (likely(v->exit_tsc))
		bucket = bucket_for(v, cell, cost);
	if (unlikely(!bucket)) {
		kvmhot_cell_lose(v);
		return;
	}

	raw_write_seqcount_begin(&cell->seq);
	cell->timed++;
	cell->cycles += cost;
	if (cost < cell->min)
		cell->min = cost;
	if (cost > cell->max)
		cell->max = cost;
	++*bucket;
	if (!v->slow)
		cell->fast++;
	if (unlikely(v->wait | v->user))
		add_away(v, cell);
	raw_write_seqcount_end(&cell->seq);
	v->cell = NULL;
}

/**
 * kvmhot_cell_lose() - the open exit is over, but its cost is not known
 * @v: the vCPU; its @cell is not NULL
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_lose(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = v->cell;

	cell_update_gen(v, cell, 1);
	raw_write_seqcount_begin(&cell->seq);
	cell->lost++;
	raw_write_seqcount_end(&cell->seq);
	v->wait = 0;
	v->user = 0;
	v->cell = NULL;
}

static void copy_cell(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
		      struct kvmhot_snap *snap)
{
	unsigned int g, line;
	u64 *to;

	memcpy(&snap->cell, cell, offsetof(struct kvmhot_cell, line));
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++) {
		/* Pairs with the release in bucket_for(). */
		line = smp_load_acquire(&cell->line[g]);
		to = &snap->bucket[g * KVMHOT_HIST_SUB];
		if (line)
			memcpy(to, line_at(v, line), KVMHOT_LINE_SIZE);
		else
			memset(to, 0, KVMHOT_LINE_SIZE);
	}
}

/**
 * kvmhot_cell_snap() - copy a cell that may be in use
 * @v: the vCPU
 * @reason: the cell
 * @snap: the copy
 *
 * Never stops the writer: tries until no exit ended during the copy.
 *
 * Context: process context; may sleep.
 *
 * Return: 1, 0 if the reason never occurred, -EINTR if killed.
 */
int kvmhot_cell_snap(struct kvmhot_vcpu *v, unsigned int reason,
		     struct kvmhot_snap *snap)
{
	struct kvmhot_cell *cell = cell_at(v, reason);
	struct kvmhot_cell *c = &snap->cell;
	unsigned int seq;
	u64 exits;

	if (!cell)
		return 0;
	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		seq = read_seqcount_begin(&cell->seq);
		/* Pairs with WRITE_ONCE in kvmhot_cell_begin(). */
		exits = READ_ONCE(cell->exits);
		copy_cell(v, cell, snap);
	} while (read_seqcount_retry(&cell->seq, seq));

	snap->total = c->past + exits;
	if (c->gen != READ_ONCE(v->gen)) {
		/* Reset, but not touched since. */
		memset(snap->bucket, 0, sizeof(snap->bucket));
		memset(c, 0, sizeof(*c));
		exits = 0;
	}
	c->exits = exits;
	snap->open = exits - c->timed - c->lost;
	return 1;
}

/**
 * kvmhot_cell_total() - exits of one reason since first sight
 * @v: the vCPU
 * @reason: the cell
 *
 * Return: the number; never goes back over a reset.
 */
u64 kvmhot_cell_total(struct kvmhot_vcpu *v, unsigned int reason)
{
	struct kvmhot_cell *cell = cell_at(v, reason);
	unsigned int seq;
	u64 total;

	if (!cell)
		return 0;
	do {
		seq = read_seqcount_begin(&cell->seq);
		total = cell->past + READ_ONCE(cell->exits);
	} while (read_seqcount_retry(&cell->seq, seq));
	return total;
}

/**
 * kvmhot_cell_lost() - exits of one reason whose cost is not known
 * @v: the vCPU
 * @reason: the cell
 *
 * Return: their number since the last reset.
 */
u64 kvmhot_cell_lost(struct kvmhot_vcpu *v, unsigned int reason)
{
	struct kvmhot_cell *cell = cell_at(v, reason);
	unsigned int seq;
	u64 lost;

	if (!cell)
		return 0;
	do {
		seq = read_seqcount_begin(&cell->seq);
		lost = cell->gen == READ_ONCE(v->gen) ? cell->lost : 0;
	} while (read_seqcount_retry(&cell->seq, seq));
	return lost;
}
