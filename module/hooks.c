// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: put probes in place, and take them away again.
 *
 * Control path.  A hook is in place while it is wanted and its module is
 * there, which follow.c tells.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>

#include "kvmhot.h"
#include "timeline.h"
#include "vmx.h"

enum hook_kind { HOOK_KPROBE, HOOK_KRETPROBE, HOOK_TRACEPOINT };
enum hook_state { HOOK_OFF, HOOK_WAITING, HOOK_MISSING, HOOK_ARMED };

static const char * const kind_names[] = {
	[HOOK_KPROBE]		= "kprobe",
	[HOOK_KRETPROBE]	= "kretprobe",
	[HOOK_TRACEPOINT]	= "tracepoint",
};

static const char * const state_names[] = {
	[HOOK_OFF]	= "off",
	[HOOK_WAITING]	= "waiting",
	[HOOK_MISSING]	= "missing",
	[HOOK_ARMED]	= "armed",
};

/**
 * struct hook - one hook
 * @name: symbol or tracepoint
 * @module: that has it
 * @note: what its absence costs
 * @kind: how it is done
 * @required: nothing is counted without it
 * @always: stays in place when kvmhot is disabled
 * @handler: of a kprobe
 * @entry: of a kretprobe
 * @ret: of a kretprobe
 * @data_size: of a kretprobe's instance
 * @probe: of a tracepoint
 * @hits: sum of the vCPUs that counts its hits
 * @state: see enum hook_state
 * @err: errno of the last try, 0 if it is armed
 * @kp: what was registered; made anew each time, as the kernel changes it
 * @rp: likewise
 * @tp: the tracepoint, while its module is there
 */
struct hook {
	const char		*name;
	const char		*module;
	const char		*note;
	enum hook_kind		kind;
	bool			required;
	bool			always;
	kprobe_pre_handler_t	handler;
	kretprobe_handler_t	entry;
	kretprobe_handler_t	ret;
	size_t			data_size;
	void			*probe;
	enum kvmhot_sum		hits;

	enum hook_state		state;
	int			err;
	struct kprobe		kp;
	struct kretprobe	rp;
	struct tracepoint	*tp;
};

/*
 * In the order in which they are armed, and against which they are disarmed:
 * kvm_exit must not see an exit whose end will not be seen.
 */
