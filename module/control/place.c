// SPDX-License-Identifier: GPL-2.0
/*
 * All hooks together: put in place if all can be that counting requires, or taken
 * away.
 *
 * Control path, with the lock of arm.c held.  The hooks that counting requires are
 * in kvm and in kvm_intel.  Until all of them are to be had none is in place, so
 * that a host without Intel's KVM pays nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "control/hook.h"
#include "hot/quick.h"

#define HOOKS_END	(kvmhot_hooks + kvmhot_nr_hooks)
/* Those before it are the two of vmx_handle_exit, of which one is in place. */
#define HOOKS_REST	(kvmhot_hooks + 2)

/* Read by kvmhot_vcpu_see(). */
bool kvmhot_hooks_live;

/* Read by kvmhot_slow_handle(): both hooks of vmx_handle_exit are in place. */
bool kvmhot_handle_twice;

/* Read by gone.c: a VM that ends hits a hook. */
bool kvmhot_hooks_see_ends;

static bool replaced;	/* see kvmhot_hooks_replaced() */

/* Is the hook in place whose hits these are? */
static bool is_armed(enum kvmhot_sum hits)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->hits == hits)
			return h->state == HOOK_ARMED;
	return false;
}

/* One of the two hooks of vmx_handle_exit. */
static struct kvmhot_hook *handle_hook(bool detail)
{
	struct kvmhot_hook *h = kvmhot_hooks;

	while (!(detail ? h->detail : h->plain))
		h++;
	return h;
}

static bool is_wanted(const struct kvmhot_hook *h,
		      const struct kvmhot_wish *wish)
{
	if (h->detail)
		return wish->enabled && wish->detail;
	/* One of the two is enough; this is the cheaper one. */
	if (h->plain && wish->detail)
		return wish->enabled && handle_hook(true)->state == HOOK_MISSING;
	return wish->enabled;
}

/* Is a module there, although one of its symbols was not found? */
static bool is_loaded(const char *module)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (!strcmp(h->module, module) &&
		    (h->state == HOOK_ARMED || kvmhot_hook_is_there(h)))
			return true;
	return false;
}

/* Return: HOOK_ARMED; HOOK_WAITING without its module; else HOOK_MISSING. */
static enum kvmhot_hook_state arm(struct kvmhot_hook *h)
{
	kvmhot_hook_arm(h);
	if (h->state == HOOK_WAITING && is_loaded(h->module))
		h->state = HOOK_MISSING;
	if (h->state == HOOK_MISSING)
		kvmhot_hook_tell_missing(h);
	return h->state;
}

/*
 * Put the hook of vmx_handle_exit in place that 'detail' wants.  The other one
 * goes after that, so that there is one at any time; it stays if the wanted one
 * is missing.
 *
 * Return: the one whose state counts: the other one if that has to do.
 */
static struct kvmhot_hook *arm_handle(bool detail)
{
	struct kvmhot_hook *to = handle_hook(detail);
	struct kvmhot_hook *from = handle_hook(!detail);
	bool both = from->state == HOOK_ARMED;

	WRITE_ONCE(kvmhot_handle_twice, both);
	if (arm(to) == HOOK_ARMED) {
		kvmhot_hook_disarm(from, HOOK_OFF);
		if (both)
			WRITE_ONCE(replaced, true);
	}
	WRITE_ONCE(kvmhot_handle_twice, false);
	if (!detail || to->state != HOOK_MISSING || to->err == -ENOMEM)
		return to;
	arm(from);
	return from;
}

/*
 * Return: HOOK_ARMED, or the state of the first hook that counting requires, or
 * for which there was no memory, and that is not in place; then @err is that
 * hook's.
 */
static enum kvmhot_hook_state arm_wanted(bool detail, int *err)
{
	struct kvmhot_hook *h = arm_handle(detail);
	enum kvmhot_hook_state state = h->state;

	*err = h->err;
	for (h = HOOKS_REST; h < HOOKS_END && state == HOOK_ARMED; h++) {
		if ((h->detail && !detail) || arm(h) == HOOK_ARMED ||
		    (!h->required && h->err != -ENOMEM))
			continue;
		state = h->state;
		*err = h->err;
	}
	return state;
}

/* Take the hook of the end of VMs away, unless there are any that may end. */
static void disarm_ends(bool closing)
{
	struct kvmhot_hook *h = kvmhot_hooks;

	while (!h->ends)
		h++;
	if (h->state == HOOK_ARMED && (closing || !kvmhot_vm_is_tracking()))
		kvmhot_hook_disarm(h, HOOK_OFF);
	WRITE_ONCE(kvmhot_hooks_see_ends, h->state == HOOK_ARMED);
}

/* Say of all hooks that are not in place, nor missing, why that is so. */
static void explain(const struct kvmhot_wish *wish,
		    enum kvmhot_hook_state wanted)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->state == HOOK_WAITING || h->state == HOOK_OFF)
			h->state = is_wanted(h, wish) ? wanted : HOOK_OFF;
}

