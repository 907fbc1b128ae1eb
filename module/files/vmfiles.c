// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a VM, and what is common to them; those of cells and other
 * spans are in cellfiles.c and spanfiles.c, their sums in totalfile.c.  See the file ABI.
 *
 * They use the VM without a lock: its directory goes before it does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "kvmhot.h"

/* The stages, in the order of KVMHOT_COLUMNS_STAGES. */
const u8 kvmhot_vmfiles_stages[KVMHOT_VMFILES_STAGES] = {
	KVMHOT_GUEST, KVMHOT_IRQ, KVMHOT_HANDLE, KVMHOT_REENTER, KVMHOT_ENTER,
	KVMHOT_POLL, KVMHOT_BLOCK, KVMHOT_USER, KVMHOT_AWAY, KVMHOT_IOCTL,
	KVMHOT_PREEMPTED, KVMHOT_SLEPT, KVMHOT_UNKNOWN,
};

/**
 * kvmhot_vmfiles_header() - the first line of a VM's file
 * @m: where to
 * @file: its name
 * @vm: the VM
 */
void kvmhot_vmfiles_header(struct seq_file *m, const char *file,
			   const struct kvmhot_vm *vm)
{
	u64 ended = READ_ONCE(vm->ended);

	seq_printf(m, "# kvmhot abi %d %s vm=%s pid=%d state=%s tsc_khz=%u since=%llu now=%llu comm=%s\n",
		   KVMHOT_ABI, file, vm->name, vm->pid,
		   ended ? "ended" : "running", tsc_khz,
		   READ_ONCE(vm->since), ended ?: kvmhot_clock(), vm->comm);
}

/**
 * kvmhot_vmfiles_key() - what an exit counts under, as 'reason', 'name'
 * @m: where to
 * @key: the key
 */
void kvmhot_vmfiles_key(struct seq_file *m, unsigned int key)
{
	unsigned int nr = key & KVMHOT_REASON_LAST;
	const char *name = kvmhot_reason_name(nr);

	if (key == KVMHOT_KEY_NONE)
		seq_printf(m, "%u\tNONE", key);
	else if (name)
		seq_printf(m, "%u\t%s", nr, name);
	else
		seq_printf(m, "%u\tREASON_%u", nr, nr);
}

/**
 * kvmhot_vmfiles_level() - the level of an exit
 * @key: what it counts under
 *
 * Return: 1, or 2 if it was the nested guest's.
 */
unsigned int kvmhot_vmfiles_level(unsigned int key)
{
	return key & KVMHOT_KEY_LEVEL2 ? 2 : 1;
}

/**
 * kvmhot_vmfiles_buckets() - a histogram, with the tab before it
 * @m: where to
 * @bucket: KVMHOT_HIST_BUCKETS counts
 */
void kvmhot_vmfiles_buckets(struct seq_file *m, const u64 *bucket)
{
	const char *sep = "\t";
	unsigned int i;

	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++) {
		if (!bucket[i])
			continue;
		seq_printf(m, "%s%llu:%llu", sep, kvmhot_hist_low(i),
			   bucket[i]);
		sep = " ";
	}
}

/* Of the cells since the last reset.  Return: as kvmhot_vmfiles_read(). */
static int count_exits(struct kvmhot_vcpu *v, struct kvmhot_figures *f)
{
	struct kvmhot_tally t;
	unsigned int key;
	int err;

	f->exits = 0;
	f->level2 = 0;
	f->lost = 0;
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		err = kvmhot_reason_tally(v, key, &t);
		if (err)
			return err;
		f->exits += t.exits;
		f->lost += t.lost;
		if (key & KVMHOT_KEY_LEVEL2)
			f->level2 += t.exits;
	}
	return 0;
}

/**
 * kvmhot_vmfiles_read() - read what file vcpus has of a vCPU
 * @v: the vCPU
 * @f: set to it; all that a reset touches is of the same generation
 *
 * Context: sleeps.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_vmfiles_read(struct kvmhot_vcpu *v, struct kvmhot_figures *f)
{
	unsigned int tries = 0;
	u32 gen;
	int err;

	do {
		/* Pairs with the store in kvmhot_vm_reset_one(). */
		gen = READ_ONCE(v->gen);
		err = kvmhot_look_again(&tries) ?: count_exits(v, f) ?:
		      kvmhot_vcpu_sums(v, &f->s);
		if (err)
			return err;
	} while (f->s.gen != gen);
	f->bytes = kvmhot_pool_vcpu_bytes(v) +
		   (READ_ONCE(v->pmu) ? sizeof(*v->pmu) : 0);
	return kvmhot_coverage_kvm_exits(v, &f->kvm_exits);
}

