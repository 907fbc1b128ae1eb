// SPDX-License-Identifier: GPL-2.0
/*
 * Puts all hooks in place, or takes them away.
 *
 * Process context; may sleep.  Callers hold the lock of counting.c.  The hooks that
 * counting requires are in kvm and in kvm_intel.  Unless all of these can be had, none is
 * in place: a host without Intel's KVM pays nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>

#include "compat.h"
#include "control/hook.h"
#include "control/hooks.h"
#include "control/reach.h"
#include "control/registry.h"
#include "hot/probes.h"
#include "hot/switches.h"

/*
 * Hooks are armed in this order, and disarmed in the reverse order.  Required hooks come
 * first, so that nothing else is in place if one of them is missing.  But kvm_exit comes
 * last, as it must not see an exit whose end is not seen.  The first two hooks stand for
 * each other: see arm_handle().
 */
struct kvmhot_hook kvmhot_hooks[] = {
	{
		.name = "vmx_handle_exit", .module = "kvm_intel",
		.hits = KVMHOT_RETURNED,
		.note = "handle does not end at its return",
		.kind = HOOK_KRETPROBE,
		.entry = kvmhot_probe_handle_exit_entry,
		.ret = kvmhot_probe_handle_exit_ret,
		.data_size = sizeof(struct kvm_vcpu *), .calls = 1,
		.detail = true, .nmissed = &kvmhot_switches.missed_handle,
	}, {
		.name = "vmx_handle_exit", .module = "kvm_intel",
		.hits = KVMHOT_HANDLED,
		.note = "the fast path cannot be told apart",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_handle_exit,
		.required = true, .plain = true,
	}, {
		.name = "kvm_userspace_exit", .module = "kvm",
		.hits = KVMHOT_RUNS,
		.note = "the VMM's time is taken for KVM's",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_userspace_exit,
		.required = true,
	}, {
		.name = "kvm_vcpu_wakeup", .module = "kvm",
		.hits = KVMHOT_WAKEUPS,
		.note = "the end of a halt is not known",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_wakeup,
		.required = true,
	}, {
		.name = "kvm_vcpu_ioctl", .module = "kvm",
		.hits = KVMHOT_STARTS,
		.note = "the VMM's time is taken for KVM's",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_ioctl,
		.required = true,
	}, {
		.name = "kvm_vcpu_ioctl", .module = "kvm",
		.hits = KVMHOT_RUN_RETURNS,
		.note = "other ioctls are taken for the VMM's time",
		.kind = HOOK_KRETPROBE, .entry = kvmhot_probe_ioctl_entry,
		.ret = kvmhot_probe_ioctl_ret, .detail = true,
		.data_size = sizeof(struct kvmhot_ioctl_span),
		.calls = 2,	/* KVM_RUN, and another that waits for its end */
	}, {
		.name = "sched_switch", .module = "vmlinux",
		.hits = KVMHOT_SWITCHES,
		.note = "time switched out is taken for cost, or for user",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_sched_switch,
	}, {
		.name = "kvm_arch_vcpu_destroy", .module = "kvm",
		.hits = KVMHOT_ENDS,
		.note = "the end of a VM is noticed late, and loses its last exits",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_vcpu_destroy,
		.spare_name = "kvm_arch_destroy_vm",
		.spare_handler = kvmhot_probe_destroy_vm,
		.ends = true,
	}, {
		.name = "handle_ept_violation", .module = "kvm_intel",
		.hits = KVMHOT_CLASSED,
		.note = "EPT violations are not told apart",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_ept,
	}, {
		.name = "handle_ept_violation", .module = "kvm_intel",
		.hits = KVMHOT_EPT,
		.note = "its part of EPT_VIOLATION is not known",
		.kind = HOOK_KRETPROBE, .entry = kvmhot_probe_ept_entry,
		.ret = kvmhot_probe_ept_ret, .detail = true,
		.data_size = sizeof(struct kvmhot_ept_span), .calls = 1,
	}, {
		.name = KVMHOT_COMPAT_HALT, .module = "kvm",
		.hits = KVMHOT_HALTS,
		.note = "halt-polling is taken for cost, sleep in HLT for wait",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_halt,
	}, {
		.name = "kvm_entry", .module = "kvm",
		.hits = KVMHOT_ENTRIES,
		.note = "the end of an exit is not known",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_kvm_entry,
		.required = true,
	}, {
		.name = "kvm_exit", .module = "kvm",
		.hits = KVMHOT_EXITS,
		.note = "no exit is seen",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_kvm_exit,
		.required = true,
	},
};

