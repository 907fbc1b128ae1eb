// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that return what a test wants, for the paths of kvmhot that are taken
 * when they fail.
 *
 * Write "FUNCTION VALUE SKIP COUNT" to the parameter give: of the calls of that
 * function that come, SKIP are let through, and the COUNT that follow return VALUE
 * at once.  The parameter given tells how many did.
 *
 * Not for a function that kvmhot has a kprobe on: on 6.1 the kernel warns when one
 * that changes the address and one that does not are on the same function.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

static DEFINE_MUTEX(give_lock);
static char function[64];
static long value;
static struct kprobe probe;
static atomic_t skip, left, given;

/* Called in the place of the function. */
static noinline long give_back(long what)
{
	return what;
}

static int on_call(struct kprobe *kp, struct pt_regs *regs)
{
	if (atomic_dec_if_positive(&skip) >= 0 ||
	    atomic_dec_if_positive(&left) < 0)
		return 0;
	atomic_inc(&given);
	regs->di = value;
	regs->ip = (unsigned long)give_back;
	return 1;
}

/* With this, ftrace knows that the address may be changed. */
static void after_call(struct kprobe *kp, struct pt_regs *regs,
		       unsigned long flags)
{
}

static void stop_giving(void)
{
	atomic_set(&left, 0);
	if (*function)
		unregister_kprobe(&probe);
	*function = '\0';
}

static int start_giving(const char *name, long what, int to_skip, int count)
{
	int err;

	memset(&probe, 0, sizeof(probe));
	probe.symbol_name = name;
	probe.pre_handler = on_call;
	probe.post_handler = after_call;
	err = register_kprobe(&probe);
	probe.symbol_name = NULL;
	if (err)
		return err;
	strscpy(function, name, sizeof(function));
	value = what;
	atomic_set(&given, 0);
	atomic_set(&skip, to_skip);
	atomic_set(&left, count);
	return 0;
}

static int set_give(const char *buffer, const struct kernel_param *param)
{
	int to_skip, count, err;
	char name[64];
	long what;

	if (sscanf(buffer, "%63s %ld %d %d", name, &what, &to_skip, &count) != 4)
		return -EINVAL;
	mutex_lock(&give_lock);
	stop_giving();
	err = count ? start_giving(name, what, to_skip, count) : 0;
	mutex_unlock(&give_lock);
	return err;
}

static const struct kernel_param_ops give_ops = {
	.set = set_give,
};

module_param_cb(give, &give_ops, NULL, 0200);
MODULE_PARM_DESC(give, "FUNCTION VALUE SKIP COUNT: which calls return what");

static int get_given(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&given));
}

static const struct kernel_param_ops given_ops = {
	.get = get_given,
};

module_param_cb(given, &given_ops, NULL, 0400);
MODULE_PARM_DESC(given, "calls that returned it, of the function that was written last");

static int __init test_return_init(void)
{
	return 0;
}

static void __exit test_return_exit(void)
{
	stop_giving();
}

module_init(test_return_init);
module_exit(test_return_exit);

MODULE_DESCRIPTION("Functions that return what a test wants, for the tests of kvmhot");
MODULE_AUTHOR("The kvmhot authors");
MODULE_LICENSE("GPL");
