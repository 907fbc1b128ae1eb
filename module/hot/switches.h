/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declares the switches that the control path turns and probes look at.
 */
#ifndef KVMHOT_SWITCHES_H
#define KVMHOT_SWITCHES_H

#include <linux/types.h>

/**
 * struct kvmhot_wanted - what users want
 * @enabled: arm the hooks, as soon as all that counting requires can be had
 * @detail: arm those of the file 'detail', too
 */
struct kvmhot_wanted {
	bool	enabled;
	bool	detail;
};

/**
 * struct kvmhot_switches - the switches
 * @wanted: what users want; no probe looks at it
 * @live: all hooks that counting requires are in place
 * @quick_open: vCPUs may go the quick way, as context switches are seen
 * @handle_twice: both hooks of vmx_handle_exit are in place
 * @sees_ends: the end of a VM hits a hook
 * @is_full: there is no spare record and none can be made: do not wake the worker
 * @missed_handle: kernel's count of the calls of vmx_handle_exit that its kretprobe
 *		   missed; &kvmhot_switches_none_missed without 'detail'
 */
struct kvmhot_switches {
	struct kvmhot_wanted	wanted;
	bool			live;
	bool			quick_open;
	bool			handle_twice;
	bool			sees_ends;
	bool			is_full;
	const int		*missed_handle;
};

extern struct kvmhot_switches kvmhot_switches;
extern const int kvmhot_switches_none_missed;

#endif /* KVMHOT_SWITCHES_H */
