// SPDX-License-Identifier: GPL-2.0
/*
 * A PMU that does what a test wants: its events count three times the TSC's
 * ticks while they are on a CPU, or fail as they are told to.
 *
 * By an event's config:
 *   0	it counts
 *   1	it cannot be made: its event_init returns -refuse, if that is not 0
 *   2	it does not come on the PMU: its add fails while fail_add is set
 *   3	it stops when it is next read while stop is set
 *
 * What perf made of it can be read as module parameters.  Before 6.2 a task's
 * perf context remembers the first PMU that it was made for, so this module must
 * not be removed before the tasks whose events it had are gone.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <asm/msr.h>

enum { COUNTS, REFUSED, NOT_ADDED, STOPS, NR_CONFIGS };

#define PER_TICK	3

static unsigned int refuse;
module_param(refuse, uint, 0600);
MODULE_PARM_DESC(refuse, "errno of making an event of config 1 (0: none)");

static bool fail_add;
module_param(fail_add, bool, 0600);
MODULE_PARM_DESC(fail_add, "events of config 2 do not come on the PMU");

static bool stop;
module_param(stop, bool, 0600);
MODULE_PARM_DESC(stop, "events of config 3 stop when they are read");

static int get_counter(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%ld\n",
			  atomic_long_read((atomic_long_t *)param->arg));
}

static const struct kernel_param_ops counter_ops = {
	.get = get_counter,
};

static atomic_long_t live, created, adds, dels, reads, counted, between, misused;
module_param_cb(live, &counter_ops, &live, 0400);
MODULE_PARM_DESC(live, "events that are there (read only, like those that follow)");
module_param_cb(created, &counter_ops, &created, 0400);
MODULE_PARM_DESC(created, "events ever made");
module_param_cb(adds, &counter_ops, &adds, 0400);
MODULE_PARM_DESC(adds, "times that an event came on the PMU");
module_param_cb(dels, &counter_ops, &dels, 0400);
MODULE_PARM_DESC(dels, "times that an event left the PMU");
module_param_cb(reads, &counter_ops, &reads, 0400);
MODULE_PARM_DESC(reads, "times that an event was read");
module_param_cb(counted, &counter_ops, &counted, 0400);
MODULE_PARM_DESC(counted, "what all events together have counted");
module_param_cb(between, &counter_ops, &between, 0400);
MODULE_PARM_DESC(between, "that of it between the first and the last reading of each");
module_param_cb(misused, &counter_ops, &misused, 0400);
MODULE_PARM_DESC(misused, "calls with interrupts on, or not where the event is");

static u64 now(void)
{
	return rdtsc_ordered() * PER_TICK;
}

/* An NMI may come between, as with any PMU's */
static void update(struct perf_event *event)
{
	struct hw_perf_event *hw = &event->hw;
	u64 prev, new;

	if (hw->state & PERF_HES_STOPPED)
		return;
	do {
		prev = local64_read(&hw->prev_count);
		new = now();
	} while (local64_cmpxchg(&hw->prev_count, prev, new) != prev);
	local64_add(new - prev, &event->count);
	atomic_long_add(new - prev, &counted);
}

static void check_use(const struct perf_event *event)
{
	if (!irqs_disabled() || event->oncpu != raw_smp_processor_id())
		atomic_long_inc(&misused);
}

static void test_start(struct perf_event *event, int flags)
{
	event->hw.state = 0;
	local64_set(&event->hw.prev_count, now());
}

static void test_stop(struct perf_event *event, int flags)
{
	update(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int test_add(struct perf_event *event, int flags)
{
	if (event->attr.config == NOT_ADDED && READ_ONCE(fail_add))
		return -EAGAIN;
	check_use(event);
	atomic_long_inc(&adds);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		test_start(event, PERF_EF_RELOAD);
	return 0;
}

static void test_del(struct perf_event *event, int flags)
{
	test_stop(event, PERF_EF_UPDATE);
	atomic_long_inc(&dels);
}

/* hw.config: was it read?  hw.event_base: what was its count then? */
static void account_reading(struct perf_event *event)
{
	struct hw_perf_event *hw = &event->hw;
	u64 count = local64_read(&event->count);

	if (hw->config)
		atomic_long_add(count - hw->event_base, &between);
	hw->config = 1;
	hw->event_base = count;
}

static void test_read(struct perf_event *event)
{
	check_use(event);
	atomic_long_inc(&reads);
	update(event);
	account_reading(event);
	if (event->attr.config == STOPS && READ_ONCE(stop))
		event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static void test_destroy(struct perf_event *event)
{
	atomic_long_dec(&live);
}

static int test_event_init(struct perf_event *event)
{
	int error = READ_ONCE(refuse);

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (event->attr.sample_period || event->attr.config >= NR_CONFIGS)
		return -EINVAL;
	if (event->attr.config == REFUSED && error)
		return -error;
	event->destroy = test_destroy;
	atomic_long_inc(&live);
	atomic_long_inc(&created);
	return 0;
}

/* The context of perf's msr, the only one that several PMUs can share */
static struct pmu test_pmu = {
	.module		= THIS_MODULE,
	.task_ctx_nr	= perf_sw_context,
	.capabilities	= PERF_PMU_CAP_NO_INTERRUPT | PERF_PMU_CAP_NO_EXCLUDE,
	.event_init	= test_event_init,
	.add		= test_add,
	.del		= test_del,
	.start		= test_start,
	.stop		= test_stop,
	.read		= test_read,
};

static int __init test_pmu_init(void)
{
	return perf_pmu_register(&test_pmu, "kvmhot_test", -1);
}

/* The contexts of tasks that are gone may still be about to be freed */
static void __exit test_pmu_exit(void)
{
	rcu_barrier();
	perf_pmu_unregister(&test_pmu);
	rcu_barrier();
}

module_init(test_pmu_init);
module_exit(test_pmu_exit);

MODULE_DESCRIPTION("A PMU for kvmhot's tests");
MODULE_LICENSE("GPL");
