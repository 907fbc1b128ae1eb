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
#include "quick.h"

/* Where there is none: nothing fits in, so that nothing is written. */
struct kvmhot_group kvmhot_no_group __ro_after_init = {
	.min = U32_MAX,
};

struct kvmhot_cell kvmhot_no_cell __ro_after_init = {
	.group = { [0 ... KVMHOT_HIST_GROUPS - 1] = &kvmhot_no_group },
};

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

static void group_clear(struct kvmhot_group *group)
{
	unsigned int i;

	memset(group, 0, sizeof(*group));
	for (i = 0; i < KVMHOT_HIST_SUB; i++)
		group->n[i] = KVMHOT_COUNT_START;
	group->min = U32_MAX;
}

/**
 * kvmhot_group_new() - make a group of a cell's histogram
 * @v: the vCPU
 * @cell: the cell
 * @g: the group, which there is not
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the group, NULL if there is no memory for it.
 */
noinline struct kvmhot_group *kvmhot_group_new(struct kvmhot_vcpu *v,
					       struct kvmhot_cell *cell,
					       unsigned int g)
{
	unsigned int line = kvmhot_lines_take(v, 1, KVMHOT_LINES_END);
	struct kvmhot_group *group;

	if (!line)
		return NULL;
	group = kvmhot_line_at(v, line);
	group_clear(group);
	/* Pairs with the acquire in kvmhot_snap_group(). */
	smp_store_release(&cell->group[g], group);
	return group;
}

static noinline struct kvmhot_cell *cell_new(struct kvmhot_vcpu *v,
					     unsigned int key)
{
	unsigned int line = kvmhot_lines_take(v, KVMHOT_CELL_LINES,
					      KVMHOT_LINES_END);
	struct kvmhot_cell *cell;
	unsigned int g;

	if (!line)
		return NULL;
	cell = kvmhot_line_at(v, line);
	cell->gen = READ_ONCE(v->gen);
	cell->key = key;
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++)
		cell->group[g] = &kvmhot_no_group;
	/* Pairs with the acquire in cell_at() of snap.c. */
	smp_store_release(&v->cells[key], line);
	return cell;
}

static u64 count_timed(struct kvmhot_vcpu *v, const struct kvmhot_cell *cell,
		       unsigned int g)
{
	const u64 *carry = kvmhot_group_carry(v, cell, g);
	unsigned int i;
	u64 timed = 0;

	for (i = 0; i < KVMHOT_HIST_SUB; i++) {
		timed += (u64)cell->group[g]->n[i] - KVMHOT_COUNT_START;
		if (carry)
			timed += carry[i] << 32;
	}
	return timed;
}

/* A reset was ordered since the cell was last written: put it into effect. */
static noinline void cell_clear(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u32 gen)
{
	u64 past = cell->rare.past + cell->rare.lost;
	unsigned int g;
	u64 *carry;

	for (g = 0; g < KVMHOT_HIST_GROUPS; g++) {
		if (cell->group[g] == &kvmhot_no_group)
			continue;
		past += count_timed(v, cell, g);
		group_clear(cell->group[g]);
		carry = kvmhot_group_carry(v, cell, g);
		if (carry)
			memset(carry, 0, KVMHOT_LINE_SIZE);
	}
	memset(&cell->rare, 0, sizeof(cell->rare));
	cell->rare.past = past;
	/* The next list's rows begin anew. */
	cell->pmu_list = 0;
	cell->pmu_exits = 0;
	cell->gen = gen;
}

/* Pairs with the store in kvmhot_vm_reset_one(). */
static __always_inline void cell_update_gen(struct kvmhot_vcpu *v,
					    struct kvmhot_cell *cell)
{
	u32 gen = READ_ONCE(v->gen);

	if (unlikely(cell->gen != gen))
		cell_clear(v, cell, gen);
}

/**
 * kvmhot_cell_begin() - the cell of an exit
 * @v: the vCPU, inside of its seq
 * @key: below KVMHOT_NR_CELLS
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell for kvmhot_vcpu.cell; without memory for that of a class that of
 * the reason; NULL if there is no memory for one, which has been counted as dropped.
 */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v, unsigned int key)
{
	unsigned int line = v->cells[key];
	struct kvmhot_cell *cell;

	if (likely(line)) {
		cell = kvmhot_line_at(v, line);
	} else {
		cell = cell_new(v, key);
		if (!cell && kvmhot_key_reason(key) != key)
			return kvmhot_cell_begin(v, kvmhot_key_reason(key));
		if (!cell) {
			v->sum[KVMHOT_DROPPED]++;
			return NULL;
		}
	}
	cell_update_gen(v, cell);
	return cell;
}

/**
 * kvmhot_cell_carry() - a bucket's count comes round
 * @v: the vCPU, readers of which wait
 * @cell: the cell
 * @g: group of the bucket
 * @sub: place of it in the group
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory to remember it in.
 */
bool kvmhot_cell_carry(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
		       unsigned int g, unsigned int sub)
{
	u16 *map;
	u64 *carry;

	if (!cell->carry)
		cell->carry = kvmhot_lines_take(v, 1, KVMHOT_LINES_END);
	if (!cell->carry)
		return false;
	map = kvmhot_line_at(v, cell->carry);
	if (!map[g])
		map[g] = kvmhot_lines_take(v, 1, KVMHOT_LINES_END);
	if (!map[g])
		return false;
	carry = kvmhot_line_at(v, map[g]);
	carry[sub]++;
	return true;
}

