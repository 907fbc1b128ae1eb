// SPDX-License-Identifier: GPL-2.0
/*
 * Shows the cells of a VM: the files exits, hist, stages and ept.  See the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "files/cells.h"
#include "files/show.h"
#include "hot/record.h"
#include "read/look.h"
#include "read/reason.h"
#include "read/since.h"

typedef void (*show_cell_t)(struct seq_file *m, int id, unsigned int key,
			    const struct kvmhot_snap *snap);

/* Show each reason by @arg, a show_cell_t.  Return: 0 or an errno. */
static int show_reasons(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
			const void *arg)
{
	const show_cell_t *show = arg;
	struct kvmhot_snap *snap = buffer;
	unsigned int key;
	int ret;

	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		ret = kvmhot_reason_snap(v, key, snap);
		if (ret < 0)
			return ret;
		if (ret)
			(*show)(m, v->id, key, snap);
	}
	return 0;
}

static int show_cells(struct seq_file *m, show_cell_t show)
{
	return kvmhot_show_vcpus(m, sizeof(struct kvmhot_snap), show_reasons, &show);
}

static u64 of_stage(const struct kvmhot_beside *b, enum kvmhot_sum stage)
{
	return b->cycles[KVMHOT_RARE(stage)];
}

/**
 * kvmhot_cells_columns() - print a tab and KVMHOT_CELLS_COLUMNS
 * @m: file to print to
 * @t: figures of one or more cells
 */
void kvmhot_cells_columns(struct seq_file *m, const struct kvmhot_tally *t)
{
	const struct kvmhot_beside *b = &t->beside;
	const struct kvmhot_dist *d = &t->cost;
	u64 wait = of_stage(b, KVMHOT_PREEMPTED) + of_stage(b, KVMHOT_SLEPT);
	u64 halt = of_stage(b, KVMHOT_POLL) + of_stage(b, KVMHOT_BLOCK);

	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu\t%llu", t->exits, d->timed,
		   t->open, t->lost, t->fast);
	seq_printf(m, "\t%llu\t%llu\t%llu", d->cycles, d->min, d->max);
	seq_printf(m, "\t%llu\t%llu\t%llu", b->wait, wait, b->wait_max);
	seq_printf(m, "\t%llu\t%llu\t%llu", b->user,
		   of_stage(b, KVMHOT_USER), b->user_max);
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", t->total, b->halt, halt,
		   b->halt_max);
}

static void show_exits(struct seq_file *m, int id, unsigned int key,
		       const struct kvmhot_snap *snap)
{
	seq_printf(m, "%d\t", id);
	kvmhot_show_key(m, key);
	kvmhot_cells_columns(m, &snap->t);
	seq_printf(m, "\t%u\n", kvmhot_show_level(key));
}

static int exits_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "exits", m->private);
	seq_puts(m, "# vcpu\treason\tname\t" KVMHOT_CELLS_COLUMNS "\tlevel\n");
	return show_cells(m, show_exits);
}
DEFINE_SHOW_ATTRIBUTE(exits);

/**
 * kvmhot_cells_felt() - print a tab and KVMHOT_CELLS_FELT_COLUMNS
 * @m: file to print to
 * @snap: figures of one or more cells
 */
void kvmhot_cells_felt(struct seq_file *m, const struct kvmhot_snap *snap)
{
	const struct kvmhot_dist *d = &snap->t.felt;

	seq_printf(m, "\t%llu\t%llu\t%llu", d->cycles, d->min, d->max);
	if (d->timed)
		kvmhot_show_buckets(m, snap->b.felt);
	else
		seq_puts(m, "\t-");
}

static void show_hist(struct seq_file *m, int id, unsigned int key,
		      const struct kvmhot_snap *snap)
{
	const struct kvmhot_dist *d = &snap->t.cost;

	if (!d->timed)
		return;
	seq_printf(m, "%d\t", id);
	kvmhot_show_key(m, key);
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", d->timed, d->cycles, d->min,
		   d->max);
	kvmhot_show_buckets(m, snap->b.cost);
	seq_printf(m, "\t%u", kvmhot_show_level(key));
	kvmhot_cells_felt(m, snap);
	seq_putc(m, '\n');
}

static int hist_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "hist", m->private);
	seq_puts(m, "# vcpu\treason\tname\ttimed\tcycles\tmin\tmax\tbuckets\tlevel\t"
		 KVMHOT_CELLS_FELT_COLUMNS "\n");
	return show_cells(m, show_hist);
}
DEFINE_SHOW_ATTRIBUTE(hist);

static void show_vcpu_stages(struct seq_file *m, int id, u64 timed,
			     const struct kvmhot_sums *s)
{
	seq_printf(m, "%d\t-\tall\t-\t%llu", id, timed);
	kvmhot_show_sums(m, s);
	seq_printf(m, "\t%llu\t%llu\t%llu\n", s->sum[KVMHOT_EPT_CYCLES],
		   s->since, s->now);
}

/**
 * kvmhot_cells_stages() - print a tab, KVMHOT_SHOW_STAGE_COLUMNS and 'ept'
 * @m: file to print to
 * @t: figures of one or more cells
 */
void kvmhot_cells_stages(struct seq_file *m, const struct kvmhot_tally *t)
{
	const struct kvmhot_beside *b = &t->beside;
	const struct kvmhot_dist *d = &t->cost;
	unsigned int i;

	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", d->guest, d->irq,
		   d->cycles - d->irq - t->reenter - of_stage(b, KVMHOT_ENTER),
		   t->reenter);
	for (i = 0; i < ARRAY_SIZE(b->cycles); i++)
		seq_printf(m, "\t%llu", b->cycles[i]);
	seq_printf(m, "\t0\t%llu", t->ept);
}

