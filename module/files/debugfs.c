// SPDX-License-Identifier: GPL-2.0
/*
 * The files at the top of /sys/kernel/debug/kvmhot.  See the file ABI.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "control/events.h"
#include "control/hook.h"
#include "control/owner.h"
#include "kvmhot.h"

static struct dentry *root, *vms_dir;

static int version_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "# kvmhot abi %d version\n# key\tvalue\n", KVMHOT_ABI);
	seq_printf(m, "version\t%s\n", KVMHOT_VERSION);
	seq_printf(m, "abi\t%d\n", KVMHOT_ABI);
	seq_printf(m, "kernel\t%s\n", init_utsname()->release);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(version);

static void show_forgotten(struct seq_file *m, const struct kvmhot_totals *t)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < KVMHOT_NR_BOUNDS; i++)
		sum += t->forgotten_vms[i];
	seq_printf(m, "forgotten_vms\t%llu\n", sum);
	seq_printf(m, "forgotten_exits\t%llu\n", t->forgotten_exits);
	for (i = 0; i < KVMHOT_NR_BOUNDS; i++)
		seq_printf(m, "forgotten_%s\t%llu\n", kvmhot_bound_names[i],
			   t->forgotten_vms[i]);
}

static int status_show(struct seq_file *m, void *unused)
{
	char events[KVMHOT_EVENTS_LEN];
	struct kvmhot_totals t;
	int err;

	err = kvmhot_vm_totals(&t);
	if (err)
		return err;
	kvmhot_events_text(events, sizeof(events));
	seq_printf(m, "# kvmhot abi %d status\n# key\tvalue\n", KVMHOT_ABI);
	seq_printf(m, "enabled\t%d\n", kvmhot_hooks_enabled());
	seq_printf(m, "detail\t%d\n", kvmhot_hooks_detail());
	seq_printf(m, "armed\t%d\n", READ_ONCE(kvmhot_hooks_live));
	kvmhot_kprobes_show(m);
	seq_printf(m, "tsc_khz\t%u\n", tsc_khz);
	seq_printf(m, "tsc\t%llu\n", kvmhot_clock());
	seq_printf(m, "tsc_stable\t%d\n", !check_tsc_unstable());
	seq_printf(m, "generation\t%u\n", t.generation);
	seq_printf(m, "vms\t%u\n", t.vms);
	seq_printf(m, "vms_ended\t%u\n", t.vms_ended);
	seq_printf(m, "vms_hidden\t%u\n", t.vms_hidden);
	seq_printf(m, "vms_max\t%u\n", kvmhot_max_vms);
	seq_printf(m, "vcpus\t%u\n", t.vcpus);
	seq_printf(m, "vcpus_max\t%u\n", kvmhot_max_vcpus);
	seq_printf(m, "memory_bytes\t%llu\n", t.memory_bytes);
	seq_printf(m, "memory_max_bytes\t%llu\n",
		   (u64)kvmhot_max_memory_kb * 1024);
	seq_printf(m, "hooks_bytes\t%llu\n", kvmhot_hooks_bytes());
	seq_printf(m, "exits\t%llu\n", t.exits);
	seq_printf(m, "dropped\t%llu\n", t.dropped);
	seq_printf(m, "dropped_spans\t%llu\n", t.dropped_spans);
	seq_printf(m, "lost\t%llu\n", t.lost);
	show_forgotten(m, &t);
	seq_printf(m, "events\t%s\n", events);
	seq_printf(m, "events_number\t%u\n", kvmhot_events_number());
	seq_printf(m, "dropped_counts\t%llu\n", t.dropped_counts);
	seq_printf(m, "tsc_back\t%llu\n", t.sum[KVMHOT_BACK]);
	seq_printf(m, "misfits\t%llu\n", t.misfits);
	kvmhot_calib_show(m);
	seq_puts(m, "# hook\tname\tmodule\tkind\tstate\thits\tmissed\terror\tnote\n");
	kvmhot_hooks_show(m, &t);
	seq_puts(m, "# event\tname\tstate\terror\ttype\tconfig\twhere\tcounting\tfailed\tnote\n");
	err = kvmhot_pmufiles_show_events(m);
	seq_puts(m, "# vmm\tpid\tuid\tvms\tvcpus\tbytes\tended\tdropped\tfull\tcomm\n");
	kvmhot_owner_show(m);
	seq_puts(m, "# vm\tname\texits\tkvm_exits\tcleared\n");
	return err ?: kvmhot_coverage_show(m);
}
DEFINE_SHOW_ATTRIBUTE(status);

/* One word from user space. Return: 0, or -EINVAL if it is none, or too long. */
static int word_from_user(char *word, size_t size, const char __user *buf,
			  size_t count)
{
	char text[KVMHOT_VM_NAME_LEN + 2];
	char *p;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	if (strlen(text) != count)	/* a NUL inside */
		return -EINVAL;
	p = strim(text);
	if (!*p || strpbrk(p, " \t\n") || strscpy(word, p, size) < 0)
		return -EINVAL;
	return 0;
}

static ssize_t reset_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	char word[KVMHOT_VM_NAME_LEN];
	int err;

	err = word_from_user(word, sizeof(word), buf, count);
	if (err == -EFAULT)
		return err;
	if (!err)
		err = kvmhot_vm_reset(strcmp(word, "all") ? word : NULL);
	if (err == -EINTR || err == -EBUSY)
		return err;
	if (err) {
		pr_info_ratelimited("reset: accepted are 'all' and the names in vms/\n");
		return -EINVAL;
	}
	return count;
}

