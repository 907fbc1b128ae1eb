// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and unloads kvmhot, which tells which VM, which exit reason and which part of KVM
 * or of the VMM burns the host's cycles.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <asm/tsc.h>

#include "control/counting.h"
#include "control/events.h"
#include "control/follow.h"
#include "control/kprobes.h"
#include "control/reach.h"
#include "control/worker.h"
#include "files/dir.h"
#include "files/root.h"
#include "param.h"
#include "shared/version.h"

static int __init kvmhot_init(void)
{
	int err;

	err = kvmhot_param_check() ?: kvmhot_events_set(kvmhot_param_events) ?:
	      kvmhot_reach_init();
	if (err)
		return err;
	if (check_tsc_unstable())
		pr_warn("the TSC is unstable here: counts are exact, cycles are not\n");

	kvmhot_worker_init(kvmhot_dir_create);
	kvmhot_kprobes_init();
	kvmhot_root_init();
	err = kvmhot_follow_init();
	if (!err)
		return 0;

	kvmhot_root_exit();	/* no VM has a directory yet */
	kvmhot_kprobes_exit();
	/* A module that came, or a user, may have put hooks in place. */
	kvmhot_counting_stop();
	kvmhot_worker_exit();
	kvmhot_reach_exit();
	return err;
}

static void __exit kvmhot_exit(void)
{
	kvmhot_follow_exit();
	kvmhot_worker_exit();
	kvmhot_root_exit();
	kvmhot_kprobes_exit();
	kvmhot_reach_exit();
}

module_init(kvmhot_init);
module_exit(kvmhot_exit);

MODULE_DESCRIPTION("Profile of KVM by VM and exit reason");
MODULE_AUTHOR("The kvmhot authors");
MODULE_VERSION(KVMHOT_VERSION);
MODULE_LICENSE("GPL");
