// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what several files of a VM have in common.  See the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <asm/tsc.h>

#include "control/registry.h"
#include "files/show.h"
#include "hot/record.h"
#include "read/clock.h"
#include "read/snap.h"
#include "shared/version.h"

/* The stages, in the order of KVMHOT_SHOW_STAGE_COLUMNS. */
const u8 kvmhot_show_stages[KVMHOT_NR_STAGES] = {
	KVMHOT_GUEST, KVMHOT_IRQ, KVMHOT_HANDLE, KVMHOT_REENTER, KVMHOT_ENTER,
	KVMHOT_POLL, KVMHOT_BLOCK, KVMHOT_USER, KVMHOT_AWAY, KVMHOT_IOCTL,
	KVMHOT_PREEMPTED, KVMHOT_SLEPT, KVMHOT_UNKNOWN,
};

/**
 * kvmhot_show_header() - print the first line of a VM's file
 * @m: file to print to
 * @file: name of the file
 * @vm: the VM
 */
void kvmhot_show_header(struct seq_file *m, const char *file,
			const struct kvmhot_vm *vm)
{
	u64 ended = READ_ONCE(vm->ended);

	seq_printf(m, "# kvmhot abi %d %s vm=%s pid=%d state=%s tsc_khz=%u since=%llu now=%llu comm=%s\n",
		   KVMHOT_ABI, file, vm->name, vm->pid,
		   ended ? "ended" : "running", tsc_khz,
		   READ_ONCE(vm->since), ended ?: kvmhot_clock(), vm->comm);
}

/**
 * kvmhot_show_key() - print an exit's key as the columns 'reason' and 'name'
 * @m: file to print to
 * @key: the key
 */
void kvmhot_show_key(struct seq_file *m, unsigned int key)
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
 * kvmhot_show_level() - the level of an exit
 * @key: key of the exit
 *
 * Return: 2 if a nested guest exited, else 1.
 */
unsigned int kvmhot_show_level(unsigned int key)
{
	return key & KVMHOT_KEY_LEVEL2 ? 2 : 1;
}

/**
 * kvmhot_show_buckets() - print a tab and a histogram
 * @m: file to print to
 * @bucket: KVMHOT_HIST_BUCKETS counts
 */
void kvmhot_show_buckets(struct seq_file *m, const u64 *bucket)
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

/**
 * kvmhot_show_sums() - print a tab and KVMHOT_SHOW_STAGE_COLUMNS
 * @m: file to print to
 * @s: sums of one or more vCPUs
 */
void kvmhot_show_sums(struct seq_file *m, const struct kvmhot_sums *s)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_STAGES; i++)
		seq_printf(m, "\t%llu", s->sum[kvmhot_show_stages[i]]);
}

/**
 * kvmhot_show_vcpus() - show each vCPU of a VM
 * @m: file to print to; its private data is the VM
 * @size: size of the buffer that @show gets, as it is too large for the stack
 * @show: shows one vCPU; returns 0 or an errno
 * @arg: passed on to @show
 *
 * Return: 0 or an errno.
 */
int kvmhot_show_vcpus(struct seq_file *m, size_t size,
		      int (*show)(struct seq_file *m, struct kvmhot_vcpu *v,
				  void *buffer, const void *arg),
		      const void *arg)
{
	struct kvmhot_vm *vm = m->private;
	void *buffer = kvmalloc(size, GFP_KERNEL);
	struct kvmhot_vcpu *v;
	int err = 0;

	if (!buffer)
		return -ENOMEM;
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		/* seq_file calls again, with a larger buffer. */
		if (seq_has_overflowed(m))
			break;
		err = show(m, v, buffer, arg);
		if (err)
			break;
		cond_resched();
	}
	kvfree(buffer);
	return err;
}
