// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a VM.  See the file ABI.
 *
 * They use the VM without a lock: its directory goes before it does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "kvmhot.h"

static void show_header(struct seq_file *m, const char *file,
			const struct kvmhot_vm *vm)
{
	u64 ended = READ_ONCE(vm->ended);

	seq_printf(m, "# kvmhot abi %d %s vm=%s pid=%d state=%s tsc_khz=%u since=%llu now=%llu comm=%s\n",
		   KVMHOT_ABI, file, vm->name, vm->pid,
		   ended ? "ended" : "running", tsc_khz,
		   READ_ONCE(vm->since), ended ?: rdtsc(), vm->comm);
}

static void show_reason(struct seq_file *m, unsigned int nr)
{
	const char *name = kvmhot_reason_name(nr);

	if (name)
		seq_printf(m, "%u\t%s", nr, name);
	else
		seq_printf(m, "%u\tREASON_%u", nr, nr);
}

typedef void (*show_cell_t)(struct seq_file *m, int vcpu, unsigned int reason,
			    const struct kvmhot_snap *snap);

/* Call @show for each cell of a VM.  Return: 0 or an errno. */
static int show_cells(struct seq_file *m, show_cell_t show)
{
	struct kvmhot_vm *vm = m->private;
	struct kvmhot_snap *snap;
	struct kvmhot_vcpu *v;
	unsigned int nr;
	int ret = 0;

	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!snap)
		return -ENOMEM;
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		/* All is done again, with a bigger buffer. */
		if (seq_has_overflowed(m))
			break;
		for (nr = 0; nr < KVMHOT_NR_REASONS; nr++) {
			ret = kvmhot_cell_snap(v, nr, snap);
			if (ret < 0)
				goto out;
			if (ret)
				show(m, v->id, nr, snap);
		}
	}
	ret = 0;
out:
	kfree(snap);
	return ret;
}

static void show_exits(struct seq_file *m, int vcpu, unsigned int nr,
		       const struct kvmhot_snap *snap)
{
	const struct kvmhot_cell *c = &snap->cell;

	seq_printf(m, "%d\t", vcpu);
	show_reason(m, nr);
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu\t%llu", c->exits, c->timed,
		   snap->open, c->lost, c->fast);
	seq_printf(m, "\t%llu\t%llu\t%llu", c->cycles, c->timed ? c->min : 0,
		   c->max);
	seq_printf(m, "\t%llu\t%llu\t%llu", c->wait, c->wait_cycles,
		   c->wait_max);
	seq_printf(m, "\t%llu\t%llu\t%llu", c->user, c->user_cycles,
		   c->user_max);
	seq_printf(m, "\t%llu\n", snap->total);
}

static int exits_show(struct seq_file *m, void *unused)
{
	show_header(m, "exits", m->private);
	seq_puts(m, "# vcpu\treason\tname\texits\ttimed\topen\tlost\tfast\tcycles\tmin\tmax\twait\twait_cycles\twait_max\tuser\tuser_cycles\tuser_max\ttotal\n");
	return show_cells(m, show_exits);
}
DEFINE_SHOW_ATTRIBUTE(exits);

static void show_hist(struct seq_file *m, int vcpu, unsigned int nr,
		      const struct kvmhot_snap *snap)
{
	const struct kvmhot_cell *c = &snap->cell;
	const char *sep = "\t";
	unsigned int i;

	if (!c->timed)
		return;
	seq_printf(m, "%d\t", vcpu);
	show_reason(m, nr);
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", c->timed, c->cycles, c->min,
		   c->max);
	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++) {
		if (!snap->bucket[i])
			continue;
		seq_printf(m, "%s%llu:%llu", sep, kvmhot_hist_low(i),
			   snap->bucket[i]);
		sep = " ";
	}
	seq_putc(m, '\n');
}

static int hist_show(struct seq_file *m, void *unused)
{
	show_header(m, "hist", m->private);
	seq_puts(m, "# vcpu\treason\tname\ttimed\tcycles\tmin\tmax\tbuckets\n");
	return show_cells(m, show_hist);
}
DEFINE_SHOW_ATTRIBUTE(hist);

