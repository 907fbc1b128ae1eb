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

#include "hot/cell.h"
#include "hot/lines.h"
#include "hot/log.h"
#include "hot/pmu.h"
#include "hot/seq.h"

struct kvmhot_cell kvmhot_cell_none __ro_after_init = {
	.hist.near = { [0 ... KVMHOT_HIST_NEAR - 1] = &kvmhot_hist_no_group },
};

static noinline struct kvmhot_cell *cell_new(struct kvmhot_vcpu *v,
					     unsigned int key)
{
	unsigned int line = kvmhot_lines_take(v, KVMHOT_CELL_LINES,
					      KVMHOT_LINES_END);
	struct kvmhot_cell *cell;

	if (!line)
		return NULL;
	cell = kvmhot_lines_at(v, line);
	kvmhot_hist_init(&cell->hist, KVMHOT_LINES_END);
	cell->gen = READ_ONCE(v->gen);
	cell->key = key;
	/* Pairs with the acquire in cell_at() of snap.c. */
	smp_store_release(&v->cells[key], line);
	return cell;
}

/* A reset was ordered since the cell was last written: put it into effect. */
static noinline void cell_clear(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u32 gen)
{
	struct kvmhot_rare *rare = kvmhot_lines_or_null(v, cell->rare);
	struct kvmhot_rows *rows = kvmhot_lines_or_null(v, cell->rows);

	cell->past += cell->lost + kvmhot_hist_clear(v, &cell->hist);
	if (rare) {
		cell->past += kvmhot_hist_clear(v, &rare->cost);
		kvmhot_hist_clear(v, &rare->felt);
		memset(&rare->beside, 0, sizeof(rare->beside));
	}
	cell->reenter = 0;
	cell->ept = 0;
	cell->fast = 0;
	cell->lost = 0;
	/* The next list's rows begin anew. */
	if (rows) {
		rows->list = 0;
		rows->exits = 0;
	}
	cell->gen = gen;
}

/* Pairs with the store in kvmhot_reset_vm(). */
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
		cell = kvmhot_lines_at(v, line);
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

static noinline struct kvmhot_rare *rare_new(struct kvmhot_vcpu *v,
					     struct kvmhot_cell *cell)
{
	unsigned int line = kvmhot_lines_take(v, KVMHOT_RARE_LINES,
					      KVMHOT_LINES_END);
	struct kvmhot_rare *rare;

	if (!line)
		return NULL;
	rare = kvmhot_lines_at(v, line);
	kvmhot_hist_init(&rare->cost, KVMHOT_LINES_END);
	kvmhot_hist_init(&rare->felt, KVMHOT_LINES_END);
	/* Pairs with the acquire in copy_cell() of snap.c. */
	smp_store_release(&cell->rare, line);
	return rare;
}

static __always_inline struct kvmhot_rare *rare_of(struct kvmhot_vcpu *v,
						   struct kvmhot_cell *cell)
{
	return likely(cell->rare) ? kvmhot_lines_at(v, cell->rare) :
				    rare_new(v, cell);
}

/**
 * kvmhot_cell_add_delayed() - add an exit with KVMHOT_DELAY_STAGES to both histograms
 * @v: the vCPU, readers of which wait
 * @rare: the cell's
 * @cost: the exit's KVM cost
 * @felt: what the guest felt
 * @guest: the exit's stage guest
 * @irq: its stage irq
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it, and nothing has been done.
 */
noinline bool kvmhot_cell_add_delayed(struct kvmhot_vcpu *v, struct kvmhot_rare *rare,
				      u64 cost, u64 felt, u64 guest, u64 irq)
{
	struct kvmhot_group *group;
	u64 octave, sub;
	bool near;

	near = kvmhot_hist_near(&rare->felt, felt, &group, &octave);
	sub = near ? kvmhot_hist_near_sub(felt, octave) : 0;
	/* It must have memory, even for a count that comes to its top. */
	near = near && likely(group->n[sub] < KVMHOT_COUNT_TOP - 1);
	if ((!near && unlikely(!kvmhot_hist_make_room(v, &rare->felt, felt))) ||
	    unlikely(!kvmhot_hist_add(v, &rare->cost, cost, guest, irq)))
		return false;
	if (likely(near))
		kvmhot_hist_add_to(group, sub, felt, 0, 0);
	else
		kvmhot_hist_add_slow(v, &rare->felt, felt, 0, 0);
	return true;
}

/**
 * kvmhot_cell_add_rare() - add an exit with KVMHOT_RARE_STAGES to a cell's histograms
 * @v: the vCPU, readers of which wait; its fold has the exit, and goes on to have it
 * @cell: the cell
 * @guest: the exit's stage guest
 * @irq: its stage irq
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it, and nothing has been done.
 */
