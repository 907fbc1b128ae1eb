// SPDX-License-Identifier: GPL-2.0
/*
 * Adds exits to cells: a cell has the figures of one exit reason on one vCPU.
 *
 * Probe context: takes no lock, allocates and prints nothing.  Only the thread that runs
 * the vCPU, and holds the vCPU's mutex, is here, with preemption off.  After the
 * vCPU's last KVM_RUN the thread that ends the vCPU calls the same functions.
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

/* Put a reset into effect that was ordered since the cell was last written. */
static noinline void cell_clear(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				u32 gen)
{
	struct kvmhot_rare *rare = kvmhot_lines_or_null(v, cell->rare);
	struct kvmhot_rows *rows = kvmhot_lines_or_null(v, cell->rows);

	/* A thread that races for the vCPU may lose an exit meanwhile. */
	cell->past += xchg(&cell->lost, 0) + kvmhot_hist_clear(v, &cell->hist);
	if (rare) {
		cell->past += kvmhot_hist_clear(v, &rare->cost);
		kvmhot_hist_clear(v, &rare->felt);
		memset(&rare->beside, 0, sizeof(rare->beside));
	}
	cell->reenter = 0;
	cell->ept = 0;
	cell->fast = 0;
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
 * kvmhot_cell_begin() - find or make the cell of an exit
 * @v: the vCPU, inside its seq
 * @key: key of the exit, below KVMHOT_NR_CELLS
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell for kvmhot_vcpu.cell.  Without memory for the cell of a class, the
 * cell of the reason; without memory for that, NULL, and the exit was counted as dropped.
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
 * @v: the vCPU, whose readers wait
 * @rare: the &struct kvmhot_rare of the exit's cell
 * @cost: the exit's KVM cost
 * @felt: what the guest felt of the exit
 * @guest: the exit's stage guest
 * @irq: the exit's stage irq
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it, and nothing was done.
 */
noinline bool kvmhot_cell_add_delayed(struct kvmhot_vcpu *v, struct kvmhot_rare *rare,
				      u64 cost, u64 felt, u64 guest, u64 irq)
{
	struct kvmhot_group *group;
	u64 octave, sub;
	bool near;

	near = kvmhot_hist_near(&rare->felt, felt, &group, &octave);
	sub = near ? kvmhot_hist_near_sub(felt, octave) : 0;
	/* The add below must not fail: a count that reaches its top may need memory. */
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
 * @v: the vCPU, whose readers wait; its fold has the exit, and keeps it
 * @cell: the cell
 * @guest: the exit's stage guest
 * @irq: the exit's stage irq
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: false if there is no memory for it, and nothing was done.
 */
noinline bool kvmhot_cell_add_rare(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				   u64 guest, u64 irq)
{
	const struct kvmhot_fold *f = &v->fold;
	struct kvmhot_rare *rare = rare_of(v, cell);
	u64 cost = kvmhot_cost(f), felt = cost + kvmhot_delay(f);

	if (unlikely(!rare))
		return false;
	/* After the VM's end there was no guest that could feel anything. */
	if (!(f->touched & KVMHOT_DELAY_STAGES) || v->sum[KVMHOT_ENDS])
		return kvmhot_hist_add(v, &cell->hist, cost, guest, irq);
	return kvmhot_cell_add_delayed(v, rare, cost, felt, guest, irq);
}

/**
 * kvmhot_cell_add_stages() - add the KVMHOT_RARE_STAGES of an exit that is over
 * @v: the vCPU, whose readers wait; the stages are taken out of its fold
 * @cell: cell to whose histograms the exit was added; NULL if the exit is lost
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
	/* A cell has it by now, unless threads race for the vCPU. */
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

/* Add the stages that kvmhot_cell_add_stages() leaves. */
static __always_inline void add_plain(struct kvmhot_vcpu *v)
{
	static const u8 plain[] = {
		KVMHOT_GUEST, KVMHOT_IRQ, KVMHOT_HANDLE, KVMHOT_REENTER,
		KVMHOT_UNKNOWN,
	};
	struct kvmhot_fold *f = &v->fold;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		v->sum[plain[i]] += f->cycles[plain[i]];
		f->cycles[plain[i]] = 0;
	}
	if (likely(!f->back))
		return;
	v->sum[KVMHOT_BACK] += f->back;
	v->offset += f->offset;
	f->back = 0;
	f->offset = 0;
	/*
	 * The TSC went back, so that old edges may be later than new ones.  Readers would
	 * take them for new.
	 */
	memset(&v->log.edge[KVMHOT_TAG_LOG], 0,
	       (KVMHOT_LOG_EDGES - KVMHOT_TAG_LOG) * sizeof(v->log.edge[0]));
}

/**
 * kvmhot_cell_prepare() - fold all stages of the open exit but the last one
 * @v: the vCPU, inside its seq
 *
 * The caller reads the TSC of the last edge afterwards.  So the time that this takes is
 * not in the stage guest that begins with that edge.
 *
 * Context: probe, on the vCPU's thread.
 *
 * Return: the cell to pass to kvmhot_cell_end(), which must follow; NULL if no exit is
 * open, or it was dropped.
 */
struct kvmhot_cell *kvmhot_cell_prepare(struct kvmhot_vcpu *v)
{
	/* Of threads that race for the vCPU one ends the exit. */
	struct kvmhot_cell *cell = xchg(&v->cell, NULL);

	kvmhot_pmu_fold(v);
	kvmhot_fold_log(&v->fold, &v->log);
	/* A reset that comes after this takes effect at the next exit. */
	if (likely(cell))
		cell_update_gen(v, cell);
	return cell;
}

/* Return: false if the exit's cost is unknown, or there is no memory for it. */
static __always_inline bool add_exit(struct kvmhot_vcpu *v,
				     struct kvmhot_cell *cell)
{
	const struct kvmhot_fold *f = &v->fold;

	return likely(!kvmhot_is_lost(f) &&
		      kvmhot_cell_add(v, cell, f->cycles[KVMHOT_GUEST],
				      f->cycles[KVMHOT_IRQ]));
}

/* Index of a key in &kvmhot_vcpu.quick_cell; KVMHOT_QUICK_PLACES if it has none. */
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
 * kvmhot_cell_allow() - let plain exits add to a cell on the quick way
 * @v: the vCPU
 * @cell: the cell
 * @key: key of the cell; the caller has read @v->key once, as a second thread that
 *	 races for the vCPU may write it
 */
void kvmhot_cell_allow(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
		       unsigned int key)
{
	unsigned int place = place_of(key);

	if (place == KVMHOT_QUICK_PLACES || v->quick_cell[place] == cell)
		return;
	/* Such a thread may have changed @v->cell but not @v->key. */
	if (kvmhot_lines_at(v, v->cells[key]) != cell)
		return;
	WRITE_ONCE(v->quick_cell[place], cell);
	/*
	 * A reset raises the generation, and then takes the cell away.  So either the
	 * reset sees the store above, or the load below sees the new generation.  Pairs
	 * with smp_mb() in kvmhot_reset_vm().
	 */
	smp_mb();
	if (READ_ONCE(v->gen) != cell->gen)
		WRITE_ONCE(v->quick_cell[place], &kvmhot_cell_none);
}

/**
 * kvmhot_cell_end() - end the open exit, and add its cost if that is known
 * @v: the vCPU, inside its seq
 * @cell: what kvmhot_cell_prepare() returned; no edge has come since then
 * @now: TSC of the end
 *
 * The current stage has ended, too: the caller must begin a new log.
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
	add_plain(v);
	kvmhot_pmu_end(v, known ? cell : NULL, now);
	if (likely(known))
		kvmhot_cell_allow(v, cell, READ_ONCE(v->key));
	v->ept = 0;
	v->last = now;
}

/**
 * kvmhot_cell_lose() - end an open exit, if any, whose end will not be seen
 * @v: the vCPU, inside its seq; nothing runs it any more
 */
void kvmhot_cell_lose(struct kvmhot_vcpu *v)
{
	struct kvmhot_cell *cell = kvmhot_cell_prepare(v);
	u64 now = kvmhot_edge_tsc(v->log.edge[0], v->last);

	kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
	kvmhot_cell_end(v, cell, now);
	kvmhot_log_first(&v->log, now, KVMHOT_UNKNOWN);
}
