// SPDX-License-Identifier: GPL-2.0
/*
 * The least that each way to watch a VM exit costs: handlers that do nothing.
 *
 * insmod kvmhot_floor.ko what=tracepoint|ftrace|kprobe|optimised|kretprobe|both
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#define FUNCTION	"kvm_intel:vmx_handle_exit"
/* Once per VM entry, and of a body that a kprobe can be optimised in. */
#define OPTIMISABLE	"kvm_intel:vmx_prepare_switch_to_guest"

static char *what = "";
module_param(what, charp, 0400);
MODULE_PARM_DESC(what, "tracepoint, ftrace, kprobe, optimised, kretprobe or both");

struct kvm_vcpu;
/* Further arguments differ by kernel. */
DECLARE_TRACE(kvm_exit, TP_PROTO(struct kvm_vcpu *vcpu), TP_ARGS(vcpu));

static void tracepoint_probe(void *data, struct kvm_vcpu *vcpu)
{
}

static int kprobe_handler(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

NOKPROBE_SYMBOL(kprobe_handler);

static int kretprobe_handler(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	return 0;
}

NOKPROBE_SYMBOL(kretprobe_handler);

static void notrace ftrace_handler(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops,
				   struct ftrace_regs *regs)
{
}

static struct kprobe kprobe = {
	.symbol_name = FUNCTION, .pre_handler = kprobe_handler,
};

static struct kretprobe kretprobe = {
	.kp.symbol_name = FUNCTION, .entry_handler = kretprobe_handler,
	.handler = kretprobe_handler,
};

static struct ftrace_ops ftrace = { .func = ftrace_handler };

/* Just behind the function's call of ftrace, which follows an endbr64 if any. */
static int register_optimised(void)
{
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	unsigned int offset = 5;
	const void *function;
	int err;

	kprobe.symbol_name = OPTIMISABLE;
	err = register_kprobe(&kprobe);
	if (err)
		return err;
	function = (const void *)((unsigned long)kprobe.addr & ~0xfUL);
	if (!memcmp(function, endbr, sizeof(endbr)))
		offset += sizeof(endbr);
	unregister_kprobe(&kprobe);
	memset(&kprobe, 0, sizeof(kprobe));
	kprobe.symbol_name = OPTIMISABLE;
	kprobe.offset = offset;
	kprobe.pre_handler = kprobe_handler;
	return register_kprobe(&kprobe);
}

static int register_ftrace(void)
{
	int err;

	/* For the address only. */
	err = register_kprobe(&kprobe);
	if (err)
		return err;
	err = ftrace_set_filter_ip(&ftrace, (unsigned long)kprobe.addr, 0, 0);
	unregister_kprobe(&kprobe);
	return err ?: register_ftrace_function(&ftrace);
}

static int __init floor_init(void)
{
	int err;

	if (!strcmp(what, "tracepoint"))
		return register_trace_kvm_exit(tracepoint_probe, NULL);
	if (!strcmp(what, "ftrace"))
		return register_ftrace();
	if (!strcmp(what, "optimised"))
		return register_optimised();
	if (!strcmp(what, "kprobe"))
		return register_kprobe(&kprobe);
	if (!strcmp(what, "kretprobe"))
		return register_kretprobe(&kretprobe);
	if (strcmp(what, "both"))
		return -EINVAL;
	err = register_kretprobe(&kretprobe);
	if (err)
		return err;
	err = register_kprobe(&kprobe);
	if (err)
		unregister_kretprobe(&kretprobe);
	return err;
}

static void __exit floor_exit(void)
{
	if (!strcmp(what, "tracepoint"))
		unregister_trace_kvm_exit(tracepoint_probe, NULL);
	else if (!strcmp(what, "ftrace"))
		unregister_ftrace_function(&ftrace);
	else if (strcmp(what, "kretprobe"))
		unregister_kprobe(&kprobe);
	if (!strcmp(what, "kretprobe") || !strcmp(what, "both"))
		unregister_kretprobe(&kretprobe);
	tracepoint_synchronize_unregister();
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("What empty probes of a VM exit cost");
MODULE_LICENSE("GPL");