/**
 * kvmhot_vmfiles_sums() - KVMHOT_COLUMNS_STAGES, with the tab before them
 * @m: where to
 * @s: the sums of a vCPU, or of several
 */
void kvmhot_vmfiles_sums(struct seq_file *m, const struct kvmhot_sums *s)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_VMFILES_STAGES; i++)
		seq_printf(m, "\t%llu", s->sum[kvmhot_vmfiles_stages[i]]);
}

/**
 * kvmhot_vmfiles_show() - KVMHOT_COLUMNS_VCPU, with the tab before them
 * @m: where to
 * @f: the figures of a vCPU, or of several
 */
void kvmhot_vmfiles_show(struct seq_file *m, const struct kvmhot_figures *f)
{
	const u64 *sum = f->s.sum;

	seq_printf(m, "\t%llu\t%llu\t%llu", f->exits + sum[KVMHOT_DROPPED],
		   sum[KVMHOT_DROPPED], f->lost);
	seq_printf(m, "\t%llu\t%llu\t%llu", sum[KVMHOT_ENTRIES],
		   sum[KVMHOT_RUNS], sum[KVMHOT_GUEST]);
	seq_printf(m, "\t%llu", sum[KVMHOT_IRQ] + sum[KVMHOT_HANDLE] +
				sum[KVMHOT_REENTER] + sum[KVMHOT_ENTER]);
	seq_printf(m, "\t%llu", sum[KVMHOT_PREEMPTED] + sum[KVMHOT_SLEPT]);
	seq_printf(m, "\t%llu\t%llu", sum[KVMHOT_USER] + sum[KVMHOT_IOCTL],
		   sum[KVMHOT_UNKNOWN]);
	seq_printf(m, "\t%llu\t%llu\t%llu", sum[KVMHOT_EPT],
		   sum[KVMHOT_EPT_CYCLES], f->bytes);
	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu",
		   sum[KVMHOT_POLL] + sum[KVMHOT_BLOCK], f->kvm_exits,
		   f->level2, sum[KVMHOT_AWAY]);
}

static int show_vcpu(struct seq_file *m, struct kvmhot_vcpu *v)
{
	struct kvmhot_figures f;
	int err = kvmhot_vmfiles_read(v, &f);

	if (err)
		return err;
	seq_printf(m, "%d\t%d", v->id, READ_ONCE(v->tid));
	kvmhot_vmfiles_show(m, &f);
	seq_putc(m, '\n');
	return 0;
}

static int vcpus_show(struct seq_file *m, void *unused)
{
	struct kvmhot_vm *vm = m->private;
	struct kvmhot_vcpu *v;
	int err;

	kvmhot_vmfiles_header(m, "vcpus", vm);
	seq_puts(m, "# vcpu\ttid\t" KVMHOT_COLUMNS_VCPU "\n");
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		err = show_vcpu(m, v);
		if (err)
			return err;
	}
	return 0;
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
	err = kvmhot_vm_reset_one(vm);
	return err ?: count;
}

static const struct file_operations vm_reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = kvmhot_debugfs_no_read,
	.write = vm_reset_write,
	.llseek = noop_llseek,
};

/**
 * kvmhot_vmfiles_add() - make one file of a VM
 * @dir: the VM's directory
 * @name: of the file
 * @mode: of the file
 * @vm: the VM
 * @fops: what it does
 *
 * Context: sleeps.
 *
 * Return: false if there was no memory for it.
 */
bool kvmhot_vmfiles_add(struct dentry *dir, const char *name, umode_t mode,
			struct kvmhot_vm *vm, const struct file_operations *fops)
{
	return !IS_ERR_OR_NULL(debugfs_create_file(name, mode, dir, vm, fops));
}

/**
 * kvmhot_vmfiles_create() - make the files of a VM
 * @vm: the VM
 * @parent: where to put its directory
 *
 * Context: sleeps.
 *
 * Return: the directory, to be removed before @vm is freed; NULL if there was no
 * memory for it and all its files, then there are none.
 */
struct dentry *kvmhot_vmfiles_create(struct kvmhot_vm *vm,
				     struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(vm->name, parent);

	if (!IS_ERR_OR_NULL(dir) && kvmhot_cellfiles_create(vm, dir) &&
	    kvmhot_spanfiles_create(vm, dir) &&
	    kvmhot_pmufiles_create(vm, dir) &&
	    kvmhot_totalfile_create(vm, dir) &&
	    kvmhot_vmfiles_add(dir, "vcpus", 0400, vm, &vcpus_fops) &&
	    kvmhot_vmfiles_add(dir, "reset", 0200, vm, &vm_reset_fops))
		return dir;
	debugfs_remove(dir);
	return NULL;
}