static u64 sum_of(const struct kvmhot_vcpu *v, enum kvmhot_sum what)
{
	/*
	 * First the base: the sum only grows, so it cannot be below it.
	 * Pairs with the release in kvmhot_vm_reset_one().
	 */
	u64 base = smp_load_acquire(&v->base[what]);

	return READ_ONCE(v->sum[what]) - base;
}

static int show_vcpu(struct seq_file *m, struct kvmhot_vcpu *v,
		     struct kvmhot_snap *snap)
{
	u64 exits = sum_of(v, KVMHOT_DROPPED), lost = 0;
	unsigned int nr;
	int ret;

	for (nr = 0; nr < KVMHOT_NR_REASONS; nr++) {
		ret = kvmhot_cell_snap(v, nr, snap);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		exits += snap->cell.exits;
		lost += snap->cell.lost;
	}
	seq_printf(m, "%d\t%d\t%llu\t%llu\t%llu", v->id, READ_ONCE(v->tid),
		   exits, sum_of(v, KVMHOT_DROPPED), lost);
	seq_printf(m, "\t%llu\t%llu", sum_of(v, KVMHOT_ENTRIES),
		   sum_of(v, KVMHOT_RUNS));
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu\t%llu",
		   sum_of(v, KVMHOT_GUEST), sum_of(v, KVMHOT_KVM),
		   sum_of(v, KVMHOT_WAIT), sum_of(v, KVMHOT_USER),
		   sum_of(v, KVMHOT_UNKNOWN));
	seq_printf(m, "\t%llu\t%llu\t%llu\n", sum_of(v, KVMHOT_EPT),
		   sum_of(v, KVMHOT_EPT_CYCLES), kvmhot_pool_vcpu_bytes(v));
	return 0;
}

static int vcpus_show(struct seq_file *m, void *unused)
{
	struct kvmhot_vm *vm = m->private;
	struct kvmhot_snap *snap;
	struct kvmhot_vcpu *v;
	int ret = 0;

	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!snap)
		return -ENOMEM;
	show_header(m, "vcpus", vm);
	seq_puts(m, "# vcpu\ttid\texits\tdropped\tlost\tentries\truns\tguest_cycles\tkvm_cycles\twait_cycles\tuser_cycles\tunknown_cycles\tept\tept_cycles\tbytes\n");
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		ret = show_vcpu(m, v, snap);
		if (ret)
			break;
	}
	kfree(snap);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(vcpus);

static ssize_t vm_reset_write(struct file *file, const char __user *buf,
			      size_t count, loff_t *pos)
{
	struct kvmhot_vm *vm = file->private_data;
	bool yes = false;
	int err;

	err = kvmhot_debugfs_bool(buf, count, &yes);
	if (err == -EFAULT)
		return err;
	if (err || !yes) {
		pr_info_ratelimited("reset of a VM: accepted are 1, y, yes, on\n");
		return -EINVAL;
	}
	kvmhot_vm_reset_one(vm);
	return count;
}

static const struct file_operations vm_reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = kvmhot_debugfs_no_read,
	.write = vm_reset_write,
	.llseek = noop_llseek,
};

/**
 * kvmhot_vmfiles_create() - make the files of a VM
 * @vm: the VM
 * @parent: where to put its directory
 *
 * Context: sleeps.
 *
 * Return: the directory, to be removed before @vm is freed.
 */
struct dentry *kvmhot_vmfiles_create(struct kvmhot_vm *vm,
				     struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(vm->name, parent);

	debugfs_create_file("exits", 0400, dir, vm, &exits_fops);
	debugfs_create_file("hist", 0400, dir, vm, &hist_fops);
	debugfs_create_file("vcpus", 0400, dir, vm, &vcpus_fops);
	debugfs_create_file("reset", 0200, dir, vm, &vm_reset_fops);
	return dir;
}