/**
 * kvmhot_debugfs_no_read() - read of a file that can only be written
 * @file: unused
 * @buf: unused
 * @count: unused
 * @pos: unused
 *
 * Root may open it all the same; so that cp -r can save the tree, it is empty.
 *
 * Return: 0.
 */
ssize_t kvmhot_debugfs_no_read(struct file *file, char __user *buf,
			       size_t count, loff_t *pos)
{
	return 0;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = kvmhot_debugfs_no_read,
	.write = reset_write,
	.llseek = noop_llseek,
};

static ssize_t read_bool(bool value, char __user *buf, size_t count,
			 loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, value ? "1\n" : "0\n",
				       2);
}

static ssize_t enabled_read(struct file *file, char __user *buf, size_t count,
			    loff_t *pos)
{
	return read_bool(kvmhot_hooks_enabled(), buf, count, pos);
}

static ssize_t detail_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	return read_bool(kvmhot_hooks_detail(), buf, count, pos);
}

/**
 * kvmhot_debugfs_bool() - a boolean from user space
 * @buf: what was written
 * @count: its length
 * @value: set to it
 *
 * Return: 0, -EINVAL if it is anything but one of the words, or -EFAULT.
 */
int kvmhot_debugfs_bool(const char __user *buf, size_t count, bool *value)
{
	static const char * const words[] = {
		"0", "1", "n", "y", "no", "yes", "off", "on",
	};
	char word[KVMHOT_VM_NAME_LEN];
	unsigned int i;
	int err;

	err = word_from_user(word, sizeof(word), buf, count);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(word, words[i]))
			continue;
		*value = i & 1;
		return 0;
	}
	return -EINVAL;
}

/* To count no more takes kprobes away, and so does to switch 'detail'. */
static int set_enabled(bool on)
{
	return !on && kvmhot_kprobes_off() ? -EBUSY : kvmhot_hooks_enable(on);
}

static int set_detail(bool on)
{
	return kvmhot_kprobes_off() ? -EBUSY : kvmhot_hooks_set_detail(on);
}

/* Return: @count, or an errno with nothing changed. */
static ssize_t write_bool(const char *name, int (*set)(bool on),
			  const char __user *buf, size_t count)
{
	bool on;
	int err;

	err = kvmhot_debugfs_bool(buf, count, &on);
	if (err == -EINVAL)
		pr_info_ratelimited("%s: accepted are 1, y, yes, on and 0, n, no, off\n",
				    name);
	if (!err)
		err = set(on);
	if (err == -EBUSY)
		pr_info_ratelimited("%s: kprobes are turned off: turn them on first (kernel.ftrace_enabled, debugfs kprobes/enabled)\n",
				    name);
	return err ?: count;
}

static ssize_t enabled_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	return write_bool("enabled", set_enabled, buf, count);
}

static ssize_t detail_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	return write_bool("detail", set_detail, buf, count);
}

static ssize_t events_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	char text[KVMHOT_EVENTS_LEN + 1];

	kvmhot_events_text(text, KVMHOT_EVENTS_LEN);
	strcat(text, "\n");
	return simple_read_from_buffer(buf, count, pos, text, strlen(text));
}

static ssize_t events_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	char *text;
	int err;

	if (count > 2 * KVMHOT_EVENTS_LEN) {
		pr_info_ratelimited("events: the list is too long\n");
		return -EINVAL;
	}
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (strlen(text) == count) {
		err = kvmhot_events_set(text);
	} else {
		pr_info_ratelimited("events: there is a NUL in the list\n");
		err = -EINVAL;
	}
	kfree(text);
	return err ?: count;
}

static const struct file_operations events_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = events_read,
	.write = events_write,
	.llseek = default_llseek,
};

static const struct file_operations enabled_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = enabled_read,
	.write = enabled_write,
	.llseek = default_llseek,
};

static const struct file_operations detail_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = detail_read,
	.write = detail_write,
	.llseek = default_llseek,
};

/**
 * kvmhot_debugfs_vms() - the directory of the VMs' directories
 *
 * Return: it; an error pointer, which debugfs copes with, without debugfs.
 */
struct dentry *kvmhot_debugfs_vms(void)
{
	return vms_dir;
}

/**
 * kvmhot_debugfs_init() - make the files
 *
 * Where there is no debugfs, kvmhot runs all the same, unseen.
 */
void kvmhot_debugfs_init(void)
{
	root = debugfs_create_dir("kvmhot", NULL);
	debugfs_create_file("version", 0400, root, NULL, &version_fops);
	debugfs_create_file("status", 0400, root, NULL, &status_fops);
	debugfs_create_file("enabled", 0600, root, NULL, &enabled_fops);
	debugfs_create_file("detail", 0600, root, NULL, &detail_fops);
	debugfs_create_file("events", 0600, root, NULL, &events_fops);
	debugfs_create_file("reset", 0200, root, NULL, &reset_fops);
	vms_dir = debugfs_create_dir("vms", root);
}

/**
 * kvmhot_debugfs_exit() - remove the files
 *
 * Context: sleeps until nobody uses them.
 */
void kvmhot_debugfs_exit(void)
{
	debugfs_remove(root);
}
