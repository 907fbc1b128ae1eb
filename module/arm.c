// SPDX-License-Identifier: GPL-2.0
/*
 * All hooks together: which of them are wanted, and whether kvmhot counts.
 *
 * Control path.  A hook is in place while it is wanted and its module is
 * there, which follow.c tells.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "hook.h"
#include "quick.h"
#include "vmx.h"

#define HOOKS_END	(kvmhot_hooks + kvmhot_nr_hooks)

/* Read by kvmhot_vcpu_see(). */
bool kvmhot_hooks_live;

static DEFINE_MUTEX(hooks_lock);
static bool enabled, detail;
static bool suspended;	/* from before the host sleeps until after that */
static bool replaced;	/* see kvmhot_hooks_replaced() */

/* Read by kvmhot_slow_handle(): both hooks of vmx_handle_exit are in place. */
bool kvmhot_handle_twice;

/* Is the hook in place whose hits these are? */
static bool is_armed(enum kvmhot_sum hits)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->hits == hits)
			return h->state == HOOK_ARMED;
	return false;
}

static bool is_wanted(const struct kvmhot_hook *h)
{
	if (h->always)
		return true;
	if (!enabled || suspended)
		return false;
	if (h->detail)
		return detail;
	/* One of the two is enough; this is the cheaper one. */
	return !h->plain || !is_armed(KVMHOT_RETURNED);
}

/*
 * A symbol that is not found waits for its module, unless another hook of the
 * same module was found: then it is not there at all.
 */
static void find_missing(void)
{
	struct kvmhot_hook *h, *other;

	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (h->state != HOOK_WAITING)
			continue;
		for (other = kvmhot_hooks; other < HOOKS_END; other++)
			if (other->state == HOOK_ARMED &&
			    !strcmp(other->module, h->module))
				h->state = HOOK_MISSING;
	}
}

/* What a hook is in when it is not in place. */
static enum kvmhot_hook_state idle_state(const struct kvmhot_hook *h)
{
	return is_wanted(h) ? HOOK_WAITING : HOOK_OFF;
}

static bool is_refusing(void)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->required && h->state == HOOK_MISSING)
			return true;
	return false;
}

static void disarm_all(bool closing)
{
	struct kvmhot_hook *h;

	WRITE_ONCE(replaced, false);
	WRITE_ONCE(kvmhot_hooks_live, false);
	for (h = HOOKS_END - 1; h >= kvmhot_hooks; h--)
		if (closing || !h->always)
			kvmhot_hook_disarm(h, h->state == HOOK_MISSING ?
					      HOOK_MISSING : HOOK_OFF);
	tracepoint_synchronize_unregister();
	kvmhot_pool_close_quick();
	kvmhot_vm_lose_track();
}

/*
 * Arm what can be armed; count only if all that is required could be.
 * Return: 0, or the errno of a required hook that is missing.
 */
static int arm_all(void)
{
	bool waiting = false;
	struct kvmhot_hook *h;
	int err = 0;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (is_wanted(h))
			kvmhot_hook_arm(h);
	find_missing();
	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (h->state == HOOK_MISSING)
			kvmhot_hook_tell_missing(h);
		if (h->required && h->state == HOOK_MISSING)
			err = h->err;
		waiting |= h->required && is_wanted(h) &&
			   h->state != HOOK_ARMED;
	}
	if (err) {
		disarm_all(false);
		return err;
	}
	/* Context switches end the quick way. */
	WRITE_ONCE(kvmhot_quick_open, is_armed(KVMHOT_SWITCHES));
	WRITE_ONCE(kvmhot_hooks_live, !waiting);
	return 0;
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
	struct kvmhot_hook *h;

	if (strcmp(name, "kvm") && strcmp(name, "kvm_intel"))
		return;
	mutex_lock(&hooks_lock);
	if (there) {
		arm_all();
	} else {
		/* No VM is left: VMs hold these modules. */
		WRITE_ONCE(kvmhot_hooks_live, false);
		WRITE_ONCE(replaced, false);
		for (h = kvmhot_hooks; h < HOOKS_END; h++)
			if (!strcmp(h->module, name))
				kvmhot_hook_disarm(h, idle_state(h));
	}
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
	struct kvmhot_hook *h;

	mutex_lock(&hooks_lock);
	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (h->kind != HOOK_TRACEPOINT || strcmp(h->name, tp->name) ||
		    strcmp(h->module, module))
			continue;
		if (!there)
			kvmhot_hook_disarm(h, idle_state(h));
		h->tp = there ? tp : NULL;
	}
	mutex_unlock(&hooks_lock);
}

