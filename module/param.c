// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the module parameters, and their ranges.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include "param.h"

unsigned int kvmhot_param_max_vms = 1024;
module_param_named(max_vms, kvmhot_param_max_vms, uint, 0400);
MODULE_PARM_DESC(max_vms, "VMs that are kept, ended ones included (1024)");

unsigned int kvmhot_param_max_vcpus = 4096;
module_param_named(max_vcpus, kvmhot_param_max_vcpus, uint, 0400);
MODULE_PARM_DESC(max_vcpus, "vCPUs that are kept, spare records included (4096)");

unsigned int kvmhot_param_max_memory_kb = 131072;
module_param_named(max_memory_kb, kvmhot_param_max_memory_kb, uint, 0400);
MODULE_PARM_DESC(max_memory_kb, "memory for VMs and vCPUs in KiB (131072)");

unsigned int kvmhot_param_max_ended = 64;
module_param_named(max_ended, kvmhot_param_max_ended, uint, 0400);
MODULE_PARM_DESC(max_ended, "ended VMs whose totals are kept (64)");

unsigned int kvmhot_param_max_share = 50;
module_param_named(max_share, kvmhot_param_max_share, uint, 0400);
MODULE_PARM_DESC(max_share, "percent of what it has and what is free that one VMM may have (50)");

unsigned int kvmhot_param_maxactive;
module_param_named(maxactive, kvmhot_param_maxactive, uint, 0400);
MODULE_PARM_DESC(maxactive, "with detail: vCPUs that may be in KVM_RUN at once (max_vcpus, 256 at least)");

bool kvmhot_param_detail;
module_param_named(detail, kvmhot_param_detail, bool, 0400);
MODULE_PARM_DESC(detail, "begin with vmx_handle_exit's return hooked (N)");

char *kvmhot_param_events = "auto";
module_param_named(events, kvmhot_param_events, charp, 0400);
MODULE_PARM_DESC(events, "perf events to count at the edges: a list, none or auto (auto)");

static int __init check_range(const char *name, unsigned int value, unsigned int min,
			      unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("parameter %s=%u is not in %u..%u\n", name, value, min, max);
	return -EINVAL;
}

/**
 * kvmhot_param_check() - are all parameters in their ranges?
 *
 * Return: 0; or -EINVAL, and the kernel log tells the parameter.
 */
int __init kvmhot_param_check(void)
{
	if (!kvmhot_param_maxactive)
		kvmhot_param_maxactive = max(kvmhot_param_max_vcpus, 256U);
	return check_range("max_vms", kvmhot_param_max_vms, 1, 65536) ?:
	       check_range("max_vcpus", kvmhot_param_max_vcpus, 1, 65536) ?:
	       check_range("max_memory_kb", kvmhot_param_max_memory_kb, 64, 1 << 24) ?:
	       check_range("max_ended", kvmhot_param_max_ended, 0, 65536) ?:
	       check_range("max_share", kvmhot_param_max_share, 1, 100) ?:
	       check_range("maxactive", kvmhot_param_maxactive, 1, 65536);
}
