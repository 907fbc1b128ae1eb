// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a hook in place, and takes it away.
 *
 * Process context; may sleep.  One caller at a time for each hook.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "control/hook.h"
#include "hot/switches.h"
#include "param.h"

static const char * const kind_names[] = {
	[HOOK_KPROBE]		= "kprobe",
	[HOOK_KRETPROBE]	= "kretprobe",
	[HOOK_TRACEPOINT]	= "tracepoint",
};

static_assert(ARRAY_SIZE(kind_names) == HOOK_NR_KINDS);

static const char * const state_names[] = {
	[HOOK_OFF]	= "off",
	[HOOK_WAITING]	= "waiting",
	[HOOK_MISSING]	= "missing",
	[HOOK_ARMED]	= "armed",
};

static_assert(ARRAY_SIZE(state_names) == HOOK_NR_STATES);

/*
 * Instances of a kretprobe.  A thread that sleeps in the function keeps its instance, and
 * all vCPUs may sleep there: have one for each.  A call without an instance is missed.
 */
static unsigned int nr_instances(const struct kvmhot_hook *h)
{
	return h->calls * kvmhot_param_maxactive;
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

/* Find a symbol by a kprobe that stays disarmed. */
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
 * Name the symbol "module:symbol", so that no other symbol of that name is taken.  The
 * bare symbol is for a KVM that is built in.
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
	/* The name is on the stack, and is only needed at registration. */
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
 * kvmhot_hook_is_there() - does the symbol or tracepoint of a hook exist?
 * @h: the hook; not in place
 *
 * Context: sleeps.
 *
 * Return: true if it exists, even if the hook cannot be put there.
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
 * kvmhot_hook_arm() - put a hook in place, if possible
 * @h: the hook; its state and errno tell the result
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
	/* Do not take the spare for lack of memory: it would stay for good. */
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
 * kvmhot_hook_bytes() - memory of a hook's instances
 * @h: the hook
 *
 * Return: bytes that the kernel has allocated.
 */
u64 kvmhot_hook_bytes(const struct kvmhot_hook *h)
{
	if (h->state != HOOK_ARMED || h->kind != HOOK_KRETPROBE)
		return 0;
	return kvmhot_compat_instances(nr_instances(h), h->data_size);
}

/*
 * Disable a kprobe before it is unregistered.  The kernel needs memory to take a kprobe
 * off ftrace.  Without it the kernel warns and keeps the kprobe; unregister_kprobe()
 * would not tell, and the kernel would go on to use memory that is freed with kvmhot.
 * The kernel lets go of a kprobe that is disabled.  Try seldom: the kernel (6.1, 6.12)
 * counts its kprobes one too low after each failure.
 */
static void disable(struct kprobe *kp)
{
	while (disable_kprobe(kp) == -ENOMEM)
		msleep(100);
}

/**
 * kvmhot_hook_disarm() - take a hook away
 * @h: the hook
 * @state: the hook's new state
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
			WRITE_ONCE(*h->nmissed, &kvmhot_switches_none_missed);
	}
	h->state = state;
	if (state != HOOK_MISSING)
		h->err = 0;
}

/**
 * kvmhot_hook_tell_missing() - log that a hook is missing, once until it is armed
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
 * kvmhot_hook_show() - print the row of a hook in status
 * @m: file to print to
 * @h: the hook
 * @hits: hits since load
 */
void kvmhot_hook_show(struct seq_file *m, const struct kvmhot_hook *h,
		      u64 hits)
{
	seq_printf(m, "hook\t%s\t%s\t%s\t%s\t%llu\t%lu\t%d\t%s\n", h->name,
		   h->module, kind_names[h->kind], state_names[h->state], hits,
		   missed(h), h->err, h->note);
}