const unsigned int kvmhot_hooks_nr = ARRAY_SIZE(kvmhot_hooks);

/* Have the compiler check that the probe has the tracepoint's arguments. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_sched_switch(kvmhot_probe_sched_switch);
}

#define HOOKS_END	(kvmhot_hooks + kvmhot_hooks_nr)
/* The two hooks before this one are those of vmx_handle_exit; one of them is in place. */
#define HOOKS_REST	(kvmhot_hooks + 2)

static bool replaced;	/* see kvmhot_hooks_replaced() */

/* Is the hook in place whose hits the sum @hits counts? */
static bool is_armed(enum kvmhot_sum hits)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->hits == hits)
			return h->state == HOOK_ARMED;
	return false;
}

/* The hook of vmx_handle_exit with or without 'detail'. */
static struct kvmhot_hook *handle_hook(bool detail)
{
	struct kvmhot_hook *h = kvmhot_hooks;

	while (!(detail ? h->detail : h->plain))
		h++;
	return h;
}

static bool is_wanted(const struct kvmhot_hook *h,
		      const struct kvmhot_wanted *wanted)
{
	if (h->detail)
		return wanted->enabled && wanted->detail;
	/* One of the two hooks of vmx_handle_exit is enough; this is the cheaper one. */
	if (h->plain && wanted->detail)
		return wanted->enabled && handle_hook(true)->state == HOOK_MISSING;
	return wanted->enabled;
}

/* Is a module loaded?  Tells a symbol that it lacks from a module that is not there. */
static bool is_loaded(const char *module)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (!strcmp(h->module, module) &&
		    (h->state == HOOK_ARMED || kvmhot_hook_is_there(h)))
			return true;
	return false;
}

/* Return: HOOK_ARMED; HOOK_WAITING without the module; or HOOK_MISSING. */
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
 * Put the hook of vmx_handle_exit in place that 'detail' wants.  Take the other one away
 * after that, so that one is there at any time; keep it if the wanted one is missing.
 *
 * Return: the hook whose state counts: the other one if it has to do.
 */
static struct kvmhot_hook *arm_handle(bool detail)
{
	struct kvmhot_hook *to = handle_hook(detail);
	struct kvmhot_hook *from = handle_hook(!detail);
	bool both = from->state == HOOK_ARMED;

	WRITE_ONCE(kvmhot_switches.handle_twice, both);
	if (arm(to) == HOOK_ARMED) {
		kvmhot_hook_disarm(from, HOOK_OFF);
		if (both)
			WRITE_ONCE(replaced, true);
	}
	WRITE_ONCE(kvmhot_switches.handle_twice, false);
	if (!detail || to->state != HOOK_MISSING || to->err == -ENOMEM)
		return to;
	arm(from);
	return from;
}

/*
 * Return: HOOK_ARMED if all is well.  Otherwise the state of the first hook that is not
 * in place and that counting requires, or for which there was no memory; @err is then
 * that hook's.
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

/* Take the hook of the end of VMs away, unless a VM may still end. */
static void disarm_ends(bool closing)
{
	struct kvmhot_hook *h = kvmhot_hooks;

	while (!h->ends)
		h++;
	if (h->state == HOOK_ARMED && (closing || !kvmhot_registry_is_tracking()))
		kvmhot_hook_disarm(h, HOOK_OFF);
	WRITE_ONCE(kvmhot_switches.sees_ends, h->state == HOOK_ARMED);
}

/* Set the state of all hooks that are neither in place nor missing. */
static void explain(const struct kvmhot_wanted *wanted,
		    enum kvmhot_hook_state state)
{
	struct kvmhot_hook *h;

	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (h->state == HOOK_WAITING || h->state == HOOK_OFF)
			h->state = is_wanted(h, wanted) ? state : HOOK_OFF;
}

/**
 * kvmhot_hooks_place_none() - take all hooks away
 * @wanted: what is wanted from now on
 * @state: state of a hook that is wanted nevertheless
 * @closing: take even the hook of the end of VMs away, if VMs may still end
 *
 * Context: sleeps.
 */
