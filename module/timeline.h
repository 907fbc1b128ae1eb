/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The probes: what hooks.c registers and timeline.c is.
 */
#ifndef KVMHOT_TIMELINE_H
#define KVMHOT_TIMELINE_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "compat.h"

/**
 * struct kvmhot_ept_span - from entry to return of handle_ept_violation
 * @vcpu: the vCPU; a key, as the return may find its record gone
 * @start: TSC at entry
 * @wait: the vCPU's KVMHOT_WAIT at entry
 */
struct kvmhot_ept_span {
	struct kvm_vcpu	*vcpu;
	u64		start;
	u64		wait;
};

/* The arguments of these two differ by kernel, see compat.h. */
KVMHOT_KVM_EXIT_PROBE(kvmhot_probe_kvm_exit);
KVMHOT_SCHED_SWITCH_PROBE(kvmhot_probe_sched_switch);
void kvmhot_probe_kvm_entry(void *data, struct kvm_vcpu *vcpu);
int kvmhot_probe_handle_exit(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_destroy_vm(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_ept(struct kretprobe_instance *ri, struct pt_regs *regs);
int kvmhot_probe_ept_ret(struct kretprobe_instance *ri, struct pt_regs *regs);
int kvmhot_probe_ioctl(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_ioctl_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs);
int kvmhot_probe_ioctl_ret(struct kretprobe_instance *ri,
			   struct pt_regs *regs);

#endif /* KVMHOT_TIMELINE_H */
