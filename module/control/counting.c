// SPDX-License-Identifier: GPL-2.0
/*
 * Starts and stops counting: kvmhot counts while it is enabled and all hooks are in
 * place that counting requires.
 *
 * Process context; may sleep.  Modules come and go, and users write to files: each has
 * what is in place decided anew, under one lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kconfig.h>
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <asm/mshyperv.h>

#include "control/calib.h"
#include "control/counting.h"
#include "control/events.h"
#include "control/hooks.h"
#include "control/perf.h"
#include "control/registry.h"
#include "control/work.h"
#include "hot/switches.h"
#include "param.h"

static DEFINE_MUTEX(hooks_lock);
static bool suspended;	/* from before the host sleeps until after that */

static void again(struct work_struct *unused);
static DECLARE_DELAYED_WORK(again_work, again);

/*
 * Does KVM keep exits in Hyper-V's enlightened VMCS?  Then there is no current VMCS to
 * read.  This is KVM's own test, without the kvm_intel parameter that can switch it
 * off, which is not to be had here.
 */
static bool is_evmcs(void)
{
	if (!IS_ENABLED(CONFIG_HYPERV))
		return false;
	return (ms_hyperv.hints & HV_X64_ENLIGHTENED_VMCS_RECOMMENDED) &&
	       (ms_hyperv.nested_features &
		HV_X64_ENLIGHTENED_VMCS_VERSION) >= 1;
}

/* Return: 0, also if hooks have to wait; or why what is wanted cannot be had. */
static int place(void)
{
	int err = 0;

	if (!suspended)
		err = kvmhot_hooks_place_all(&kvmhot_switches.wish);
	else
		kvmhot_hooks_place_none(&kvmhot_switches.wish, HOOK_WAITING, false);
	/* Nobody may have asked who could ask again. */
	if (err == -ENOMEM)
		queue_delayed_work(system_unbound_wq, &again_work, HZ);
	return err;
}

/* What nobody asks for: hooks come once there is memory, and the last one goes. */
static void again(struct work_struct *unused)
{
	bool is_due;

	mutex_lock(&hooks_lock);
	is_due = kvmhot_switches.wish.enabled && !kvmhot_switches.live;
	if (is_due || kvmhot_hooks_lingers())
		place();
	mutex_unlock(&hooks_lock);
	if (is_due)
		kvmhot_calib_run();
}

/**
 * kvmhot_counting_no_vms() - no VM runs that is kept count of
 *
 * Context: the worker, for which others wait with the lock held.
 */
void kvmhot_counting_no_vms(void)
{
	if (kvmhot_hooks_lingers())
		mod_delayed_work(system_unbound_wq, &again_work, 0);
}

/**
 * kvmhot_counting_module() - kvm or kvm_intel has come or goes
 * @name: which; others are of no interest
 * @there: it has come, and its code can be probed
 *
 * Context: sleeps.
 */
void kvmhot_counting_module(const char *name, bool there)
{
	if (strcmp(name, "kvm") && strcmp(name, "kvm_intel"))
		return;
	mutex_lock(&hooks_lock);
	if (there)
		place();
	else
		kvmhot_hooks_leave(&kvmhot_switches.wish, name);
	mutex_unlock(&hooks_lock);
	if (there)
		kvmhot_calib_run();
}

/**
 * kvmhot_counting_tracepoint() - a tracepoint has come or goes
 * @tp: the tracepoint; others than ours are of no interest
 * @module: it is in
 * @there: it has come; kvmhot_counting_module() follows
 *
 * Context: sleeps.
 */
void kvmhot_counting_tracepoint(struct tracepoint *tp, const char *module,
				bool there)
{
	mutex_lock(&hooks_lock);
	kvmhot_hooks_tracepoint(tp, module, there);
	mutex_unlock(&hooks_lock);
}

/**
 * kvmhot_counting_start() - put hooks in place, now or when their modules come
 *
 * If one that is required is missing, kvmhot stays enabled: another kvm_intel
 * may come, or memory.
 *
 * Context: sleeps.  After kvmhot_counting_tracepoint() for those that are there.
 */
void kvmhot_counting_start(void)
{
	if (is_evmcs())
		pr_warn("KVM may use Hyper-V's enlightened VMCS here: exit reasons cannot be read, not counting\n");
	mutex_lock(&hooks_lock);
	kvmhot_switches.wish.enabled = !is_evmcs();
	kvmhot_switches.wish.detail = kvmhot_param_detail;
	place();
	mutex_unlock(&hooks_lock);
	kvmhot_calib_run();
}

/**
 * kvmhot_counting_stop() - take away all hooks
 *
 * Context: sleeps.  Afterwards no probe runs, nor will one.  Threads that
 * sleep inside of a probed function return through the kernel's own text.
 */