static struct hook hooks[] = {
	{
		.name = "sched_switch", .module = "vmlinux",
		.hits = KVMHOT_SWITCHES,
		.note = "time switched out is taken for cost",
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_sched_switch,
	}, {
		.name = "kvm_destroy_vm", .module = "kvm",
		.hits = KVMHOT_ENDS,
		.note = "the end of a VM is not noticed",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_destroy_vm,
		.always = true,
	}, {
		.name = "handle_ept_violation", .module = "kvm_intel",
		.hits = KVMHOT_EPT,
		.note = "its part of EPT_VIOLATION is not known",
		.kind = HOOK_KRETPROBE, .entry = kvmhot_probe_ept,
		.ret = kvmhot_probe_ept_ret,
		.data_size = sizeof(struct kvmhot_ept_span),
	}, {
		.name = "kvm_vcpu_ioctl", .module = "kvm",
		.hits = KVMHOT_RUNS,
		.note = "KVM and the VMM cannot be told apart",
		.kind = HOOK_KRETPROBE, .entry = kvmhot_probe_ioctl,
		.ret = kvmhot_probe_ioctl_ret, .required = true,
		.data_size = sizeof(struct kvm_vcpu *),
	}, {
		.name = "vmx_handle_exit", .module = "kvm_intel",
		.hits = KVMHOT_HANDLED,
		.note = "the fast path cannot be told apart",
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_handle_exit,
		.required = true,
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

/* Read by kvmhot_vcpu_see(). */
bool kvmhot_hooks_live;

static DEFINE_MUTEX(hooks_lock);
static bool enabled;

#define HOOKS_END	(hooks + ARRAY_SIZE(hooks))

/*
 * As "module:symbol", so that nothing else of that name is meant; where KVM is
 * built in, the bare symbol.
 */
static int register_by_name(struct hook *h, const char *symbol)
{
	if (h->kind == HOOK_KPROBE) {
		memset(&h->kp, 0, sizeof(h->kp));
		h->kp.symbol_name = symbol;
		h->kp.pre_handler = h->handler;
		return register_kprobe(&h->kp);
	}
	memset(&h->rp, 0, sizeof(h->rp));
	h->rp.kp.symbol_name = symbol;
	h->rp.entry_handler = h->entry;
	h->rp.handler = h->ret;
	h->rp.data_size = h->data_size;
	h->rp.maxactive = kvmhot_maxactive;
	return register_kretprobe(&h->rp);
}

static int hook_register(struct hook *h)
{
	char symbol[64];
	int err;

	if (h->kind == HOOK_TRACEPOINT)
		return h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL)
			     : -ENOENT;
	snprintf(symbol, sizeof(symbol), "%s:%s", h->module, h->name);
	err = register_by_name(h, symbol);
	if (err == -ENOENT)
		err = register_by_name(h, h->name);
	return err;
}

static void hook_arm(struct hook *h)
{
	if (h->state == HOOK_ARMED)
		return;
	h->err = hook_register(h);
	if (!h->err)
		h->state = HOOK_ARMED;
	else
		h->state = h->err == -ENOENT ? HOOK_WAITING : HOOK_MISSING;
}

static void hook_disarm(struct hook *h, enum hook_state state)
{
	if (h->state == HOOK_ARMED) {
		if (h->kind == HOOK_KPROBE)
			unregister_kprobe(&h->kp);
		else if (h->kind == HOOK_KRETPROBE)
			unregister_kretprobe(&h->rp);
		else
			tracepoint_probe_unregister(h->tp, h->probe, NULL);
	}
	h->state = state;
	h->err = 0;
}

/*
 * A symbol that is not found waits for its module, unless another hook of the
 * same module was found: then it is not there at all.
 */
static void tell_missing(void)
{
	struct hook *h, *other;

	for (h = hooks; h < HOOKS_END; h++) {
		if (h->state != HOOK_WAITING)
			continue;
		for (other = hooks; other < HOOKS_END; other++)
			if (other->state == HOOK_ARMED &&
			    !strcmp(other->module, h->module))
				h->state = HOOK_MISSING;
	}
	for (h = hooks; h < HOOKS_END; h++)
		if (h->state == HOOK_MISSING)
			pr_warn("%s %s of %s: error %d: %s%s\n",
				kind_names[h->kind], h->name, h->module, h->err,
				h->required ? "refusing to count: " : "",
				h->note);
}

static void disarm_all(bool closing)
{
	struct hook *h;

	WRITE_ONCE(kvmhot_hooks_live, false);
	for (h = HOOKS_END - 1; h >= hooks; h--)
		if (closing || !h->always)
			hook_disarm(h, h->state == HOOK_MISSING ?
				       HOOK_MISSING : HOOK_OFF);
	tracepoint_synchronize_unregister();
	/* Outside of what the worker may wait for, and nothing is armed. */
	kvmhot_vm_lose_track();
}

/* Arm what can be armed; count only if all that is required could be. */
static void arm_all(void)
{
	bool missing = false, waiting = false;
	struct hook *h;

	for (h = hooks; h < HOOKS_END; h++)
		if (enabled || h->always)
			hook_arm(h);
	tell_missing();
	for (h = hooks; h < HOOKS_END; h++) {
		missing |= h->required && h->state == HOOK_MISSING;
		waiting |= h->required && h->state != HOOK_ARMED;
	}
	if (missing)
		disarm_all(false);
	else
		WRITE_ONCE(kvmhot_hooks_live, !waiting);
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
	struct hook *h;

	if (strcmp(name, "kvm") && strcmp(name, "kvm_intel"))
		return;
	mutex_lock(&hooks_lock);
	if (there) {
		arm_all();
	} else {
		/* No VM is left: VMs hold these modules. */
		WRITE_ONCE(kvmhot_hooks_live, false);
		for (h = hooks; h < HOOKS_END; h++)
			if (!strcmp(h->module, name))
				hook_disarm(h, HOOK_WAITING);
	}
	mutex_unlock(&hooks_lock);
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
	struct hook *h;

	mutex_lock(&hooks_lock);
	for (h = hooks; h < HOOKS_END; h++) {
		if (h->kind != HOOK_TRACEPOINT || strcmp(h->name, tp->name) ||
		    strcmp(h->module, module))
			continue;
		if (!there)
			hook_disarm(h, HOOK_WAITING);
		h->tp = there ? tp : NULL;
	}
	mutex_unlock(&hooks_lock);
}

/* The compiler's word that the probe has the tracepoint's arguments. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_sched_switch(kvmhot_probe_sched_switch);
}

/**
 * kvmhot_hooks_start() - put hooks in place, now or when their modules come
 *
 * Context: sleeps.  After kvmhot_hooks_tracepoint() for those that are there.
 */
void kvmhot_hooks_start(void)
{
	if (kvmhot_vmx_evmcs())
		pr_warn("KVM may use Hyper-V's enlightened VMCS here: exit reasons cannot be read, not counting\n");
	mutex_lock(&hooks_lock);
	enabled = !kvmhot_vmx_evmcs();
	arm_all();
	mutex_unlock(&hooks_lock);
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
	mutex_unlock(&hooks_lock);
}

/**
 * kvmhot_hooks_enable() - start or stop counting
 * @on: which
 *
 * Return: 0, or -EOPNOTSUPP if exit reasons cannot be read here.
 */
int kvmhot_hooks_enable(bool on)
{
	if (on && kvmhot_vmx_evmcs())
		return -EOPNOTSUPP;
	mutex_lock(&hooks_lock);
	if (on != enabled) {
		enabled = on;
		if (on)
			arm_all();
		else
			disarm_all(false);
	}
	mutex_unlock(&hooks_lock);
	return 0;
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

static unsigned long hook_missed(const struct hook *h)
{
	if (h->state != HOOK_ARMED || h->kind == HOOK_TRACEPOINT)
		return 0;
	if (h->kind == HOOK_KPROBE)
		return h->kp.nmissed;
	return h->rp.nmissed + h->rp.kp.nmissed;
}

/**
 * kvmhot_hooks_show() - the rows of the hooks in status
 * @m: where to
 * @t: sums over all vCPUs, for the hits
 */
void kvmhot_hooks_show(struct seq_file *m, const struct kvmhot_totals *t)
{
	struct hook *h;

	mutex_lock(&hooks_lock);
	for (h = hooks; h < HOOKS_END; h++)
		seq_printf(m, "hook\t%s\t%s\t%s\t%s\t%llu\t%lu\t%d\t%s\n",
			   h->name, h->module, kind_names[h->kind],
			   state_names[h->state], t->sum[h->hits],
			   hook_missed(h), h->err, h->note);
	mutex_unlock(&hooks_lock);
}
