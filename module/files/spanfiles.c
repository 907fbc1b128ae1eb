// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a VM that show spans: user, halt, ioctl.  See the file ABI.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "files/names.h"
#include "hot/lines.h"
#include "kvmhot.h"

typedef void (*show_key_t)(struct seq_file *m, const struct kvmhot_span_snap *snap);

/* Only file user has a column of what is beside. */
static void show_figures(struct seq_file *m, const struct kvmhot_span_snap *snap,
			 bool beside)
{
	const struct kvmhot_dist *d = &snap->d;

	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", d->timed, d->cycles, d->min,
		   d->max);
	if (beside)
		seq_printf(m, "\t%llu", d->guest);
	kvmhot_vmfiles_buckets(m, snap->bucket);
	seq_putc(m, '\n');
}

static int show_spans_of(struct seq_file *m, struct kvmhot_vcpu *v,
			 enum kvmhot_chain chain, show_key_t show_key,
			 struct kvmhot_span_snap *snap)
{
	const struct kvmhot_spans *spans;
	unsigned int line;
	int ret;

	/* Pairs with try_cmpxchg() in spans_new(): new ones are put before others. */
	for (line = smp_load_acquire(&v->chains[chain]); line; line = spans->next) {
		spans = kvmhot_line_at(v, line);
		ret = kvmhot_snap_spans(v, spans, snap);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		seq_printf(m, "%d\t", v->id);
		show_key(m, snap);
		show_figures(m, snap, chain == KVMHOT_CHAIN_USER);
	}
	return 0;
}

/* Return: 0 or an errno. */
static int show_spans(struct seq_file *m, enum kvmhot_chain chain,
		      show_key_t show_key)
{
	struct kvmhot_vm *vm = m->private;
	struct kvmhot_span_snap *snap;
	struct kvmhot_vcpu *v;
	int ret = 0;

	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!snap)
		return -ENOMEM;
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		/* All is done again, with a bigger buffer. */
		if (seq_has_overflowed(m))
			break;
		ret = show_spans_of(m, v, chain, show_key, snap);
		if (ret)
			break;
	}
	kfree(snap);
	return ret;
}

static void show_user_key(struct seq_file *m, const struct kvmhot_span_snap *snap)
{
	unsigned int key = snap->key & 0xffff, run = snap->key >> 16;
	const char *name = kvmhot_run_name(run);
	bool l2 = key != KVMHOT_KEY_NONE && key & KVMHOT_KEY_LEVEL2;

	kvmhot_vmfiles_key(m, key);
	seq_printf(m, "\t%d\t%u\t", l2 ? 2 : 1, run);
	if (run == KVMHOT_RUN_ERROR)
		seq_puts(m, "ERROR");
	else if (name)
		seq_printf(m, "KVM_EXIT_%s", name);
	else
		seq_printf(m, "KVM_EXIT_%u", run);
}

static int user_show(struct seq_file *m, void *unused)
{
	kvmhot_vmfiles_header(m, "user", m->private);
	seq_puts(m, "# vcpu\treason\tname\tlevel\trun\trun_name\ttimed\tcycles\tmin\tmax\taway_cycles\tbuckets\n");
	return show_spans(m, KVMHOT_CHAIN_USER, show_user_key);
}
DEFINE_SHOW_ATTRIBUTE(user);

static void show_halt_key(struct seq_file *m, const struct kvmhot_span_snap *snap)
{
	seq_puts(m, snap->key == KVMHOT_POLL ? "poll" : "block");
}

static int halt_show(struct seq_file *m, void *unused)
{
	kvmhot_vmfiles_header(m, "halt", m->private);
	seq_puts(m, "# vcpu\tstage\ttimed\tcycles\tmin\tmax\tbuckets\n");
	return show_spans(m, KVMHOT_CHAIN_HALT, show_halt_key);
}
DEFINE_SHOW_ATTRIBUTE(halt);

static void show_ioctl_key(struct seq_file *m, const struct kvmhot_span_snap *snap)
{
	static const char * const results[] = {
		[KVMHOT_OK] = "ok",
		[KVMHOT_EINTR] = "EINTR",
		[KVMHOT_EAGAIN] = "EAGAIN",
		[KVMHOT_ERROR] = "error",
	};
	const char *name = kvmhot_ioctl_name(snap->key);

	seq_printf(m, "0x%x\t", snap->key);
	if (name)
		seq_puts(m, name);
	else
		seq_printf(m, "IOCTL_0x%x", snap->key);
	seq_printf(m, "\t%s", results[snap->aux]);
}

static int ioctl_show(struct seq_file *m, void *unused)
{
	kvmhot_vmfiles_header(m, "ioctl", m->private);
	seq_puts(m, "# vcpu\tcmd\tname\tresult\ttimed\tcycles\tmin\tmax\tbuckets\n");
	return show_spans(m, KVMHOT_CHAIN_RUN, show_ioctl_key) ?:
	       show_spans(m, KVMHOT_CHAIN_IOCTL, show_ioctl_key);
}
DEFINE_SHOW_ATTRIBUTE(ioctl);

/**
 * kvmhot_spanfiles_create() - make these files of a VM
 * @vm: the VM
 * @dir: its directory
 *
 * Return: false if there was no memory for all.
 */
bool kvmhot_spanfiles_create(struct kvmhot_vm *vm, struct dentry *dir)
{
	return kvmhot_vmfiles_add(dir, "user", 0400, vm, &user_fops) &&
	       kvmhot_vmfiles_add(dir, "halt", 0400, vm, &halt_fops) &&
	       kvmhot_vmfiles_add(dir, "ioctl", 0400, vm, &ioctl_fops);
}
