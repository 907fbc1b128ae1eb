// SPDX-License-Identifier: GPL-2.0
/*
 * Follow kvm and kvm_intel as they come and go, in any order.
 *
 * Control path.  Nothing pins these modules.  The kernel tells of tracepoints
 * first, then, our notifier being behind its own, of the module: when it has
 * come, once its code was made ready to be probed; when it goes, after the
 * probes in it were disarmed.
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/tracepoint.h>

#include "kvmhot.h"

static int module_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const struct module *mod = data;

	if (event == MODULE_STATE_COMING || event == MODULE_STATE_GOING)
		kvmhot_hooks_module(mod->name, event == MODULE_STATE_COMING);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = {
	.notifier_call = module_event,
	.priority = -1,		/* the kernel's own have 0 or more */
};

static int tracepoint_event(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	const struct module *mod = ((struct tp_module *)data)->mod;
	struct tracepoint *tp;
	unsigned int i;

	if (event != MODULE_STATE_COMING && event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	for (i = 0; i < mod->num_tracepoints; i++) {
		tp = tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]);
		kvmhot_hooks_tracepoint(tp, mod->name,
					event == MODULE_STATE_COMING);
	}
	return NOTIFY_DONE;
}

static struct notifier_block tracepoint_nb = {
	.notifier_call = tracepoint_event,
};

/* Those of the kernel itself; all of them, where KVM is built in. */
static void own_tracepoint(struct tracepoint *tp, void *unused)
{
	kvmhot_hooks_tracepoint(tp, "vmlinux", true);
	kvmhot_hooks_tracepoint(tp, "kvm", true);
}

/**
 * kvmhot_follow_init() - put hooks in place, now and whenever modules come
 *
 * Return: 0, or an errno of the kernel's notifiers.
 */
int kvmhot_follow_init(void)
{
	int err;

	for_each_kernel_tracepoint(own_tracepoint, NULL);
	/* Plays "coming" for modules that are there. */
	err = register_tracepoint_module_notifier(&tracepoint_nb);
	if (err)
		return err;
	err = register_module_notifier(&module_nb);
	if (err)
		goto err_module;
	kvmhot_hooks_start();
	return 0;

err_module:
	unregister_tracepoint_module_notifier(&tracepoint_nb);
	return err;
}

/**
 * kvmhot_follow_exit() - take away all hooks
 *
 * Context: sleeps.
 */
void kvmhot_follow_exit(void)
{
	unregister_module_notifier(&module_nb);
	/* Plays "going" for modules that are there. */
	unregister_tracepoint_module_notifier(&tracepoint_nb);
	kvmhot_hooks_stop();
}