static void show_cell_stages(struct seq_file *m, int id, unsigned int key,
			     const struct kvmhot_tally *t,
			     const struct kvmhot_sums *s)
{
	seq_printf(m, "%d\t", id);
	kvmhot_show_key(m, key);
	seq_printf(m, "\t%u\t%llu", kvmhot_show_level(key), t->cost.timed);
	kvmhot_cells_stages(m, t);
	seq_printf(m, "\t%llu\t%llu\n", s->since, s->now);
}

/* All cells of a vCPU. */
struct vcpu_cells {
	struct kvmhot_tally	cell[KVMHOT_NR_KEYS];
};

/*
 * Copy all cells of a vCPU; @timed is set to the number of timed exits in them.  Return:
 * 0, or an errno of kvmhot_look_again().
 */
static int copy_cells(struct kvmhot_vcpu *v, struct vcpu_cells *cells,
		      u64 *timed)
{
	unsigned int key;
	int err;

	*timed = 0;
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		err = kvmhot_reason_tally(v, key, &cells->cell[key]);
		if (err)
			return err;
		*timed += cells->cell[key].cost.timed;
	}
	return 0;
}

/*
 * Show a vCPU's row, then the rows of its reasons.  The vCPU's row is read last, so it
 * has all that the others have.  All rows are of the same generation.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
static int show_stages(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
		       const void *unused)
{
	struct vcpu_cells *cells = buffer;
	unsigned int key, tries = 0;
	struct kvmhot_sums s;
	u64 timed;
	u32 gen;
	int err;

	do {
		/* Pairs with the store in kvmhot_reset_vm(). */
		gen = READ_ONCE(v->gen);
		err = kvmhot_look_again(&tries) ?:
		      copy_cells(v, cells, &timed) ?: kvmhot_since_sums(v, &s);
		if (err)
			return err;
	} while (s.gen != gen);
	show_vcpu_stages(m, v->id, timed, &s);
	for (key = 0; key < KVMHOT_NR_KEYS; key++)
		if (cells->cell[key].cost.timed)
			show_cell_stages(m, v->id, key, &cells->cell[key], &s);
	return 0;
}

static int stages_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "stages", m->private);
	seq_puts(m, "# vcpu\treason\tname\tlevel\texits\t"
		 KVMHOT_SHOW_STAGE_COLUMNS "\tept\tsince\tnow\n");
	return kvmhot_show_vcpus(m, sizeof(struct vcpu_cells), show_stages, NULL);
}
DEFINE_SHOW_ATTRIBUTE(stages);

static const char * const access_names[] = {
	[0] = "none",
	[KVMHOT_EPT_READ] = "read",
	[KVMHOT_EPT_WRITE] = "write",
	[KVMHOT_EPT_FETCH] = "fetch",
};

static_assert(ARRAY_SIZE(access_names) == KVMHOT_EPT_ACCESS + 1);

static void show_class(struct seq_file *m, int id, unsigned int key,
		       const struct kvmhot_snap *snap)
{
	const struct kvmhot_dist *d = &snap->t.cost;

	seq_printf(m, "%d\t", id);
	if (key < KVMHOT_KEY_EPT)
		seq_puts(m, "unseen\t-");
	else
		seq_printf(m, "%s\t%d", access_names[key & KVMHOT_EPT_ACCESS],
			   !!(key & KVMHOT_EPT_PRESENT));
	seq_printf(m, "\t%u\t%llu\t%llu\t%llu\t%llu",
		   kvmhot_show_level(kvmhot_key_reason(key)), d->timed,
		   d->cycles, d->min, d->max);
	kvmhot_show_buckets(m, snap->b.cost);
	kvmhot_cells_stages(m, &snap->t);
	seq_putc(m, '\n');
}

static int show_classes(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
			const void *unused)
{
	struct kvmhot_snap *snap = buffer;
	static const u16 unseen[] = {
		EXIT_REASON_EPT_VIOLATION,
		EXIT_REASON_EPT_VIOLATION | KVMHOT_KEY_LEVEL2,
	};
	unsigned int i, key;
	int ret;

	for (i = 0; i < KVMHOT_EPT_CLASSES + ARRAY_SIZE(unseen); i++) {
		key = i < KVMHOT_EPT_CLASSES ? KVMHOT_KEY_EPT + i :
					       unseen[i - KVMHOT_EPT_CLASSES];
		ret = kvmhot_snap_cell(v, key, &snap->t, &snap->b);
		if (ret < 0)
			return ret;
		if (ret && snap->t.cost.timed)
			show_class(m, v->id, key, snap);
	}
	return 0;
}

static int ept_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "ept", m->private);
	seq_puts(m, "# vcpu\taccess\tpresent\tlevel\ttimed\tcycles\tmin\tmax\tbuckets\t"
		 KVMHOT_SHOW_STAGE_COLUMNS "\tept\n");
	return kvmhot_show_vcpus(m, sizeof(struct kvmhot_snap), show_classes, NULL);
}
DEFINE_SHOW_ATTRIBUTE(ept);

const struct kvmhot_show_file kvmhot_cells_files[] = {
	{ "exits", 0400, &exits_fops },
	{ "hist", 0400, &hist_fops },
	{ "stages", 0400, &stages_fops },
	{ "ept", 0400, &ept_fops },
	{ }
};
