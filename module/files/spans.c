// SPDX-License-Identifier: GPL-2.0
/*
 * Shows the spans of a VM: the files user, halt and ioctl.  See the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "files/names.h"
#include "files/show.h"
#include "files/spans.h"
#include "hot/lines.h"
#include "hot/record.h"
#include "read/snap.h"

typedef void (*show_key_t)(struct seq_file *m, const struct kvmhot_span_snap *snap);

/* Only the file user has a column for the time beside: away. */
static void show_figures(struct seq_file *m, const struct kvmhot_span_snap *snap,
			 bool beside)
{
	const struct kvmhot_dist *d = &snap->d;

	seq_printf(m, "\t%llu\t%llu\t%llu\t%llu", d->timed, d->cycles, d->min,
		   d->max);
	if (beside)
		seq_printf(m, "\t%llu", d->guest);
	kvmhot_show_buckets(m, snap->bucket);
	seq_putc(m, '\n');
}

/* A kind of spans, and the function that shows their key. */
struct kind {
	enum kvmhot_chain	chain;
	show_key_t		show_key;
};

/* Show a vCPU's spans of @arg, a struct kind.  Return: 0 or an errno. */
static int show_vcpu(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
		     const void *arg)
{
	struct kvmhot_span_snap *snap = buffer;
	const struct kind *kind = arg;
	const struct kvmhot_spans *spans;
	unsigned int line;
	int ret;

	/* Pairs with try_cmpxchg() in spans_new(), which puts new spans first. */
	line = smp_load_acquire(&v->chains[kind->chain]);
	for (; line; line = spans->next) {
		spans = kvmhot_lines_at(v, line);
		ret = kvmhot_snap_spans(v, spans, snap);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		seq_printf(m, "%d\t", v->id);
		kind->show_key(m, snap);
		show_figures(m, snap, kind->chain == KVMHOT_CHAIN_USER);
	}
	return 0;
}

/* Return: 0 or an errno. */
static int show_spans(struct seq_file *m, enum kvmhot_chain chain,
		      show_key_t show_key)
{
	const struct kind kind = { chain, show_key };

	return kvmhot_show_vcpus(m, sizeof(struct kvmhot_span_snap), show_vcpu, &kind);
}

static void show_user_key(struct seq_file *m, const struct kvmhot_span_snap *snap)
{
	unsigned int key = snap->key & 0xffff, run = snap->key >> 16;
	const char *name = kvmhot_names_run(run);
	bool l2 = key != KVMHOT_KEY_NONE && key & KVMHOT_KEY_LEVEL2;

	kvmhot_show_key(m, key);
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
	kvmhot_show_header(m, "user", m->private);
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
	kvmhot_show_header(m, "halt", m->private);
	seq_puts(m, "# vcpu\tstage\ttimed\tcycles\tmin\tmax\tbuckets\n");
	return show_spans(m, KVMHOT_CHAIN_HALT, show_halt_key);
}
DEFINE_SHOW_ATTRIBUTE(halt);

static const char * const result_names[] = {
	[KVMHOT_OK] = "ok",
	[KVMHOT_EINTR] = "EINTR",
	[KVMHOT_EAGAIN] = "EAGAIN",
	[KVMHOT_ERROR] = "error",
};

static_assert(ARRAY_SIZE(result_names) == KVMHOT_NR_RESULTS);

static void show_ioctl_key(struct seq_file *m, const struct kvmhot_span_snap *snap)
{
	const char *name = kvmhot_names_ioctl(snap->key);

	seq_printf(m, "0x%x\t", snap->key);
	if (name)
		seq_puts(m, name);
	else
		seq_printf(m, "IOCTL_0x%x", snap->key);
	seq_printf(m, "\t%s", result_names[snap->aux]);
}

static int ioctl_show(struct seq_file *m, void *unused)
{
	kvmhot_show_header(m, "ioctl", m->private);
	seq_puts(m, "# vcpu\tcmd\tname\tresult\ttimed\tcycles\tmin\tmax\tbuckets\n");
	return show_spans(m, KVMHOT_CHAIN_RUN, show_ioctl_key) ?:
	       show_spans(m, KVMHOT_CHAIN_IOCTL, show_ioctl_key);
}
DEFINE_SHOW_ATTRIBUTE(ioctl);

const struct kvmhot_show_file kvmhot_spans_files[] = {
	{ "user", 0400, &user_fops },
	{ "halt", 0400, &halt_fops },
	{ "ioctl", 0400, &ioctl_fops },
	{ }
};