void kvmhot_hooks_place_none(const struct kvmhot_wanted *wanted,
			     enum kvmhot_hook_state state, bool closing)
{
	struct kvmhot_hook *h;

	WRITE_ONCE(replaced, false);
	WRITE_ONCE(kvmhot_switches.live, false);
	for (h = HOOKS_END - 1; h >= kvmhot_hooks; h--)
		if (h->state == HOOK_ARMED && !h->ends)
			kvmhot_hook_disarm(h, HOOK_OFF);
	tracepoint_synchronize_unregister();
	WRITE_ONCE(kvmhot_switches.quick_open, false);
	kvmhot_reach_close_quick();
	kvmhot_registry_lose_track();
	disarm_ends(closing);
	explain(wanted, state);
}

/**
 * kvmhot_hooks_place_all() - put the wanted hooks in place
 * @wanted: what is wanted
 *
 * Puts either all required hooks in place, and those of the others that exist, or none.
 * If there is no memory for a hook, even one that is not required, none is put in place.
 * But if kvmhot counts already, its hooks stay.
 *
 * Context: sleeps.
 *
 * Return: 0, also if hooks wait for a module; -ENOMEM if there is no memory for a wanted
 * hook; or the errno of a required hook that is missing.
 */
int kvmhot_hooks_place_all(const struct kvmhot_wanted *wanted)
{
	enum kvmhot_hook_state state = HOOK_OFF;
	int err = 0;

	if (wanted->enabled)
		state = arm_wanted(wanted->detail, &err);
	if (kvmhot_switches.live && err == -ENOMEM)
		return err;
	if (state == HOOK_ARMED) {
		/* The quick way needs sched_switch: context switches end it. */
		WRITE_ONCE(kvmhot_switches.quick_open, is_armed(KVMHOT_SWITCHES));
		WRITE_ONCE(kvmhot_switches.sees_ends, is_armed(KVMHOT_ENDS));
		WRITE_ONCE(kvmhot_switches.live, true);
		return 0;
	}
	kvmhot_hooks_place_none(wanted, state == HOOK_WAITING ? state : HOOK_OFF,
				false);
	return state == HOOK_MISSING ? err : 0;
}

/**
 * kvmhot_hooks_place_detail() - put the hooks of 'detail' in place, or take them away
 * @detail: new value of 'detail'
 *
 * Context: sleeps.  All required hooks are in place.
 *
 * Return: 0; the errno of the hook of vmx_handle_exit, and the other one has stayed; or
 * -ENOMEM if there is no memory for another hook.
 */
int kvmhot_hooks_place_detail(bool detail)
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
 * kvmhot_hooks_leave() - take all hooks away, as a module goes
 * @wanted: what is wanted
 * @module: name of the module; no hook stays in it
 *
 * Context: sleeps.
 */
void kvmhot_hooks_leave(const struct kvmhot_wanted *wanted, const char *module)
{
	struct kvmhot_hook *h;

	/* No VM is left, as VMs hold these modules. */
	kvmhot_hooks_place_none(wanted, HOOK_WAITING, false);
	for (h = kvmhot_hooks; h < HOOKS_END; h++)
		if (!strcmp(h->module, module))
			kvmhot_hook_disarm(h, HOOK_OFF);
	explain(wanted, HOOK_WAITING);
}

/**
 * kvmhot_hooks_tracepoint() - note that a tracepoint has come or goes
 * @tp: the tracepoint; ignored if no hook wants it
 * @module: module of the tracepoint
 * @there: true if it has come, false if it goes
 *
 * Context: sleeps.
 */
void kvmhot_hooks_tracepoint(struct tracepoint *tp, const char *module,
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
 * kvmhot_hooks_lingers() - is the hook of the end of VMs the only one in place?
 *
 * Return: true if so: it can go once no VM is left that may end.
 */
bool kvmhot_hooks_lingers(void)
{
	return READ_ONCE(kvmhot_switches.sees_ends) && !READ_ONCE(kvmhot_switches.live);
}

/**
 * kvmhot_hooks_replaced() - was a hook of vmx_handle_exit placed beside the other?
 *
 * Return: true if so.  The kernel then keeps a list of probes there until the hook goes,
 * and walks the list at each hit, although only one probe is left in it.
 */
bool kvmhot_hooks_replaced(void)
{
	return READ_ONCE(replaced);
}
