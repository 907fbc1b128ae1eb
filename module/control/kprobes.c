// SPDX-License-Identifier: GPL-2.0
/*
 * Kprobes may be turned off as a whole, unseen by those who placed them.
 *
 * kernel.ftrace_enabled=0 and debugfs kprobes/enabled=0 leave every kprobe in
 * place, and none is hit, while tracepoints go on.  The kernel tells modules
 * neither.  So one more kprobe is kept here, on a function that nobody calls but
 * to see whether it is hit.
 *
 * While ftrace is off, a kprobe may be put in place, but none must be taken away:
 * the kernel then leaves flags on its function's record, warns of them when later
 * the last user of ftrace goes, and turns ftrace off for good (ftrace_shutdown(),
 * ftrace_kill()).
 */
#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>

#include "control/hook.h"
#include "control/kprobes.h"

/* The probe finds @hit where a function's first argument is. */
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
 * kvmhot_kprobes_init() - put the kprobe in place, for as long as the module is
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
 * Return: true if so; false also where the kprobe could not be put in place.
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
 * kvmhot_kprobes_show() - the row of it in status, if it is known
 * @m: where to
 */
void kvmhot_kprobes_show(struct seq_file *m)
{
	if (is_known())
		seq_printf(m, "kprobes_hit\t%d\n", !kvmhot_kprobes_off());
}
