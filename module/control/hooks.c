// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: the table of them, and how one is put in place and taken away.
 *
 * Control path.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>

#include "control/hook.h"
#include "hot/quick.h"
#include "hot/timeline.h"

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

/*
 * Hooks are armed in this order, and disarmed in the reverse one.  What counting
 * requires comes first, so that nothing else is in place if it is not to be had;
 * but kvm_exit comes last, as it must not see an exit whose end will not be seen.
 * The first two stand for each other: see place.c.
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
		.detail = true, .nmissed = &kvmhot_missed_handle,
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

const unsigned int kvmhot_nr_hooks = ARRAY_SIZE(kvmhot_hooks);

/* The compiler's word that the probe has the tracepoint's arguments. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_sched_switch(kvmhot_probe_sched_switch);
}

/*
 * A thread that sleeps in the function keeps its instance, and all vCPUs may be
 * asleep: each has its instance.  Who finds none is missed.
 */
static unsigned int nr_instances(const struct kvmhot_hook *h)
{
	return h->calls * kvmhot_maxactive;
}

static int register_symbol(struct kvmhot_hook *h, const char *symbol)
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
	h->rp.maxactive = nr_instances(h);
	return register_kretprobe(&h->rp);
}

/* A probe that stays disarmed finds its symbol all the same. */
static int find_symbol(struct kvmhot_hook *h, const char *symbol)
{
	int err;

	memset(&h->kp, 0, sizeof(h->kp));
	h->kp.symbol_name = symbol;
	h->kp.flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(&h->kp);
	if (!err)
		unregister_kprobe(&h->kp);
	return err;
}

/*
 * Name the symbol "module:symbol", so that nothing else of that name is meant;
 * the bare symbol is for a KVM that is built in.
 */
static int by_name(struct kvmhot_hook *h,
		   int (*act)(struct kvmhot_hook *h, const char *symbol))
{
	char symbol[64];
	int err;

	snprintf(symbol, sizeof(symbol), "%s:%s", h->module, h->name);
	err = act(h, symbol);
	if (err == -ENOENT)
		err = act(h, h->name);
	/* Was on the stack, and is of use at registration only. */
	h->kp.symbol_name = NULL;
	h->rp.kp.symbol_name = NULL;
	return err;
}

static int hook_register(struct kvmhot_hook *h)
{
	if (h->kind == HOOK_TRACEPOINT)
		return h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL)
			     : -ENOENT;
	return by_name(h, register_symbol);
}

/**
 * kvmhot_hook_is_there() - is there a place for a hook?
 * @h: the hook; not in place
 *
 * Context: sleeps.
 *
 * Return: true if so, even if the hook may not be put there.
 */
bool kvmhot_hook_is_there(struct kvmhot_hook *h)
{
	if (h->kind == HOOK_TRACEPOINT)
		return h->tp;
	return by_name(h, find_symbol) != -ENOENT;
}

static void swap_spare(struct kvmhot_hook *h)
{
	swap(h->name, h->spare_name);
	swap(h->handler, h->spare_handler);
	h->spared = !h->spared;
}

/**
 * kvmhot_hook_arm() - put a hook in place, if it can be
 * @h: the hook; its state and errno say what came of it
 *
 * Context: sleeps.
 */
void kvmhot_hook_arm(struct kvmhot_hook *h)
{
	if (h->state == HOOK_ARMED)
		return;
	if (h->spared)
		swap_spare(h);
	h->err = hook_register(h);
	/* Without memory the second choice would be there for good. */
	if (h->err && h->err != -ENOMEM && h->spare_name) {
		swap_spare(h);
		if (!hook_register(h))
			h->err = 0;
		else
			swap_spare(h);
	}
	if (h->err) {
		h->state = h->err == -ENOENT ? HOOK_WAITING : HOOK_MISSING;
		return;
	}
	h->state = HOOK_ARMED;
	h->told = false;
	if (h->nmissed)
		WRITE_ONCE(*h->nmissed, &h->rp.nmissed);
}

static unsigned long missed(const struct kvmhot_hook *h)
{
	if (h->state != HOOK_ARMED || h->kind == HOOK_TRACEPOINT)
		return h->missed;
	if (h->kind == HOOK_KPROBE)
		return h->missed + h->kp.nmissed;
	return h->missed + h->rp.nmissed + h->rp.kp.nmissed;
}

/**
 * kvmhot_hook_bytes() - memory of a hook
 * @h: the hook
 *
 * Return: bytes that the kernel has taken for its instances.
 */
u64 kvmhot_hook_bytes(const struct kvmhot_hook *h)
{
	if (h->state != HOOK_ARMED || h->kind != HOOK_KRETPROBE)
		return 0;
	return kvmhot_compat_instances(nr_instances(h), h->data_size);
}

/*
 * It takes memory to take a kprobe off ftrace.  Without it the kernel warns and keeps
 * the kprobe; unregister_kprobe() would not tell, and the kernel would go on to use
 * memory that is freed with kvmhot.  What is disabled, it lets go.  Few tries: the kernel
 * (6.1, 6.12) counts its kprobes one too low after each that fails.
 */
static void disable(struct kprobe *kp)
{
	while (disable_kprobe(kp) == -ENOMEM)
		msleep(100);
}

/**
 * kvmhot_hook_disarm() - take a hook away
 * @h: the hook
 * @state: its state from now on
 *
 * Context: sleeps.  The probe of a tracepoint may still run on return.
 */
void kvmhot_hook_disarm(struct kvmhot_hook *h, enum kvmhot_hook_state state)
{
	h->missed = missed(h);
	if (h->state == HOOK_ARMED) {
		if (h->kind == HOOK_KPROBE) {
			disable(&h->kp);
			unregister_kprobe(&h->kp);
		} else if (h->kind == HOOK_KRETPROBE) {
			disable(&h->rp.kp);
			unregister_kretprobe(&h->rp);
		} else {
			tracepoint_probe_unregister(h->tp, h->probe, NULL);
		}
		if (h->nmissed)
			WRITE_ONCE(*h->nmissed, &kvmhot_missed_none);
	}
	h->state = state;
	if (state != HOOK_MISSING)
		h->err = 0;
}

/**
 * kvmhot_hook_tell_missing() - say so, once until it is there
 * @h: the hook
 */
void kvmhot_hook_tell_missing(struct kvmhot_hook *h)
{
	bool refuse = h->required || h->err == -ENOMEM;

	if (h->told)
		return;
	h->told = true;
	pr_warn("%s %s of %s: error %d: %s%s\n", kind_names[h->kind], h->name,
		h->module, h->err, refuse ? "refusing to count: " : "",
		h->note);
}

/**
 * kvmhot_hook_show() - the row of a hook in status
 * @m: where to
 * @h: the hook
 * @hits: since load
 */
void kvmhot_hook_show(struct seq_file *m, const struct kvmhot_hook *h,
		      u64 hits)
{
	seq_printf(m, "hook\t%s\t%s\t%s\t%s\t%llu\t%lu\t%d\t%s\n", h->name,
		   h->module, kind_names[h->kind], state_names[h->state], hits,
		   missed(h), h->err, h->note);
}
