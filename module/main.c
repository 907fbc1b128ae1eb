// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot: which VM, which exit reason and which part of KVM or of its VMM
 * burns the host's cycles.  Init and exit; the rest is in files of its own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <asm/tsc.h>

#include "control/events.h"
#include "control/hook.h"
#include "kvmhot.h"

unsigned int kvmhot_max_vms = 1024;
module_param_named(max_vms, kvmhot_max_vms, uint, 0400);
MODULE_PARM_DESC(max_vms, "VMs that are kept, ended ones included (1024)");

unsigned int kvmhot_max_vcpus = 4096;
module_param_named(max_vcpus, kvmhot_max_vcpus, uint, 0400);
MODULE_PARM_DESC(max_vcpus, "vCPUs that are kept, spare records included (4096)");

unsigned int kvmhot_max_memory_kb = 131072;
module_param_named(max_memory_kb, kvmhot_max_memory_kb, uint, 0400);
MODULE_PARM_DESC(max_memory_kb, "memory for VMs and vCPUs in KiB (131072)");

unsigned int kvmhot_max_ended = 64;
module_param_named(max_ended, kvmhot_max_ended, uint, 0400);
MODULE_PARM_DESC(max_ended, "ended VMs whose totals are kept (64)");

unsigned int kvmhot_max_share = 50;
module_param_named(max_share, kvmhot_max_share, uint, 0400);
MODULE_PARM_DESC(max_share, "percent of what it has and what is free that one VMM may have (50)");

unsigned int kvmhot_maxactive;
module_param_named(maxactive, kvmhot_maxactive, uint, 0400);
MODULE_PARM_DESC(maxactive, "with detail: vCPUs that may be in KVM_RUN at once (max_vcpus, 256 at least)");

bool kvmhot_detail;
module_param_named(detail, kvmhot_detail, bool, 0400);
MODULE_PARM_DESC(detail, "begin with vmx_handle_exit's return hooked (N)");

char *kvmhot_events = "auto";
module_param_named(events, kvmhot_events, charp, 0400);
MODULE_PARM_DESC(events, "perf events to count at the edges: a list, none or auto (auto)");

static int check_range(const char *name, unsigned int value, unsigned int min,
		       unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("parameter %s=%u is not in %u..%u\n", name, value, min, max);
	return -EINVAL;
}

static int check_parameters(void)
{
	if (!kvmhot_maxactive)
		kvmhot_maxactive = max(kvmhot_max_vcpus, 256U);
	return check_range("max_vms", kvmhot_max_vms, 1, 65536) ?:
	       check_range("max_vcpus", kvmhot_max_vcpus, 1, 65536) ?:
	       check_range("max_memory_kb", kvmhot_max_memory_kb, 64, 1 << 24) ?:
	       check_range("max_ended", kvmhot_max_ended, 0, 65536) ?:
	       check_range("max_share", kvmhot_max_share, 1, 100) ?:
	       check_range("maxactive", kvmhot_maxactive, 1, 65536);
}

static int __init kvmhot_init(void)
{
	int err;

	err = check_parameters() ?: kvmhot_events_init(kvmhot_events) ?:
	      kvmhot_out_init();
	if (err)
		return err;
	if (check_tsc_unstable())
		pr_warn("the TSC is unstable here: counts are exact, cycles are not\n");

	kvmhot_worker_init();
	kvmhot_kprobes_init();
	kvmhot_debugfs_init();
	err = kvmhot_follow_init();
	if (err)
		goto err_follow;
	err = kvmhot_clock_init();
	if (err)
		goto err_clock;
	return 0;

err_clock:
	kvmhot_follow_exit();
err_follow:
	kvmhot_debugfs_exit();	/* no VM has a directory yet */
	kvmhot_kprobes_exit();
	kvmhot_hooks_stop();
	kvmhot_worker_exit();
	kvmhot_out_exit();
	return err;
}

static void __exit kvmhot_exit(void)
{
	kvmhot_clock_exit();
	kvmhot_follow_exit();
	kvmhot_worker_exit();
	kvmhot_debugfs_exit();
	kvmhot_kprobes_exit();
	kvmhot_out_exit();
}

module_init(kvmhot_init);
module_exit(kvmhot_exit);

MODULE_DESCRIPTION("Profile of KVM by VM and exit reason");
MODULE_AUTHOR("The kvmhot authors");
MODULE_VERSION(KVMHOT_VERSION);
MODULE_LICENSE("GPL");
