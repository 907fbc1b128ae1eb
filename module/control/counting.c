// SPDX-License-Identifier: GPL-2.0
/*
 * Starts and stops counting: kvmhot counts while it is enabled and all required hooks
 * are in place.
 *
 * Process context; may sleep.  When modules come or go, and when users write to files,
 * this file decides anew which hooks are in place, under one lock.
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
static bool suspended;	/* from before the host sleeps until after it has slept */

static void again(struct work_struct *unused);
static DECLARE_DELAYED_WORK(again_work, again);

/*
 * Does KVM keep exits in Hyper-V's enlightened VMCS?  Then there is no current VMCS to
 * read.  This is KVM's own test, without the kvm_intel parameter that can switch it off,
 * which cannot be read here.
 */
static bool is_evmcs(void)
{
	if (!IS_ENABLED(CONFIG_HYPERV))
		return false;
	return (ms_hyperv.hints & HV_X64_ENLIGHTENED_VMCS_RECOMMENDED) &&
	       (ms_hyperv.nested_features &
		HV_X64_ENLIGHTENED_VMCS_VERSION) >= 1;
}

/* Return: 0, also if hooks have to wait; or the errno of what cannot be had. */
static int place(void)
{
	int err = 0;

	if (!suspended)
		err = kvmhot_hooks_place_all(&kvmhot_switches.wanted);
	else
		kvmhot_hooks_place_none(&kvmhot_switches.wanted, HOOK_WAITING, false);
	/* There may be no caller who could try again. */
	if (err == -ENOMEM)
		queue_delayed_work(system_unbound_wq, &again_work, HZ);
	return err;
}

/* Put hooks in place once there is memory; take the last hook away. */
static void again(struct work_struct *unused)
{
	bool is_due;

	mutex_lock(&hooks_lock);
	is_due = kvmhot_switches.wanted.enabled && !kvmhot_switches.live;
	if (is_due || kvmhot_hooks_lingers())
		place();
	mutex_unlock(&hooks_lock);
	if (is_due)
		kvmhot_calib_run();
}

/**
 * kvmhot_counting_no_vms() - no VM is left that may end
 *
 * Context: the worker.  Others wait for the worker with hooks_lock held, so this must not
 * take that lock.
 */
void kvmhot_counting_no_vms(void)
{
	if (kvmhot_hooks_lingers())
		mod_delayed_work(system_unbound_wq, &again_work, 0);
}

/**
 * kvmhot_counting_module() - kvm or kvm_intel has come or goes
 * @name: name of the module; others are ignored
 * @there: true if it has come, and its code can be probed; false if it goes
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
		kvmhot_hooks_leave(&kvmhot_switches.wanted, name);
	mutex_unlock(&hooks_lock);
	if (there)
		kvmhot_calib_run();
}

/**
 * kvmhot_counting_tracepoint() - a tracepoint has come or goes
 * @tp: the tracepoint; ignored if no hook wants it
 * @module: module of the tracepoint
 * @there: true if it has come, and kvmhot_counting_module() follows; false if it goes
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
 * If a required hook is missing, kvmhot stays enabled: another kvm_intel may come, or
 * memory.
 *
 * Context: sleeps.  kvmhot_counting_tracepoint() was called for all tracepoints that
 * exist.
 */
void kvmhot_counting_start(void)
{
	if (is_evmcs())
		pr_warn("KVM may use Hyper-V's enlightened VMCS here: exit reasons cannot be read, not counting\n");
	mutex_lock(&hooks_lock);
	kvmhot_switches.wanted.enabled = !is_evmcs();
	kvmhot_switches.wanted.detail = kvmhot_param_detail;
	place();
	mutex_unlock(&hooks_lock);
	kvmhot_calib_run();
}

/**
 * kvmhot_counting_stop() - take all hooks away
 *
 * Context: sleeps.  Afterwards no probe runs, and none will.  Threads that sleep inside a
 * probed function return through the kernel's own text.
 */
void kvmhot_counting_stop(void)
{
	mutex_lock(&hooks_lock);
	kvmhot_hooks_place_none(&kvmhot_switches.wanted, HOOK_OFF, true);
	WRITE_ONCE(kvmhot_switches.wanted.enabled, false);
	mutex_unlock(&hooks_lock);
	/* The worker may have queued again_work at this moment. */
	kvmhot_work_flush();
	cancel_delayed_work_sync(&again_work);
}

static int enable(void)
{
	bool before = kvmhot_switches.wanted.enabled;
	int err;

	/* Place the hooks even if enabled: a missing one may be there by now. */
	kvmhot_switches.wanted.enabled = true;
	err = place();
	if (err)
		kvmhot_switches.wanted.enabled = before;
	return err;
}

static void disable(void)
{
	struct kvmhot_wanted off = { .detail = kvmhot_switches.wanted.detail };

	if (!kvmhot_switches.wanted.enabled)
		return;
	kvmhot_hooks_place_none(&off, HOOK_OFF, false);
	/* Not before: once this is false, the worker relies on no edge being seen. */
	WRITE_ONCE(kvmhot_switches.wanted.enabled, false);
}

/**
 * kvmhot_counting_enable() - start or stop counting
 * @on: true to start
 *
 * Context: sleeps.
 *
 * Return: 0; -EOPNOTSUPP if exit reasons cannot be read here; -ENOMEM without memory for
 * all hooks; or the errno of a required hook that is missing.  After an error nothing has
 * changed.
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
	/* Perf events exist only while kvmhot is enabled. */
	kvmhot_perf_flush();
	return err;
}

/**
 * kvmhot_counting_suspend() - the host is about to sleep, or has slept
 * @on: true before the sleep, false after it
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
	bool before = kvmhot_switches.wanted.detail;
	int err = 0;

	WRITE_ONCE(kvmhot_switches.wanted.detail, on);
	if (kvmhot_switches.live)
		err = kvmhot_hooks_place_detail(on);
	else
		place();
	if (err && on != before) {
		WRITE_ONCE(kvmhot_switches.wanted.detail, before);
		kvmhot_hooks_place_detail(before);
	}
	return err;
}

/**
 * kvmhot_counting_set_detail() - switch whether 'reenter' is told apart from 'handle'
 * @on: true to tell them apart
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
 * kvmhot_counting_set_events() - count other perf events
 * @text: as for kvmhot_events_set()
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
 * kvmhot_counting_show() - print the rows of the hooks in status
 * @m: file to print to
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