/**
 * kvmhot_hooks_start() - put hooks in place, now or when their modules come
 *
 * If one that is required is missing, kvmhot stays enabled: another kvm_intel
 * may come.
 *
 * Context: sleeps.  After kvmhot_hooks_tracepoint() for those that are there.
 */
void kvmhot_hooks_start(void)
{
	if (kvmhot_vmx_evmcs())
		pr_warn("KVM may use Hyper-V's enlightened VMCS here: exit reasons cannot be read, not counting\n");
	mutex_lock(&hooks_lock);
	enabled = !kvmhot_vmx_evmcs();
	detail = kvmhot_detail;
	arm_all();
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
	disarm_all(true);
	WRITE_ONCE(enabled, false);
	mutex_unlock(&hooks_lock);
}

/**
 * kvmhot_hooks_enable() - start or stop counting
 * @on: which
 *
 * Return: 0; -EOPNOTSUPP if exit reasons cannot be read here; the errno of a
 * hook that is required and missing.
 */
int kvmhot_hooks_enable(bool on)
{
	int err = 0;

	if (on && kvmhot_vmx_evmcs())
		return -EOPNOTSUPP;
	mutex_lock(&hooks_lock);
	if (on && !kvmhot_hooks_live) {
		enabled = true;
		err = arm_all();
		enabled = !err;
	} else if (!on && enabled) {
		disarm_all(false);
		/* After that: the worker then knows that no edge is seen. */
		WRITE_ONCE(enabled, false);
	}
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
	if (enabled && on)
		disarm_all(false);
	else if (enabled)
		arm_all();
	mutex_unlock(&hooks_lock);
}

static void arm_or_not(struct kvmhot_hook *h)
{
	if (is_wanted(h) && kvmhot_hooks_live)
		kvmhot_hook_arm(h);
	else if (!is_wanted(h))
		kvmhot_hook_disarm(h, HOOK_OFF);
	else
		kvmhot_hook_disarm(h, is_refusing() ? HOOK_OFF :
						      idle_state(h));
}

/*
 * Put one of the two hooks of vmx_handle_exit in the place of the other, so
 * that at no time there is none of them.
 *
 * Return: 0, or the errno of the one that is for 'detail'.
 */
static int arm_detail(void)
{
	struct kvmhot_hook *h;
	int err = 0;

	WRITE_ONCE(kvmhot_handle_twice, true);
	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (!h->plain || detail || !kvmhot_hooks_live)
			continue;
		kvmhot_hook_arm(h);
		/* Then the other one stays. */
		err = h->err;
	}
	if (err) {
		WRITE_ONCE(kvmhot_handle_twice, false);
		return err;
	}
	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (!h->detail)
			continue;
		arm_or_not(h);
		if (detail && h->err)
			err = h->err;
	}
	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->plain)
			arm_or_not(h);
	WRITE_ONCE(kvmhot_handle_twice, false);
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
	bool before;
	int err;

	mutex_lock(&hooks_lock);
	before = detail;
	detail = on;
	err = arm_detail();
	if (err) {
		detail = before;
		arm_detail();
	} else if (on != before && kvmhot_hooks_live) {
		WRITE_ONCE(replaced, true);
	}
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
	return READ_ONCE(detail);
}

/**
 * kvmhot_hooks_replaced() - was a hook of vmx_handle_exit put on it while the
 *			     other was there?
 *
 * Return: true if so: until it goes the kernel keeps a list of probes there, and
 * goes through that at each hit, though there is but one in it.
 */
bool kvmhot_hooks_replaced(void)
{
	return READ_ONCE(replaced);
}

/**
 * kvmhot_hooks_enabled() - is kvmhot meant to count?
 *
 * Return: true if so, be its hooks in place or waiting.
 */
bool kvmhot_hooks_enabled(void)
{
	return READ_ONCE(enabled);
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
	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		kvmhot_hook_show(m, h, t->sum[h->hits]);
	mutex_unlock(&hooks_lock);
}
