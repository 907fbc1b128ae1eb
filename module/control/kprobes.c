// SPDX-License-Identifier: GPL-2.0
/*
 * Tells whether kprobes are turned off as a whole.
 *
 * Process context; may sleep.  kernel.ftrace_enabled=0 and debugfs kprobes/enabled=0
 * leave every kprobe in place, but none is hit, while tracepoints go on.  The kernel
 * tells modules neither.  So this file keeps a kprobe on a function of its own, which it
 * calls only to see whether the kprobe is hit.
 *
 * While ftrace is off, a kprobe may be put in place, but none must be taken away.  If one
 * is, the kernel leaves flags on the function's record.  When the last user of ftrace
 * goes later, the kernel warns of these flags, and turns ftrace off for good
 * (ftrace_shutdown(), ftrace_kill()).
 */
#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>

#include "control/hook.h"
#include "control/kprobes.h"

/* The probe finds @hit in the register of a function's first argument. */
static noinline __noclone void kvmhot_kprobes_touch(bool *hit)
{
	asm volatile("" : : "r" (hit) : "memory");
}

static int notrace on_hit(struct kprobe *kp, struct pt_regs *regs)
{
	*(bool *)regs->di = true;
	return 0;
}

static struct kvmhot_hook touch_hook = {
	.name = "kvmhot_kprobes_touch", .module = KBUILD_MODNAME,
	.kind = HOOK_KPROBE, .handler = on_hit,
};

/**
 * kvmhot_kprobes_init() - put the kprobe in place, until the module goes
 *
 * Context: sleeps.
 */
void kvmhot_kprobes_init(void)
{
	kvmhot_hook_arm(&touch_hook);
}

/**
 * kvmhot_kprobes_exit() - take the kprobe away
 *
 * Context: sleeps.
 */
void kvmhot_kprobes_exit(void)
{
	kvmhot_hook_disarm(&touch_hook, HOOK_OFF);
}

static bool is_known(void)
{
	return touch_hook.state == HOOK_ARMED;
}

/**
 * kvmhot_kprobes_off() - are kprobes turned off as a whole?
 *
 * Context: process context.
 *
 * Return: true if they are; false also if the kprobe could not be put in place.
 */
bool kvmhot_kprobes_off(void)
{
	bool hit = false;

	if (!is_known())
		return false;
	kvmhot_kprobes_touch(&hit);
	return !READ_ONCE(hit);
}

/**
 * kvmhot_kprobes_show() - print the row of kprobes in status, if that is known
 * @m: file to print to
 */
void kvmhot_kprobes_show(struct seq_file *m)
{
	if (is_known())
		seq_printf(m, "kprobes_hit\t%d\n", !kvmhot_kprobes_off());
}
