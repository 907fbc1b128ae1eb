// SPDX-License-Identifier: GPL-2.0
/*
 * Whether kvmhot counts: it does while it is enabled and all hooks are in place
 * that counting requires.
 *
 * Control path.  Modules come and go, and users write to files: each has what is
 * in place decided anew, under one lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "control/hook.h"
#include "hot/vmx.h"

static DEFINE_MUTEX(hooks_lock);
static struct kvmhot_wish wish;
static bool suspended;	/* from before the host sleeps until after that */

static void again(struct work_struct *unused);
static DECLARE_DELAYED_WORK(again_work, again);

/* Return: 0, also if hooks have to wait; or why what is wanted cannot be had. */
static int place(void)
{
	int err = 0;

	if (!suspended)
		err = kvmhot_place_all(&wish);
	else
		kvmhot_place_none(&wish, HOOK_WAITING, false);
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
	is_due = wish.enabled && !kvmhot_hooks_live;
	if (is_due || kvmhot_place_lingers())
		place();
	mutex_unlock(&hooks_lock);
	if (is_due)
		kvmhot_calib_run();
}

/**
 * kvmhot_hooks_no_vms() - no VM runs that is kept count of
 *
 * Context: the worker, for which others wait with the lock held.
 */
void kvmhot_hooks_no_vms(void)
{
	if (kvmhot_place_lingers())
		mod_delayed_work(system_unbound_wq, &again_work, 0);
}

/**
 * kvmhot_hooks_module() - kvm or kvm_intel has come or goes
 * @name: which; others are of no interest
 * @there: it has come, and its code can be probed
 *
 * Context: sleeps.
 */
void kvmhot_hooks_module(const char *name, bool there)
{
	if (strcmp(name, "kvm") && strcmp(name, "kvm_intel"))
		return;
	mutex_lock(&hooks_lock);
	if (there)
		place();
	else
		kvmhot_place_leave(&wish, name);
	mutex_unlock(&hooks_lock);
	if (there)
		kvmhot_calib_run();
}

/**
 * kvmhot_hooks_tracepoint() - a tracepoint has come or goes
 * @tp: the tracepoint; others than ours are of no interest
 * @module: it is in
 * @there: it has come; kvmhot_hooks_module() follows
 *
 * Context: sleeps.
 */
void kvmhot_hooks_tracepoint(struct tracepoint *tp, const char *module,
			     bool there)
{
	mutex_lock(&hooks_lock);
	kvmhot_place_tracepoint(tp, module, there);
	mutex_unlock(&hooks_lock);
}

/**
 * kvmhot_hooks_start() - put hooks in place, now or when their modules come
 *
 * If one that is required is missing, kvmhot stays enabled: another kvm_intel
 * may come, or memory.
 *
 * Context: sleeps.  After kvmhot_hooks_tracepoint() for those that are there.
 */
void kvmhot_hooks_start(void)
{
	if (kvmhot_vmx_evmcs())
		pr_warn("KVM may use Hyper-V's enlightened VMCS here: exit reasons cannot be read, not counting\n");
	mutex_lock(&hooks_lock);
	wish.enabled = !kvmhot_vmx_evmcs();
	wish.detail = kvmhot_detail;
	place();
	mutex_unlock(&hooks_lock);
	kvmhot_calib_run();
}

/**
 * kvmhot_hooks_stop() - take away all hooks
 *
 * Context: sleeps.  Afterwards no probe runs, nor will one.  Threads that
 * sleep inside of a probed function return through the kernel's own text.
 */
void kvmhot_hooks_stop(void)
{
	mutex_lock(&hooks_lock);
	kvmhot_place_none(&wish, HOOK_OFF, true);
	WRITE_ONCE(wish.enabled, false);
	mutex_unlock(&hooks_lock);
	/* The worker may just have queued this. */
	kvmhot_work_flush();
	cancel_delayed_work_sync(&again_work);
}

static int enable(void)
{
	bool before = wish.enabled;
	int err;

	/* Also if it is enabled: what was missing may be there by now. */
	wish.enabled = true;
	err = place();
	if (err)
		wish.enabled = before;
	return err;
}

static void disable(void)
{
	struct kvmhot_wish off = { .detail = wish.detail };

	if (!wish.enabled)
		return;
	kvmhot_place_none(&off, HOOK_OFF, false);
	/* Now, as the worker may then rely on that no edge is seen. */
	WRITE_ONCE(wish.enabled, false);
}

/**
 * kvmhot_hooks_enable() - start or stop counting
 * @on: which
 *
 * Context: sleeps.
 *
 * Return: 0; -EOPNOTSUPP if exit reasons cannot be read here; -ENOMEM without
 * memory for all hooks; the errno of a hook that is required and missing.  Then
 * nothing has changed.
 */
int kvmhot_hooks_enable(bool on)
{
	int err = 0;

	if (on && kvmhot_vmx_evmcs())
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
 * kvmhot_hooks_suspend() - the host is about to sleep, or has slept
 * @on: which
 *
 * Context: sleeps.
 */
void kvmhot_hooks_suspend(bool on)
{
	mutex_lock(&hooks_lock);
	suspended = on;
	place();
	mutex_unlock(&hooks_lock);
}

static int set_detail(bool on)
{
	bool before = wish.detail;
	int err = 0;

	WRITE_ONCE(wish.detail, on);
	if (kvmhot_hooks_live)
		err = kvmhot_place_detail(on);
	else
		place();
	if (err && on != before) {
		WRITE_ONCE(wish.detail, before);
		kvmhot_place_detail(before);
	}
	return err;
}

/**
 * kvmhot_hooks_set_detail() - tell 'handle' and 'reenter' apart, or do not
 * @on: which
 *
 * Context: sleeps.
 *
 * Return: 0, or the errno of a hook; then nothing has changed.
 */
int kvmhot_hooks_set_detail(bool on)
{
	int err;

	mutex_lock(&hooks_lock);
	err = set_detail(on);
	mutex_unlock(&hooks_lock);
	kvmhot_calib_run();
	return err;
}

/**
 * kvmhot_hooks_detail() - are 'handle' and 'reenter' to be told apart?
 *
 * Return: true if so.
 */
bool kvmhot_hooks_detail(void)
{
	return READ_ONCE(wish.detail);
}

/**
 * kvmhot_hooks_enabled() - is kvmhot meant to count?
 *
 * Return: true if so, be its hooks in place or waiting.
 */
bool kvmhot_hooks_enabled(void)
{
	return READ_ONCE(wish.enabled);
}

/**
 * kvmhot_hooks_bytes() - memory of the hooks that are in place
 *
 * Context: sleeps.
 *
 * Return: bytes.
 */
u64 kvmhot_hooks_bytes(void)
{
	struct kvmhot_hook *h;
	u64 bytes = 0;

	mutex_lock(&hooks_lock);
	for (h = kvmhot_hooks; h < kvmhot_hooks + kvmhot_nr_hooks; h++)
		bytes += kvmhot_hook_bytes(h);
	mutex_unlock(&hooks_lock);
	return bytes;
}

/**
 * kvmhot_hooks_show() - the rows of the hooks in status
 * @m: where to
 * @t: sums over all vCPUs, for the hits
 */
void kvmhot_hooks_show(struct seq_file *m, const struct kvmhot_totals *t)
{
	struct kvmhot_hook *h;

	mutex_lock(&hooks_lock);
	for (h = kvmhot_hooks; h < kvmhot_hooks + kvmhot_nr_hooks; h++)
		kvmhot_hook_show(m, h, t->sum[h->hits]);
	mutex_unlock(&hooks_lock);
}
