/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declares the probes that control/hooks.c registers.
 */
#ifndef KVMHOT_PROBES_H
#define KVMHOT_PROBES_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "compat.h"

/*
 * Data that kretprobes keep from entry to return.  @vcpu is only a key, as its record
 * may be gone at the return.
 */

/**
 * struct kvmhot_ept_span - a call of handle_ept_violation
 * @vcpu: the vCPU
 * @start: TSC at the entry
 * @wait: the open exit's time in PREEMPTED and SLEPT at the entry
 */
struct kvmhot_ept_span {
	struct kvm_vcpu	*vcpu;
	u64		start;
	u64		wait;
};

/**
 * struct kvmhot_ioctl_span - a call of kvm_vcpu_ioctl
 * @vcpu: the vCPU; its file stays open until after the return
 * @start: TSC at the entry
 * @cmd: the ioctl
 */
struct kvmhot_ioctl_span {
	struct kvm_vcpu	*vcpu;
	u64		start;
	unsigned int	cmd;
};

/* The arguments of these two depend on the kernel: see compat.h. */
KVMHOT_KVM_EXIT_PROBE(kvmhot_probe_kvm_exit);
KVMHOT_SCHED_SWITCH_PROBE(kvmhot_probe_sched_switch);
/* plain.c: the edges of every exit; own_exit is kvm_exit for calib.c. */
void kvmhot_probe_kvm_entry(void *data, struct kvm_vcpu *vcpu);
void kvmhot_probe_own_exit(void *data, struct kvm_vcpu *vcpu, u32 isa);
int kvmhot_probe_handle_exit(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_handle_exit_entry(struct kretprobe_instance *ri,
				   struct pt_regs *regs);
int kvmhot_probe_handle_exit_ret(struct kretprobe_instance *ri,
				 struct pt_regs *regs);
/* ends.c: the end of a vCPU, or of all of a VM. */
int kvmhot_probe_vcpu_destroy(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_destroy_vm(struct kprobe *kp, struct pt_regs *regs);
/* inner.c: functions within KVM_RUN. */
int kvmhot_probe_halt(struct kprobe *kp, struct pt_regs *regs);
void kvmhot_probe_wakeup(void *data, u64 ns, bool waited, bool valid);
int kvmhot_probe_ept(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_ept_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int kvmhot_probe_ept_ret(struct kretprobe_instance *ri, struct pt_regs *regs);
/* run.c: ioctls. */
void kvmhot_probe_userspace_exit(void *data, u32 reason, int err);
int kvmhot_probe_ioctl(struct kprobe *kp, struct pt_regs *regs);
int kvmhot_probe_ioctl_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs);
int kvmhot_probe_ioctl_ret(struct kretprobe_instance *ri,
			   struct pt_regs *regs);

#endif /* KVMHOT_PROBES_H */
