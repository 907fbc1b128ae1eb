/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Describes a hook, and puts it in place.
 */
#ifndef KVMHOT_HOOK_H
#define KVMHOT_HOOK_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "hot/record.h"

struct seq_file;
struct tracepoint;

/* How the hook is put in place. */
enum kvmhot_hook_kind {
	HOOK_KPROBE,
	HOOK_KRETPROBE,
	HOOK_TRACEPOINT,
	HOOK_NR_KINDS,
};

enum kvmhot_hook_state {
	HOOK_OFF,		/* not wanted */
	HOOK_WAITING,		/* its module, or a hook that is required, is not there */
	HOOK_MISSING,		/* its module is there, but it cannot be put in place */
	HOOK_ARMED,		/* in place */
	HOOK_NR_STATES,
};

/**
 * struct kvmhot_hook - one hook
 * @name: symbol or tracepoint
 * @module: module that has @name
 * @note: what counting loses without the hook
 * @kind: see enum kvmhot_hook_kind
 * @required: nothing is counted without the hook
 * @ends: sees VMs end; stays in place while a known VM may still end
 * @detail: wanted with 'detail' only
 * @plain: not wanted while its counterpart with @detail is in place
 * @handler: kprobe: the handler
 * @spare_name: kprobe: symbol to use if @name cannot be probed
 * @spare_handler: kprobe: handler for @spare_name
 * @spared: kprobe: name and handler were swapped with the spare ones
 * @entry: kretprobe: handler of the entry
 * @ret: kretprobe: handler of the return
 * @data_size: kretprobe: size of an instance's data
 * @calls: kretprobe: calls that each vCPU may be in at once
 * @probe: tracepoint: the probe
 * @nmissed: set to where the kernel counts what a kretprobe misses
 * @hits: sum of the vCPUs that counts the hook's hits
 * @state: see enum kvmhot_hook_state
 * @err: errno of the last try; 0 if the hook is armed
 * @missed: hits that were missed while it was armed before
 * @told: the kernel log has told that the hook is missing
 * @kp: registered kprobe; made anew each time, as the kernel changes it
 * @rp: registered kretprobe; made anew each time, as the kernel changes it
 * @tp: the tracepoint, while its module is there
 */
struct kvmhot_hook {
	const char		*name;
	const char		*module;
	const char		*note;
	enum kvmhot_hook_kind	kind;
	bool			required;
	bool			ends;
	bool			detail;
	bool			plain;
	kprobe_pre_handler_t	handler;
	const char		*spare_name;
	kprobe_pre_handler_t	spare_handler;
	bool			spared;
	kretprobe_handler_t	entry;
	kretprobe_handler_t	ret;
	size_t			data_size;
	unsigned int		calls;
	void			*probe;
	const int		**nmissed;
	enum kvmhot_sum		hits;

	enum kvmhot_hook_state	state;
	int			err;
	unsigned long		missed;
	bool			told;
	struct kprobe		kp;
	struct kretprobe	rp;
	struct tracepoint	*tp;
};

bool kvmhot_hook_is_there(struct kvmhot_hook *h);
void kvmhot_hook_arm(struct kvmhot_hook *h);
void kvmhot_hook_disarm(struct kvmhot_hook *h, enum kvmhot_hook_state state);
u64 kvmhot_hook_bytes(const struct kvmhot_hook *h);
void kvmhot_hook_tell_missing(struct kvmhot_hook *h);
void kvmhot_hook_show(struct seq_file *m, const struct kvmhot_hook *h,
		      u64 hits);

#endif /* KVMHOT_HOOK_H */