/**
 * kvmhot_place_none() - take all hooks away
 * @wish: what is wanted from now on
 * @state: state of a hook that is wanted all the same
 * @closing: even that of the end of VMs, if there are any that may end
 *
 * Context: sleeps.
 */
void kvmhot_place_none(const struct kvmhot_wish *wish,
		       enum kvmhot_hook_state state, bool closing)
{
	struct kvmhot_hook *h;

	WRITE_ONCE(replaced, false);
	WRITE_ONCE(kvmhot_hooks_live, false);
	for (h = HOOKS_END - 1; h >= kvmhot_hooks; h--)
		if (h->state == HOOK_ARMED && !h->ends)
			kvmhot_hook_disarm(h, HOOK_OFF);
	tracepoint_synchronize_unregister();
	WRITE_ONCE(kvmhot_quick_open, false);
	kvmhot_pool_close_quick();
	kvmhot_vm_lose_track();
	disarm_ends(closing);
	explain(wish, state);
}

/**
 * kvmhot_place_all() - put the hooks in place that are wanted
 * @wish: what is wanted
 *
 * All that counting requires, and what there is of the rest; or none.  A hook for
 * which there is no memory is not one that there is not: without it none is put
 * in place, but those that count already stay.
 *
 * Context: sleeps.
 *
 * Return: 0, also if they wait for a module; -ENOMEM if there is no memory for one
 * that is wanted; or the errno of a hook that is required and missing.
 */
int kvmhot_place_all(const struct kvmhot_wish *wish)
{
	enum kvmhot_hook_state state = HOOK_OFF;
	int err = 0;

	if (wish->enabled)
		state = arm_wanted(wish->detail, &err);
	if (kvmhot_hooks_live && err == -ENOMEM)
		return err;
	if (state == HOOK_ARMED) {
		/* Context switches end the quick way. */
		WRITE_ONCE(kvmhot_quick_open, is_armed(KVMHOT_SWITCHES));
		WRITE_ONCE(kvmhot_hooks_see_ends, is_armed(KVMHOT_ENDS));
		WRITE_ONCE(kvmhot_hooks_live, true);
		return 0;
	}
	kvmhot_place_none(wish, state == HOOK_WAITING ? state : HOOK_OFF,
			  false);
	return state == HOOK_MISSING ? err : 0;
}

/**
 * kvmhot_place_detail() - put the hooks in place that 'detail' wants, or take them away
 * @detail: which
 *
 * Context: sleeps.  All that is required is in place.
 *
 * Return: 0; the errno of the hook of vmx_handle_exit, then the other one has stayed;
 * -ENOMEM if there is no memory for another hook.
 */
int kvmhot_place_detail(bool detail)
{
	struct kvmhot_hook *h;
	int err;

	arm_handle(detail);
	err = handle_hook(detail)->err;
	for (h = HOOKS_REST; h < HOOKS_END; h++) {
		if (h->detail && !detail)
			kvmhot_hook_disarm(h, HOOK_OFF);
		else if (h->detail && !err && arm(h) != HOOK_ARMED &&
			 h->err == -ENOMEM)
			err = h->err;
	}
	return err;
}

/**
 * kvmhot_place_leave() - take all hooks away, as a module goes
 * @wish: what is wanted
 * @module: its name; nothing of it stays
 *
 * Context: sleeps.
 */
void kvmhot_place_leave(const struct kvmhot_wish *wish, const char *module)
{
	struct kvmhot_hook *h;

	/* No VM is left: VMs hold these modules. */
	kvmhot_place_none(wish, HOOK_WAITING, false);
	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (!strcmp(h->module, module))
			kvmhot_hook_disarm(h, HOOK_OFF);
	explain(wish, HOOK_WAITING);
}

/**
 * kvmhot_place_tracepoint() - a tracepoint has come or goes
 * @tp: the tracepoint; others than ours are of no interest
 * @module: it is in
 * @there: it has come
 *
 * Context: sleeps.
 */
void kvmhot_place_tracepoint(struct tracepoint *tp, const char *module,
			     bool there)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++) {
		if (h->kind != HOOK_TRACEPOINT || strcmp(h->name, tp->name) ||
		    strcmp(h->module, module))
			continue;
		if (!there)
			kvmhot_hook_disarm(h, HOOK_OFF);
		h->tp = there ? tp : NULL;
	}
}

/**
 * kvmhot_place_lingers() - is of all hooks only that of the end of VMs in place?
 *
 * Return: true if so: once no VM is left that may end, it can go.
 */
bool kvmhot_place_lingers(void)
{
	return READ_ONCE(kvmhot_hooks_see_ends) && !READ_ONCE(kvmhot_hooks_live);
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
