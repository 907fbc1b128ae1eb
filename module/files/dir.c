// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the directory of a VM, and its files.
 *
 * Process context; may sleep.  The worker calls kvmhot_dir_create().  The files use the
 * VM without a lock, as the worker removes the directory before it frees the VM.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "control/registry.h"
#include "control/reset.h"
#include "files/cells.h"
#include "files/counts.h"
#include "files/dir.h"
#include "files/input.h"
#include "files/show.h"
#include "files/spans.h"
#include "files/totals.h"
#include "files/vcpus.h"

static struct dentry *vms_dir;

static ssize_t reset_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	struct kvmhot_vm *vm = file->private_data;
	bool yes = false;
	int err;

	err = kvmhot_input_bool(buf, count, &yes);
	if (err == -EFAULT)
		return err;
	if (err || !yes) {
		pr_info_ratelimited("reset of a VM: accepted are 1, y, yes, on\n");
		return -EINVAL;
	}
	err = kvmhot_reset_vm(vm);
	return err ?: count;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = kvmhot_input_no_read,
	.write = reset_write,
	.llseek = noop_llseek,
};

static const struct kvmhot_show_file own_files[] = {
	{ "reset", 0200, &reset_fops },
	{ }
};

static const struct kvmhot_show_file * const tables[] = {
	kvmhot_cells_files, kvmhot_spans_files, kvmhot_counts_files,
	kvmhot_totals_files, kvmhot_vcpus_files, own_files,
};

/* Return: false if there was no memory for all files. */
static bool create_files(struct kvmhot_vm *vm, struct dentry *dir)
{
	const struct kvmhot_show_file *f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (f = tables[i]; f->name; f++)
			if (IS_ERR_OR_NULL(debugfs_create_file(f->name, f->mode, dir,
							       vm, f->fops)))
				return false;
	return true;
}

/**
 * kvmhot_dir_create() - make the directory of a VM
 * @vm: the VM
 *
 * Context: sleeps.
 *
 * Return: the directory, to be removed before @vm is freed; NULL if there was no memory
 * for it and all its files, and none was made.
 */
struct dentry *kvmhot_dir_create(struct kvmhot_vm *vm)
{
	struct dentry *dir = debugfs_create_dir(vm->name, vms_dir);

	if (!IS_ERR_OR_NULL(dir) && create_files(vm, dir))
		return dir;
	debugfs_remove(dir);
	return NULL;
}

/**
 * kvmhot_dir_init() - make the directory of the VMs' directories
 * @root: directory to make it in
 */
void kvmhot_dir_init(struct dentry *root)
{
	vms_dir = debugfs_create_dir("vms", root);
}
