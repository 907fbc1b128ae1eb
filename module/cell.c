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

#include "edge.h"
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
 * @v: the vCPU, readers of which wait
 * @cell: the cell
 * @cost: the exit's KVM cost
 * @guest: its stage guest
 * @irq: its stage irq
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it.
 */
bool kvmhot_cell_add(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 cost,
		     u64 guest, u64 irq)
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
	group->guest += guest;
	group->irq += irq;
	if (unlikely(g == KVMHOT_HIST_GROUPS - 1)) {
		add_top(cell, group, cost);
		return true;
	}
	group->min = min_t(u32, group->min, cost);
	group->max = max_t(u32, group->max, cost);
	return true;
}

/**
 * kvmhot_cell_add_rare() - add what of an exit is not simply irq and handle
 * @v: the vCPU, readers of which wait; its fold has it, and no longer afterwards
 * @rare: that of the exit's cell, NULL if the exit is lost
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_add_rare(struct kvmhot_vcpu *v, struct kvmhot_rare *rare)
{
	struct kvmhot_fold *f = &v->fold;
	unsigned long stages = f->touched & KVMHOT_RARE_STAGES;
	u64 wait = f->cycles[KVMHOT_PREEMPTED] + f->cycles[KVMHOT_SLEPT];
	u64 halt = f->cycles[KVMHOT_POLL] + f->cycles[KVMHOT_BLOCK];
	u64 user = f->cycles[KVMHOT_USER];
	unsigned int stage;

	f->touched = 0;
	for_each_set_bit(stage, &stages, KVMHOT_NR_STAGES) {
		v->sum[stage] += f->cycles[stage];
		if (likely(rare))
			rare->cycles[KVMHOT_RARE(stage)] += f->cycles[stage];
		f->cycles[stage] = 0;
	}
	if (unlikely(!rare))
		return;
	if (user) {
		rare->user++;
		rare->user_max = max(rare->user_max, user);
	}
	if (halt) {
		rare->halt++;
		rare->halt_max = max(rare->halt_max, halt);
	}
	if (wait) {
		rare->wait++;
		rare->wait_max = max(rare->wait_max, wait);
	}
}

/* What kvmhot_cell_add_rare() leaves. */
static __always_inline void add_usual(struct kvmhot_vcpu *v)
{
	static const u8 usual[] = {
		KVMHOT_GUEST, KVMHOT_IRQ, KVMHOT_HANDLE, KVMHOT_UNKNOWN,
	};
	struct kvmhot_fold *f = &v->fold;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usual); i++) {
		v->sum[usual[i]] += f->cycles[usual[i]];
		f->cycles[usual[i]] = 0;
	}
	if (likely(!f->back))
		return;
	v->sum[KVMHOT_BACK] += f->back;
	v->offset += f->offset;
	f->back = 0;
	f->offset = 0;
	/* To readers, edges that are later than those to come were of now. */
	memset(&v->log.edge[KVMHOT_TAG_LOG], 0,
	       (KVMHOT_LOG_EDGES - KVMHOT_TAG_LOG) * sizeof(v->log.edge[0]));
}

/**
 * kvmhot_cell_prepare() - work out all of the open exit but its last stage
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

	kvmhot_pmu_fold(v);
	kvmhot_fold_log(&v->fold, &v->log);
	/* A reset from here on has its effect at the next exit. */
	if (likely(cell))
		cell_update_gen(v, cell);
	return cell;
}

/* Return: false if the exit's cost is not known, or there is no memory for it. */
static __always_inline bool add_exit(struct kvmhot_vcpu *v,
				     struct kvmhot_cell *cell)
{
	const struct kvmhot_fold *f = &v->fold;

	return likely(!kvmhot_is_lost(f) &&
		      kvmhot_quick_add(v, cell, kvmhot_cost(f),
				       f->cycles[KVMHOT_GUEST],
				       f->cycles[KVMHOT_IRQ]));
}

/**
 * kvmhot_cell_end() - the open exit has ended: add its cost, if it is known
 * @v: the vCPU, inside of its seq
 * @cell: what kvmhot_cell_prepare() returned; no edge has come since then
 * @now: TSC of the end
 *
 * The stage that goes on has ended, too: the caller makes the next log.
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_cell_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 now)
{
	bool known;

	kvmhot_fold_span(&v->fold, v->log.edge[0], kvmhot_edge(now, 0));
	known = cell && add_exit(v, cell);
	if (likely(known)) {
		cell->rare.fast += !v->slow;
		cell->rare.ept += v->ept;
	} else if (cell) {
		cell->rare.lost++;
		v->key = KVMHOT_KEY_NONE;
	}
	kvmhot_cell_add_rare(v, known ? &cell->rare : NULL);
	add_usual(v);
	kvmhot_pmu_end(v, known ? cell : NULL, now);
	if (likely(known))
		kvmhot_quick_allow(v, cell, READ_ONCE(v->key));
	v->cell = NULL;
	v->ept = 0;
	v->last = now;
}

/**
 * kvmhot_cell_lose() - the open exit, if any, will not be seen to end
 * @v: the vCPU, inside of its seq; nothing runs it any more
 */
void kvmhot_cell_lose(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = kvmhot_cell_prepare(v);
	u64 now = kvmhot_edge_tsc(v->log.edge[0], v->last);

	kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
	kvmhot_cell_end(v, cell, now);
	kvmhot_edge_first(v, now, KVMHOT_UNKNOWN);
}
