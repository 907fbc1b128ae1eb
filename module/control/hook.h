/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hook: how it is put in place, and taken away.
 */
#ifndef KVMHOT_HOOK_H
#define KVMHOT_HOOK_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "hot/record.h"

struct seq_file;
struct tracepoint;

enum kvmhot_hook_kind {
	HOOK_KPROBE,
	HOOK_KRETPROBE,
	HOOK_TRACEPOINT,
	HOOK_NR_KINDS,
};

enum kvmhot_hook_state {
	HOOK_OFF,		/* not wanted */
	HOOK_WAITING,		/* for its module, or for others that are required */
	HOOK_MISSING,		/* its module is there, but it could not be put in place */
	HOOK_ARMED,
	HOOK_NR_STATES,
};

/**
 * struct kvmhot_hook - one hook
 * @name: symbol or tracepoint
 * @module: that has it
 * @note: what its absence costs
 * @kind: how it is done
 * @required: nothing is counted without it
 * @ends: sees VMs end; stays in place for as long as VMs are kept count of
 * @detail: is wanted with 'detail' only
 * @plain: is not wanted while one with @detail is in place
 * @handler: of a kprobe
 * @spare_name: of a kprobe, a symbol that will do where that of @name will not
 * @spare_handler: its handler
 * @spared: the two were exchanged: the kprobe is on the second choice
 * @entry: of a kretprobe
 * @ret: of a kretprobe
 * @data_size: of a kretprobe's instance
 * @calls: of a kretprobe, calls that each vCPU may be in at once
 * @probe: of a tracepoint
 * @nmissed: set to where the kernel counts what a kretprobe misses
 * @hits: sum of the vCPUs that counts its hits
 * @state: see enum kvmhot_hook_state
 * @err: errno of the last try, 0 if it is armed
 * @missed: hits missed in earlier times that it was armed
 * @told: that it is missing was said in the log
 * @kp: what was registered; made anew each time, as the kernel changes it
 * @rp: likewise
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
