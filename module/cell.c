// SPDX-License-Identifier: GPL-2.0
/*
 * Cells: what is counted of one exit reason on one vCPU.
 *
 * Everything here runs in probe context, on the thread that runs the vCPU
 * (which holds the vCPU's mutex), preemption off: no lock, no allocation,
 * nothing printed, one writer.  After the vCPU's last KVM_RUN the same
 * functions are called by whoever ends it.
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "kvmhot.h"
#include "lines.h"
#include "pmu.h"

/**
 * kvmhot_lines_take() - memory for a cell, a slot or a part of a histogram
 * @v: the vCPU
 * @nr: number of lines; they are zeroed, and in one page
 * @end: the lines from this one on are not for the caller
 *
 * Two threads that race for an ioctl may be here at once.
 *
 * Return: the first line, 0 if there is no room.
 */
noinline unsigned int kvmhot_lines_take(struct kvmhot_vcpu *v, unsigned int nr,
					unsigned int end)
{
	/* Pairs with the release in kvmhot_pool_add_page(). */
	unsigned int have = smp_load_acquire(&v->nr_lines);
	unsigned int next = READ_ONCE(v->next_line);
	unsigned int line;

	do {
		line = next;
		if (line % KVMHOT_PAGE_LINES + nr > KVMHOT_PAGE_LINES)
			line = round_up(line, KVMHOT_PAGE_LINES);
		if (line + nr > end)
			return 0;
		if (line + nr + KVMHOT_LOW_LINES > have)
			kvmhot_vcpu_want_page(v);
		if (line + nr > have)
			return 0;
	} while (!try_cmpxchg(&v->next_line, &next, line + nr));
	return line;
}

static noinline struct kvmhot_cell *cell_new(struct kvmhot_vcpu *v,
					     unsigned int key)
{
	unsigned int line = kvmhot_lines_take(v, KVMHOT_CELL_LINES,
					      KVMHOT_LINES_END);
	struct kvmhot_cell *cell;

	if (!line)
		return NULL;
	cell = kvmhot_line_at(v, line);
	cell->gen = READ_ONCE(v->gen);
	cell->min = U64_MAX;
	/* Pairs with the acquire in cell_at() of snap.c. */
	smp_store_release(&v->cells[key], line);
	return cell;
}

/*
 * A reset was ordered since the cell was last written: put it into effect.
 * @open exits (0 or 1) are under way, and belong to the new generation.
 */
static noinline void cell_clear(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u32 gen, unsigned int open)
{
	u64 past = cell->past + cell->exits - open;
	u32 n = kvmhot_seq_begin(&cell->seq);

	memset((u8 *)cell + offsetof(struct kvmhot_cell, exits), 0,
	       offsetof(struct kvmhot_cell, pmu_line) -
	       offsetof(struct kvmhot_cell, exits));
	cell->past = past;
	cell->exits = open;
	cell->min = U64_MAX;
	kvmhot_buckets_clear(v, cell->line);
	cell->gen = gen;
	kvmhot_seq_end(&cell->seq, n);
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
 * @key: below KVMHOT_NR_KEYS
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell for kvmhot_vcpu.cell; NULL if there is no memory for one,
 * which has been counted as dropped.
 */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v, unsigned int key)
{
	unsigned int line = v->cells[key];
	struct kvmhot_cell *cell;

	if (likely(line)) {
		cell = kvmhot_line_at(v, line);
	} else {
		cell = cell_new(v, key);
		if (!cell) {
			v->sum[KVMHOT_DROPPED]++;
			return NULL;
		}
	}
	cell_update_gen(v, cell, 0);
	/* Pairs with READ_ONCE in kvmhot_snap_cell(): not inside @seq. */
	WRITE_ONCE(cell->exits, cell->exits + 1);
	return cell;
}

/* What of an exit is not simply irq and handle.  Inside @seq. */
static noinline void add_odd(const struct kvmhot_vcpu *v,
			     struct kvmhot_cell *cell)
{
	u64 wait = v->span[KVMHOT_PREEMPTED] + v->span[KVMHOT_SLEPT];
	u64 halt = v->span[KVMHOT_POLL] + v->span[KVMHOT_BLOCK];
	u64 user = v->span[KVMHOT_USER];

	cell->reenter += v->span[KVMHOT_REENTER];
	cell->enter += v->span[KVMHOT_ENTER];
	cell->poll += v->span[KVMHOT_POLL];
	cell->block += v->span[KVMHOT_BLOCK];
	cell->ioctl += v->span[KVMHOT_IOCTL];
	cell->preempted += v->span[KVMHOT_PREEMPTED];
	cell->slept += v->span[KVMHOT_SLEPT];
	cell->user_cycles += user;
	cell->ept += v->ept;
	cell->wait += !!wait;
	cell->wait_max = max(cell->wait_max, wait);
	cell->halt += !!halt;
	cell->halt_max = max(cell->halt_max, halt);
	cell->user += !!user;
	cell->user_max = max(cell->user_max, user);
}

/* No exit is open any more. */
static __always_inline void close_exit(struct kvmhot_vcpu *v)
{
	v->cell = NULL;
	if (unlikely(v->odd)) {
		memset(v->span, 0, sizeof(v->span));
		v->away = 0;
		v->ept = 0;
		v->odd = false;
	}
}

/**
 * kvmhot_cell_end() - the open exit has ended: add its cost, if it is known
 * @v: the vCPU
 * @now: TSC of the end
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_end(struct kvmhot_vcpu *v, u64 now)
{
	struct kvmhot_cell *cell = v->cell;
	u64 cost = now - v->exit_tsc - v->away;
	u64 *bucket = NULL;
	u32 n;

	if (unlikely(!cell)) {
		kvmhot_pmu_lose(v);
		close_exit(v);
		return;
	}
	cell_update_gen(v, cell, 1);
	if (likely(v->exit_tsc))
		bucket = kvmhot_bucket_for(v, cell->line, cost,
					   KVMHOT_LINES_END);
	if (unlikely(!bucket)) {
		kvmhot_cell_lose(v);
		return;
	}

	n = kvmhot_seq_begin(&cell->seq);
	cell->timed++;
	cell->cycles += cost;
	if (cost < cell->min)
		cell->min = cost;
	if (cost > cell->max)
		cell->max = cost;
	cell->guest += v->guest;
	cell->irq += v->irq;
	++*bucket;
	if (!v->slow)
		cell->fast++;
	if (unlikely(v->odd))
		add_odd(v, cell);
	kvmhot_pmu_end(v, cell);
	kvmhot_seq_end(&cell->seq, n);
	close_exit(v);
}

/**
 * kvmhot_cell_lose() - the open exit, if any, is over, its cost not known
 * @v: the vCPU
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_lose(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = v->cell;
	u32 n;

	if (cell) {
		cell_update_gen(v, cell, 1);
		n = kvmhot_seq_begin(&cell->seq);
		cell->lost++;
		kvmhot_seq_end(&cell->seq, n);
	}
	v->key = KVMHOT_KEY_NONE;
	kvmhot_pmu_lose(v);
	close_exit(v);
}
