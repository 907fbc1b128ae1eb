// SPDX-License-Identifier: GPL-2.0
/*
 * Shows sums over the vCPUs of a VM: the file totals.  See the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "control/registry.h"
#include "files/cells.h"
#include "files/show.h"
#include "files/totals.h"
#include "files/vcpus.h"
#include "read/figures.h"
#include "read/look.h"
#include "read/reason.h"

/* Room for most VMs: a larger file is read again, with a larger buffer. */
#define TOTALS_SIZE	SZ_32K

/* Buffers for one vCPU and for the sum of all; too large for the stack. */
struct totals {
	struct kvmhot_snap	snap;
	struct kvmhot_snap	sum;
	struct kvmhot_figures	vcpu;
	struct kvmhot_figures	all;
};

/* Add a reason's figures of all vCPUs up in @t->sum.  Return: as kvmhot_reason_snap(). */
static int sum_cells(struct kvmhot_vm *vm, unsigned int key, struct totals *t)
{
	struct kvmhot_vcpu *v;
	int ret, there = 0;

	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		ret = kvmhot_reason_snap(v, key, &t->snap);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		if (!there)
			memset(&t->sum, 0, sizeof(t->sum));
		there = 1;
		kvmhot_reason_add(&t->sum.t, &t->sum.b, &t->snap.t, &t->snap.b);
	}
	return there;
}

/* Return: 0 or an errno. */
static int show_reasons(struct seq_file *m, struct totals *t)
{
	unsigned int key;
	int ret;

	seq_puts(m, "# reason\tnumber\tname\tlevel\t" KVMHOT_CELLS_COLUMNS "\t"
		 KVMHOT_SHOW_STAGE_COLUMNS "\tept\tbuckets\t" KVMHOT_CELLS_FELT_COLUMNS "\n");
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		/* seq_file calls again, with a larger buffer. */
		if (seq_has_overflowed(m))
			break;
		cond_resched();
		ret = sum_cells(m->private, key, t);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		seq_puts(m, "reason\t");
		kvmhot_show_key(m, key);
		seq_printf(m, "\t%u", kvmhot_show_level(key));
		kvmhot_cells_columns(m, &t->sum.t);
		kvmhot_cells_stages(m, &t->sum.t);
		if (t->sum.t.cost.timed)
			kvmhot_show_buckets(m, t->sum.b.cost);
		else
			seq_puts(m, "\t-");
		kvmhot_cells_felt(m, &t->sum);
		seq_putc(m, '\n');
	}
	return 0;
}

/* Return: 0 or an errno. */
static int show_vm(struct seq_file *m, struct totals *t)
{
	struct kvmhot_vm *vm = m->private;
	unsigned int nr_vcpus = 0;
	struct kvmhot_vcpu *v;
	int err;

	memset(&t->all, 0, sizeof(t->all));
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		if (seq_has_overflowed(m))
			return 0;
		err = kvmhot_figures_read(v, &t->vcpu);
		if (err)
			return err;
		kvmhot_figures_add(&t->all, &t->vcpu);
		nr_vcpus++;
	}
	seq_puts(m, "# vm\tvcpus\t" KVMHOT_VCPUS_COLUMNS "\t"
		 KVMHOT_SHOW_STAGE_COLUMNS "\n");
	seq_printf(m, "vm\t%u", nr_vcpus);
	kvmhot_vcpus_columns(m, &t->all);
	kvmhot_show_sums(m, &t->all.s);
	seq_putc(m, '\n');
	return 0;
}

/*
 * Show the rows of the reasons, and then the VM's row, which has all that they have.
 *
 * Retry if a reset happened while reading.  A reset raises the generation of each vCPU,
 * and then changes @since, under kvmhot_since_lock.  The sums of each vCPU are read under
 * the same lock, and they are read last.  So if a reset touched anything of what was
 * read, it is over by then, and @since has changed.
 */
static int totals_show(struct seq_file *m, void *unused)
{
	struct kvmhot_vm *vm = m->private;
	size_t start = m->count;
	unsigned int tries = 0;
	struct totals *t;
	u64 since;
	int ret;

	t = kvmalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	do {
		m->count = start;
		/* Pairs with the store in kvmhot_reset_vm(). */
		since = READ_ONCE(vm->since);
		kvmhot_show_header(m, "totals", vm);
		ret = kvmhot_look_again(&tries) ?: show_reasons(m, t) ?:
		      show_vm(m, t);
		if (ret)
			break;
	} while (READ_ONCE(vm->since) != since);
	kvfree(t);
	return ret;
}

static int totals_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, totals_show, inode->i_private,
				TOTALS_SIZE);
}

static const struct file_operations totals_fops = {
	.owner = THIS_MODULE,
	.open = totals_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

const struct kvmhot_show_file kvmhot_totals_files[] = {
	{ "totals", 0400, &totals_fops },
	{ }
};
