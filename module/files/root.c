// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the files at the top of /sys/kernel/debug/kvmhot.  See the file ABI.
 *
 * Process context; may sleep.
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

#include "control/counting.h"
#include "control/event.h"
#include "control/events.h"
#include "control/kprobes.h"
#include "control/reset.h"
#include "files/dir.h"
#include "files/input.h"
#include "files/root.h"
#include "files/status.h"
#include "hot/switches.h"
#include "shared/version.h"

static struct dentry *root;

static int version_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "# kvmhot abi %d version\n# key\tvalue\n", KVMHOT_ABI);
	seq_printf(m, "version\t%s\n", KVMHOT_VERSION);
	seq_printf(m, "abi\t%d\n", KVMHOT_ABI);
	seq_printf(m, "kernel\t%s\n", init_utsname()->release);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(version);

static int status_show(struct seq_file *m, void *unused)
{
	return kvmhot_status_show(m, unused);
}
DEFINE_SHOW_ATTRIBUTE(status);

static ssize_t reset_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	char word[KVMHOT_VM_NAME_LEN];
	int err;

	err = kvmhot_input_word(word, sizeof(word), buf, count);
	if (err == -EFAULT)
		return err;
	if (!err)
		err = kvmhot_reset(strcmp(word, "all") ? word : NULL);
	if (err == -EINTR || err == -EBUSY)
		return err;
	if (err) {
		pr_info_ratelimited("reset: accepted are 'all' and the names in vms/\n");
		return -EINVAL;
	}
	return count;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = kvmhot_input_no_read,
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
	return read_bool(READ_ONCE(kvmhot_switches.wanted.enabled), buf, count, pos);
}

static ssize_t detail_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	return read_bool(READ_ONCE(kvmhot_switches.wanted.detail), buf, count, pos);
}

/* No kprobe must be taken away while kprobes are off: see control/kprobes.c. */
static int set_enabled(bool on)
{
	return !on && kvmhot_kprobes_off() ? -EBUSY : kvmhot_counting_enable(on);
}

static int set_detail(bool on)
{
	return kvmhot_kprobes_off() ? -EBUSY : kvmhot_counting_set_detail(on);
}

/* Return: @count; or an errno, and nothing has changed. */
static ssize_t write_bool(const char *name, int (*set)(bool on),
			  const char __user *buf, size_t count)
{
	bool on;
	int err;

	err = kvmhot_input_bool(buf, count, &on);
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
		err = kvmhot_counting_set_events(text);
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
 * kvmhot_root_init() - make the files
 *
 * Without debugfs kvmhot runs nevertheless, but cannot be read.
 */
void kvmhot_root_init(void)
{
	root = debugfs_create_dir("kvmhot", NULL);
	debugfs_create_file("version", 0400, root, NULL, &version_fops);
	debugfs_create_file("status", 0400, root, NULL, &status_fops);
	debugfs_create_file("enabled", 0600, root, NULL, &enabled_fops);
	debugfs_create_file("detail", 0600, root, NULL, &detail_fops);
	debugfs_create_file("events", 0600, root, NULL, &events_fops);
	debugfs_create_file("reset", 0200, root, NULL, &reset_fops);
	kvmhot_dir_init(root);
}

/**
 * kvmhot_root_exit() - remove the files
 *
 * Context: sleeps until no one uses the files.
 */
void kvmhot_root_exit(void)
{
	debugfs_remove(root);
}