/* What 32 bits cannot tell of the last group. */
static void add_top(struct kvmhot_cell *cell, struct kvmhot_group *group,
		    u64 cost)
{
	bool first = group->max < group->min;

	cell->top_min = first ? cost : min(cell->top_min, cost);
	cell->top_max = first ? cost : max(cell->top_max, cost);
	group->min = 0;
	group->max = 0;
}

/**
 * kvmhot_cell_add() - add an exit to a cell's histogram, and its guest and irq
 * @v: the vCPU, readers of which wait; with @guest and @irq
 * @cell: the cell
 * @cost: the exit's KVM cost
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it.
 */
bool kvmhot_cell_add(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 cost)
{
	unsigned int g = kvmhot_hist_group(cost);
	unsigned int sub = kvmhot_hist_sub(cost);
	struct kvmhot_group *group = cell->group[g];

	if (unlikely(group == &kvmhot_no_group)) {
		group = kvmhot_group_new(v, cell, g);
		if (!group)
			return false;
	}
	if (unlikely(group->n[sub] == U32_MAX) &&
	    !kvmhot_cell_carry(v, cell, g, sub))
		return false;
	group->n[sub]++;
	group->cycles += cost;
	group->guest += v->guest;
	group->irq += v->irq;
	if (unlikely(g == KVMHOT_HIST_GROUPS - 1)) {
		add_top(cell, group, cost);
		return true;
	}
	group->min = min_t(u32, group->min, cost);
	group->max = max_t(u32, group->max, cost);
	return true;
}

/* What of an exit is not simply irq and handle. */
static noinline void add_odd(const struct kvmhot_vcpu *v,
			     struct kvmhot_rare *rare)
{
	u64 wait = v->span[KVMHOT_PREEMPTED] + v->span[KVMHOT_SLEPT];
	u64 halt = v->span[KVMHOT_POLL] + v->span[KVMHOT_BLOCK];
	u64 user = v->span[KVMHOT_USER];

	rare->reenter += v->span[KVMHOT_REENTER];
	rare->enter += v->span[KVMHOT_ENTER];
	rare->poll += v->span[KVMHOT_POLL];
	rare->block += v->span[KVMHOT_BLOCK];
	rare->ioctl += v->span[KVMHOT_IOCTL];
	rare->preempted += v->span[KVMHOT_PREEMPTED];
	rare->slept += v->span[KVMHOT_SLEPT];
	rare->user_cycles += user;
	rare->away += v->span[KVMHOT_AWAY];
	rare->ept += v->ept;
	rare->wait += !!wait;
	rare->wait_max = max(rare->wait_max, wait);
	rare->halt += !!halt;
	rare->halt_max = max(rare->halt_max, halt);
	rare->user += !!user;
	rare->user_max = max(rare->user_max, user);
}

static void clear_odd(struct kvmhot_vcpu *v)
{
	memset(v->span, 0, sizeof(v->span));
	v->ept = 0;
	v->odd = false;
}

/* No exit is open any more. */
static __always_inline void close_exit(struct kvmhot_vcpu *v)
{
	v->cell = NULL;
	v->beside = 0;
	if (unlikely(v->odd))
		clear_odd(v);
}

/**
 * kvmhot_cell_prepare() - add to the open exit's cell all but its last edge
 * @v: the vCPU, inside of its seq
 *
 * The last edge reads its timestamp afterwards: what is done here is no part of
 * the stage guest that begins with it.
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell, for kvmhot_cell_end(), which must follow; NULL if no exit is
 * open, or it was dropped.
 */
struct kvmhot_cell *kvmhot_cell_prepare(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = READ_ONCE(v->cell);

	v->prepared = false;
	if (unlikely(!cell))
		return NULL;
	/* A reset from here on has its effect at the next exit. */
	cell_update_gen(v, cell);
	if (likely(!v->odd))
		return cell;
	v->before = cell->rare;
	v->prepared = true;
	add_odd(v, &cell->rare);
	clear_odd(v);
	return cell;
}

/**
 * kvmhot_cell_end() - the open exit has ended: add its cost, if it is known
 * @v: the vCPU, inside of its seq
 * @cell: what kvmhot_cell_prepare() returned; at most one stage was ended since
 *	  then, one of KVM's cost
 * @now: TSC of the end
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 now)
{
	u64 exit = READ_ONCE(v->exit_tsc), beside = READ_ONCE(v->beside);

	if (unlikely(!cell)) {
		kvmhot_pmu_lose(v);
		close_exit(v);
		return;
	}
	/* It is not less than 0, unless threads race for the vCPU. */
	if (unlikely(!exit || now < exit || now - exit < beside ||
		     !kvmhot_quick_add(v, cell, now - exit - beside))) {
		if (v->prepared)
			cell->rare = v->before;
		kvmhot_cell_lose(v);
		return;
	}
	if (!v->slow)
		cell->rare.fast++;
	if (unlikely(v->odd)) {
		cell->rare.reenter += v->span[KVMHOT_REENTER];
		cell->rare.enter += v->span[KVMHOT_ENTER];
		v->span[KVMHOT_REENTER] = 0;
		v->span[KVMHOT_ENTER] = 0;
		v->odd = false;
	}
	kvmhot_pmu_end(v, cell);
	kvmhot_quick_allow(v, cell, READ_ONCE(v->key));
	close_exit(v);
}

/**
 * kvmhot_cell_lose() - the open exit, if any, is over, its cost not known
 * @v: the vCPU, inside of its seq
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_lose(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = READ_ONCE(v->cell);

	if (cell) {
		cell_update_gen(v, cell);
		cell->rare.lost++;
	}
	v->key = KVMHOT_KEY_NONE;
	kvmhot_pmu_lose(v);
	close_exit(v);
}
