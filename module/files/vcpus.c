// SPDX-License-Identifier: GPL-2.0
/*
 * Shows the vCPUs of a VM: the file vcpus.  See the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/module.h>
#include <linux/seq_file.h>

#include "files/show.h"
#include "files/vcpus.h"
#include "read/figures.h"

/**
 * kvmhot_vcpus_columns() - print a tab and KVMHOT_VCPUS_COLUMNS
 * @m: file to print to
 * @f: figures of one or more vCPUs
 */
void kvmhot_vcpus_columns(struct seq_file *m, const struct kvmhot_figures *f)
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

static int show_vcpu(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
		     const void *unused)
{
	struct kvmhot_figures *f = buffer;
	int err = kvmhot_figures_read(v, f);

	if (err)
		return err;
	seq_printf(m, "%d\t%d", v->id, READ_ONCE(v->tid));
	kvmhot_vcpus_columns(m, f);
	seq_putc(m, '\n');
	return 0;
}

static int vcpus_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "vcpus", m->private);
	seq_puts(m, "# vcpu\ttid\t" KVMHOT_VCPUS_COLUMNS "\n");
	return kvmhot_show_vcpus(m, sizeof(struct kvmhot_figures), show_vcpu, NULL);
}
DEFINE_SHOW_ATTRIBUTE(vcpus);

const struct kvmhot_show_file kvmhot_vcpus_files[] = {
	{ "vcpus", 0400, &vcpus_fops },
	{ }
};
