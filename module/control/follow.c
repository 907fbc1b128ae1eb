// SPDX-License-Identifier: GPL-2.0
/*
 * Follows kvm and kvm_intel as they come and go, in any order, and the host's sleep.
 *
 * Process context; may sleep.  The kernel's notifiers call this; nothing pins these
 * modules.  The kernel tells of a module's tracepoints first, and then of the module.
 * The kernel's own notifiers run before ours: if the module has come, its code is ready
 * to be probed; if it goes, the probes in it are disarmed.
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/suspend.h>
#include <linux/tracepoint.h>

#include "control/counting.h"
#include "control/follow.h"

static int module_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const struct module *mod = data;

	if (event == MODULE_STATE_COMING || event == MODULE_STATE_GOING)
		kvmhot_counting_module(mod->name, event == MODULE_STATE_COMING);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = {
	.notifier_call = module_event,
	.priority = -1,		/* after the kernel's own, which have 0 or more */
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
		kvmhot_counting_tracepoint(tp, mod->name,
					   event == MODULE_STATE_COMING);
	}
	return NOTIFY_DONE;
}

static struct notifier_block tracepoint_nb = {
	.notifier_call = tracepoint_event,
};

/* Take the kernel's own tracepoints: those of kvm are among them if KVM is built in. */
static void own_tracepoint(struct tracepoint *tp, void *unused)
{
	kvmhot_counting_tracepoint(tp, "vmlinux", true);
	kvmhot_counting_tracepoint(tp, "kvm", true);
}

/*
 * The TSC may begin anew while the host sleeps, and threads may run between the notifiers
 * and the sleep.  So nothing is counted between the two notifiers, and the stage of vCPUs
 * is unknown for that time.
 */
static int pm_event(struct notifier_block *nb, unsigned long event, void *unused)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		kvmhot_counting_suspend(true);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		kvmhot_counting_suspend(false);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block pm_nb = {
	.notifier_call = pm_event,
};

/**
 * kvmhot_follow_init() - put hooks in place, now and whenever modules come
 *
 * Context: sleeps.
 *
 * Return: 0; or an errno of the kernel's notifiers, and then kvmhot_counting_stop() must
 * follow.
 */
int kvmhot_follow_init(void)
{
	int err;

	for_each_kernel_tracepoint(own_tracepoint, NULL);
	/* This calls the notifier with "coming" for modules that are loaded. */
	err = register_tracepoint_module_notifier(&tracepoint_nb);
	if (err)
		return err;
	err = register_module_notifier(&module_nb);
	if (err)
		goto err_module;
	err = register_pm_notifier(&pm_nb);
	if (err)
		goto err_pm;
	kvmhot_counting_start();
	return 0;

err_pm:
	unregister_module_notifier(&module_nb);
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
	unregister_pm_notifier(&pm_nb);
	unregister_module_notifier(&module_nb);
	/* This calls the notifier with "going" for modules that are loaded. */
	unregister_tracepoint_module_notifier(&tracepoint_nb);
	kvmhot_counting_stop();
}
