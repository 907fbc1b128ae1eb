// SPDX-License-Identifier: GPL-2.0
/*
 * The TSC may go back: a clock for process context that does not, and what is done
 * about suspend.  At the edges of a vCPU it is noticed where its log is folded.
 */
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "kvmhot.h"

static DEFINE_RAW_SPINLOCK(clock_lock);
static u64 clock_last, clock_offset;	/* of them together: clock_lock */

/**
 * kvmhot_clock() - the TSC, and all that it was seen here to go back by
 *
 * Context: process context.
 *
 * Return: TSC cycles; never less than what was returned before.
 */
u64 kvmhot_clock(void)
{
	u64 now;

	raw_spin_lock(&clock_lock);
	now = rdtsc() + clock_offset;
	if (now < clock_last) {
		clock_offset += clock_last - now;
		now = clock_last;
	}
	clock_last = now;
	raw_spin_unlock(&clock_lock);
	return now;
}

/**
 * kvmhot_clock_at() - kvmhot_clock() as of a moment ago
 * @tsc: the TSC then
 *
 * Context: process context.
 *
 * Return: TSC cycles; not later than now.
 */
u64 kvmhot_clock_at(u64 tsc)
{
	u64 now = kvmhot_clock();

	return min(now, tsc + READ_ONCE(clock_offset));
}

/*
 * The TSC may begin anew while the host sleeps, and threads may go on before and
 * after the notifiers: so nothing is counted from the one to the other, and what
 * vCPUs were in meanwhile is unknown.
 */
static int pm_event(struct notifier_block *nb, unsigned long event, void *unused)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		kvmhot_hooks_suspend(true);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		kvmhot_hooks_suspend(false);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block pm_nb = {
	.notifier_call = pm_event,
};

/**
 * kvmhot_clock_init() - be told of suspend
 *
 * Return: 0, or an errno of the kernel's notifiers.
 */
int kvmhot_clock_init(void)
{
	return register_pm_notifier(&pm_nb);
}

/**
 * kvmhot_clock_exit() - be told of suspend no more
 *
 * Context: sleeps.
 */
void kvmhot_clock_exit(void)
{
	unregister_pm_notifier(&pm_nb);
}
