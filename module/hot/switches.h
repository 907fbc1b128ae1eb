/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Switches that the control path turns and that probes look at.
 */
#ifndef KVMHOT_SWITCHES_H
#define KVMHOT_SWITCHES_H

#include <linux/types.h>

/**
 * struct kvmhot_wish - what users want
 * @enabled: hooks, as soon as all can be had that counting requires
 * @detail: as the file
 */
struct kvmhot_wish {
	bool	enabled;
	bool	detail;
};

/**
 * struct kvmhot_switches - the switches
 * @wish: what users want; no probe looks at it
 * @live: all hooks that counting requires are in place
 * @quick_open: a vCPU may go the quick way: context switches are seen
 * @handle_twice: both hooks of vmx_handle_exit are in place
 * @sees_ends: a VM that ends hits a hook
 * @vain: there is no place for a new vCPU, and none can be made: do not wake the worker
 * @missed_handle: where the kernel counts the calls of vmx_handle_exit that its
 *		   kretprobe misses; &kvmhot_switches_none_missed without 'detail'
 */
struct kvmhot_switches {
	struct kvmhot_wish	wish;
	bool			live;
	bool			quick_open;
	bool			handle_twice;
	bool			sees_ends;
	bool			vain;
	const int		*missed_handle;
};

extern struct kvmhot_switches kvmhot_switches;
extern const int kvmhot_switches_none_missed;

#endif /* KVMHOT_SWITCHES_H */