void kvmhot_counting_stop(void)
{
	mutex_lock(&hooks_lock);
	kvmhot_hooks_place_none(&kvmhot_switches.wish, HOOK_OFF, true);
	WRITE_ONCE(kvmhot_switches.wish.enabled, false);
	mutex_unlock(&hooks_lock);
	/* The worker may just have queued this. */
	kvmhot_work_flush();
	cancel_delayed_work_sync(&again_work);
}

static int enable(void)
{
	bool before = kvmhot_switches.wish.enabled;
	int err;

	/* Also if it is enabled: what was missing may be there by now. */
	kvmhot_switches.wish.enabled = true;
	err = place();
	if (err)
		kvmhot_switches.wish.enabled = before;
	return err;
}

static void disable(void)
{
	struct kvmhot_wish off = { .detail = kvmhot_switches.wish.detail };

	if (!kvmhot_switches.wish.enabled)
		return;
	kvmhot_hooks_place_none(&off, HOOK_OFF, false);
	/* Now, as the worker may then rely on that no edge is seen. */
	WRITE_ONCE(kvmhot_switches.wish.enabled, false);
}

/**
 * kvmhot_counting_enable() - start or stop counting
 * @on: which
 *
 * Context: sleeps.
 *
 * Return: 0; -EOPNOTSUPP if exit reasons cannot be read here; -ENOMEM without
 * memory for all hooks; the errno of a hook that is required and missing.  Then
 * nothing has changed.
 */
int kvmhot_counting_enable(bool on)
{
	int err = 0;

	if (on && is_evmcs())
		return -EOPNOTSUPP;
	mutex_lock(&hooks_lock);
	if (on)
		err = enable();
	else
		disable();
	mutex_unlock(&hooks_lock);
	if (on)
		kvmhot_calib_run();
	/* Perf events are there only while kvmhot is enabled. */
	kvmhot_perf_flush();
	return err;
}

/**
 * kvmhot_counting_suspend() - the host is about to sleep, or has slept
 * @on: which
 *
 * Context: sleeps.
 */
void kvmhot_counting_suspend(bool on)
{
	mutex_lock(&hooks_lock);
	suspended = on;
	place();
	mutex_unlock(&hooks_lock);
}

static int set_detail(bool on)
{
	bool before = kvmhot_switches.wish.detail;
	int err = 0;

	WRITE_ONCE(kvmhot_switches.wish.detail, on);
	if (kvmhot_switches.live)
		err = kvmhot_hooks_place_detail(on);
	else
		place();
	if (err && on != before) {
		WRITE_ONCE(kvmhot_switches.wish.detail, before);
		kvmhot_hooks_place_detail(before);
	}
	return err;
}

/**
 * kvmhot_counting_set_detail() - tell 'handle' and 'reenter' apart, or do not
 * @on: which
 *
 * Context: sleeps.
 *
 * Return: 0, or the errno of a hook; then nothing has changed.
 */
int kvmhot_counting_set_detail(bool on)
{
	int err;

	mutex_lock(&hooks_lock);
	err = set_detail(on);
	mutex_unlock(&hooks_lock);
	kvmhot_calib_run();
	return err;
}

/**
 * kvmhot_counting_set_events() - have other perf events counted
 * @text: as of kvmhot_events_set()
 *
 * Context: sleeps.
 *
 * Return: as kvmhot_events_set().
 */
int kvmhot_counting_set_events(const char *text)
{
	int err = kvmhot_events_set(text);

	if (err)
		return err;
	kvmhot_perf_flush();
	return 0;
}

/**
 * kvmhot_counting_bytes() - memory of the hooks that are in place
 *
 * Context: sleeps.
 *
 * Return: bytes.
 */
u64 kvmhot_counting_bytes(void)
{
	struct kvmhot_hook *h;
	u64 bytes = 0;

	mutex_lock(&hooks_lock);
	for (h = kvmhot_hooks; h < kvmhot_hooks + kvmhot_hooks_nr; h++)
		bytes += kvmhot_hook_bytes(h);
	mutex_unlock(&hooks_lock);
	return bytes;
}

/**
 * kvmhot_counting_show() - the rows of the hooks in status
 * @m: where to
 * @t: sums over all vCPUs, for the hits
 */
void kvmhot_counting_show(struct seq_file *m, const struct kvmhot_totals *t)
{
	struct kvmhot_hook *h;

	mutex_lock(&hooks_lock);
	for (h = kvmhot_hooks; h < kvmhot_hooks + kvmhot_hooks_nr; h++)
		kvmhot_hook_show(m, h, t->sum[h->hits]);
	mutex_unlock(&hooks_lock);
}