noinline bool kvmhot_cell_add_rare(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				   u64 guest, u64 irq)
{
	const struct kvmhot_fold *f = &v->fold;
	struct kvmhot_rare *rare = rare_of(v, cell);
	u64 cost = kvmhot_cost(f), felt = cost + kvmhot_delay(f);

	if (unlikely(!rare))
		return false;
	/* After the last exit there was no guest that could have felt anything. */
	if (!(f->touched & KVMHOT_DELAY_STAGES) || v->sum[KVMHOT_ENDS])
		return kvmhot_hist_add(v, &cell->hist, cost, guest, irq);
	return kvmhot_cell_add_delayed(v, rare, cost, felt, guest, irq);
}

/**
 * kvmhot_cell_add_stages() - add KVMHOT_RARE_STAGES of an exit that is over
 * @v: the vCPU, readers of which wait; its fold has them, and no longer afterwards
 * @cell: the exit's, to whose histograms it has been added; NULL if it is lost
 *
 * Context: probe, on the vCPU's thread.
 */
noinline void kvmhot_cell_add_stages(struct kvmhot_vcpu *v, struct kvmhot_cell *cell)
{
	struct kvmhot_fold *f = &v->fold;
	unsigned long stages = f->touched & KVMHOT_RARE_STAGES;
	u64 wait = f->cycles[KVMHOT_PREEMPTED] + f->cycles[KVMHOT_SLEPT];
	u64 halt = f->cycles[KVMHOT_POLL] + f->cycles[KVMHOT_BLOCK];
	u64 user = f->cycles[KVMHOT_USER];
	/* With a cell there is one, unless threads race for the vCPU. */
	struct kvmhot_rare *rare =
		cell ? kvmhot_lines_or_null(v, READ_ONCE(cell->rare)) : NULL;
	struct kvmhot_beside *b = rare ? &rare->beside : NULL;
	unsigned int stage;

	for_each_set_bit(stage, &stages, KVMHOT_NR_STAGES) {
		v->sum[stage] += f->cycles[stage];
		if (likely(b))
			b->cycles[KVMHOT_RARE(stage)] += f->cycles[stage];
		f->cycles[stage] = 0;
	}
	if (unlikely(!b))
		return;
	if (user) {
		b->user++;
		b->user_max = max(b->user_max, user);
	}
	if (halt) {
		b->halt++;
		b->halt_max = max(b->halt_max, halt);
	}
	if (wait) {
		b->wait++;
		b->wait_max = max(b->wait_max, wait);
	}
}

/* What kvmhot_cell_add_stages() leaves. */
static __always_inline void add_usual(struct kvmhot_vcpu *v)
{
	static const u8 usual[] = {
		KVMHOT_GUEST, KVMHOT_IRQ, KVMHOT_HANDLE, KVMHOT_REENTER,
		KVMHOT_UNKNOWN,
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
		      kvmhot_cell_add(v, cell, f->cycles[KVMHOT_GUEST],
				      f->cycles[KVMHOT_IRQ]));
}

/* Where &kvmhot_vcpu.quick_cell has a key; KVMHOT_QUICK_PLACES: nowhere. */
static unsigned int place_of(unsigned int key)
{
	if (key < KVMHOT_QUICK_REASONS)
		return kvmhot_cell_place(key);
	if (key >= KVMHOT_KEY_EPT &&
	    key < KVMHOT_KEY_EPT + KVMHOT_QUICK_CLASSES)
		return key - KVMHOT_KEY_EPT;
	return KVMHOT_QUICK_PLACES;
}

/**
 * kvmhot_cell_allow() - usual exits may add to a cell
 * @v: the vCPU
 * @cell: the cell
 * @key: what it is of, as the caller has read it once: a second thread that
 *	 races for the vCPU may write @v->key
 */
void kvmhot_cell_allow(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
		       unsigned int key)
{
	unsigned int place = place_of(key);

	if (place == KVMHOT_QUICK_PLACES || v->quick_cell[place] == cell)
		return;
	/* Such a thread may have changed the one, but not the other. */
	if (kvmhot_lines_at(v, v->cells[key]) != cell)
		return;
	WRITE_ONCE(v->quick_cell[place], cell);
	/*
	 * A reset raises the generation, then takes the cell away again; it
	 * comes before this, or sees it.  Pairs with smp_mb() in
	 * kvmhot_reset_vm().
	 */
	smp_mb();
	if (READ_ONCE(v->gen) != cell->gen)
		WRITE_ONCE(v->quick_cell[place], &kvmhot_cell_none);
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
		cell->fast += !v->slow;
		cell->ept += v->ept;
		cell->reenter += v->fold.cycles[KVMHOT_REENTER];
	} else if (cell) {
		cell->lost++;
		v->key = KVMHOT_KEY_NONE;
	}
	if (v->fold.touched & KVMHOT_RARE_STAGES)
		kvmhot_cell_add_stages(v, known ? cell : NULL);
	v->fold.touched = 0;
	add_usual(v);
	kvmhot_pmu_end(v, known ? cell : NULL, now);
	if (likely(known))
		kvmhot_cell_allow(v, cell, READ_ONCE(v->key));
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
	kvmhot_log_first(&v->log, now, KVMHOT_UNKNOWN);
}
