// SPDX-License-Identifier: GPL-2.0
/*
 * The edges of a vCPU's timeline that are ioctls: in and out of KVM_RUN, and, with
 * 'detail', all others.
 *
 * Probe context, as timeline.c; but outside of the vCPU's mutex, where a second
 * thread of the VMM may come here for the same vCPU.  So nothing but the owner,
 * the thread that ran the vCPU last, writes to the record, and nothing here
 * writes to a cell.  A VMM whose threads race for KVM_RUN can spoil that vCPU's
 * figures, and nothing else.  Other ioctls, where threads may well race, are
 * counted under a lock of the vCPU's that nothing but this takes.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/kvm.h>
#include <linux/kvm_host.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "edge.h"
#include "kvmhot.h"
#include "quick.h"
#include "timeline.h"

/* The vCPU of an ioctl by its own VMM; others are refused by KVM. */
static __always_inline struct kvm_vcpu *ioctl_vcpu(struct pt_regs *regs)
{
	const struct file *file = (void *)regs_get_kernel_argument(regs, 0);
	struct kvm_vcpu *vcpu = file->private_data;

	return vcpu->kvm->mm == current->mm &&
	       !kvmhot_compat_is_dead(vcpu->kvm) ? vcpu : NULL;
}

static __always_inline unsigned int ioctl_cmd(struct pt_regs *regs)
{
	return regs_get_kernel_argument(regs, 1);
}

static enum kvmhot_result result_of(long ret)
{
	if (ret >= 0)
		return KVMHOT_OK;
	if (ret == -EINTR)
		return KVMHOT_EINTR;
	return ret == -EAGAIN ? KVMHOT_EAGAIN : KVMHOT_ERROR;
}

/*
 * What KVM_RUN tells the VMM.  The VMM can write run->exit_reason, too, so it may be
 * any number.  It is stale where KVM_RUN failed, with one exception: KVM announces a
 * memory fault together with one of two errors.  A signal is as good as KVM's
 * word for it.
 */
static u16 run_reason(u32 reason, int err)
{
	if (err == -EINTR)
		return KVM_EXIT_INTR;
	if ((err == -EFAULT || err == -EHWPOISON) &&
	    reason == KVMHOT_COMPAT_MEMORY_FAULT)
		return reason;
	if (err < 0 || reason > KVMHOT_RUN_ERROR)
		return KVMHOT_RUN_ERROR;
	return reason;
}

/* Is this the thread that last entered the guest? */
static __always_inline bool is_owner(struct kvmhot_vcpu *v)
{
	if (unlikely(v->task != current))
		return false;
	if (likely(v->tid == current->pid))
		return true;
	/* No, a later one, at the address of what was. */
	v->task = NULL;
	return false;
}

/* @other: the thread has run another vCPU since, and its events have counted that. */
static noinline void enter_run(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu,
			       bool other)
{
	u64 now;
	u32 n;

	if (unlikely(kvmhot_vcpu_is_other(v, vcpu))) {
		kvmhot_vcpu_retire(v, vcpu);
		return;
	}
	/* Another thread: may have to wait for the vCPU's, or take its place. */
	if (unlikely(!is_owner(v))) {
		/* If it was the owner once: that is not to be relied on. */
		this_cpu_write(kvmhot_quick_vcpu, &kvmhot_quick_nobody);
		return;
	}
	kvmhot_settle(v);
	this_cpu_write(kvmhot_quick_vcpu, v);
	if (unlikely(other))
		now = kvmhot_edge_begin_as(v, &n, NULL);
	else
		now = kvmhot_edge_begin(v, &n);
	v->sum[KVMHOT_STARTS]++;
	if (likely(BIT(v->stage) & KVMHOT_VMM_STAGES &&
		   !kvmhot_edge_in_vain(v, now))) {
		kvmhot_end_stage(v, now);
		v->stage = KVMHOT_ENTER;
		kvmhot_edge_end(v, n);
		kvmhot_slot_add(v, KVMHOT_CHAIN_USER,
				(u32)v->run << 16 | kvmhot_key_reason(v->key),
				0, v->sum[KVMHOT_USER] - v->vmm.user,
				v->sum[KVMHOT_AWAY] - v->vmm.away);
		return;
	}
	/* KVM_RUN's end was missed; the next kvm_entry loses the exit. */
	kvmhot_end_unknown(v, now);
	kvmhot_edge_end(v, n);
}

/* The VMM goes on for another vCPU than that which this thread has run last. */
static noinline void leave_vmm(struct kvmhot_vcpu *v)
{
	u64 now;
	u32 n;

	this_cpu_write(kvmhot_quick_vcpu, &kvmhot_quick_nobody);
	if (v->task != current)
		return;
	kvmhot_settle(v);
	if (v->stage != KVMHOT_USER)
		return;
	now = kvmhot_edge_begin(v, &n);
	if (!kvmhot_edge_in_vain(v, now)) {
		kvmhot_end_stage(v, now);
		v->resume = v->stage;
		v->stage = KVMHOT_AWAY;
	}
	kvmhot_edge_end(v, n);
}

/*
 * kvm_vcpu_ioctl(file, cmd, arg).  What KVM refuses before it takes the vCPU's mutex, or
 * for its argument, is not seen to end, and so not to begin.
 */
int kvmhot_probe_ioctl(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvmhot_vcpu *v, *last;
	struct kvm_vcpu *vcpu;

	if (ioctl_cmd(regs) != KVM_RUN || regs_get_kernel_argument(regs, 2))
		return 0;
	vcpu = ioctl_vcpu(regs);
	if (!vcpu)
		return 0;
	v = kvmhot_vcpu_find(vcpu);
	last = this_cpu_read(kvmhot_quick_vcpu);
	if (unlikely(last != v))
		leave_vmm(last);
	if (likely(v))
		enter_run(v, vcpu, last != v);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl);

/* An ioctl by the owner is a stage.  Return: TSC of its beginning. */
static u64 enter_other(struct kvmhot_vcpu *v)
{
	u64 now;
	u32 n;

	if (!is_owner(v))
		return rdtsc();
	kvmhot_settle(v);
	/* The thread has run another vCPU since. */
	if (v->stage == KVMHOT_AWAY)
		return rdtsc();
	now = kvmhot_edge_begin(v, &n);
	if (v->stage == KVMHOT_USER && !kvmhot_edge_in_vain(v, now)) {
		kvmhot_end_stage(v, now);
		v->stage = KVMHOT_IOCTL;
	} else {
		/* Not in KVM_RUN; so its return was missed. */
		kvmhot_end_unknown(v, now);
	}
	kvmhot_edge_end(v, n);
	return now;
}

/* The same by the kretprobe, with 'detail': whether the return is of interest. */
int kvmhot_probe_ioctl_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	struct kvmhot_ioctl_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v;

	span->cmd = ioctl_cmd(regs);
	span->vcpu = ioctl_vcpu(regs);
	if (!span->vcpu)
		return 1;
	span->start = rdtsc();
	/* The first entry of the guest may come in this very KVM_RUN. */
	if (likely(span->cmd == KVM_RUN))
		return 0;
	v = kvmhot_vcpu_find(span->vcpu);
	if (!v)
		return 1;
	span->start = enter_other(v);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_entry);

static __always_inline void leave_run(u32 reason, int err)
{
	struct kvmhot_vcpu *v = this_cpu_read(kvmhot_quick_vcpu);
	u64 now;
	u32 n;

	if (unlikely(v->task != current))
		return;
	kvmhot_settle(v);
	/* An exit that is the VMM's, but never came to vmx_handle_exit. */
	if (v->stage == KVMHOT_IRQ)
		v->stage = kvmhot_was_fast(v) ? KVMHOT_HANDLE : KVMHOT_UNKNOWN;
	now = kvmhot_edge_begin(v, &n);
	if (!kvmhot_edge_in_vain(v, now)) {
		if (likely(kvmhot_in_cost(v)))
			kvmhot_end_stage(v, now);
		else
			kvmhot_end_unknown(v, now);
		v->stage = KVMHOT_USER;
	}
	v->vmm.user = v->sum[KVMHOT_USER];
	v->vmm.away = v->sum[KVMHOT_AWAY];
	v->run = run_reason(reason, err);
	v->sum[KVMHOT_RUNS]++;
	kvmhot_edge_end(v, n);
}

/*
 * kvm:kvm_userspace_exit, hit by the thread that has the vCPU's mutex, without word of
 * the vCPU.  It is the one that this CPU has: that of the KVM_RUN which the thread is in.
 */
void kvmhot_probe_userspace_exit(void *data, u32 reason, int err)
{
	/* Preemption may be on here, unlike at the other hooks. */
	preempt_disable_notrace();
	leave_run(reason, err);
	preempt_enable_notrace();
}

static noinline void leave_other(struct kvmhot_vcpu *v,
				 const struct kvmhot_ioctl_span *span, long ret)
{
	u64 now;
	u32 n;

	if (v->task == current && v->stage == KVMHOT_IOCTL) {
		now = kvmhot_edge_begin(v, &n);
		if (!kvmhot_edge_in_vain(v, now)) {
			kvmhot_end_stage(v, now);
			v->stage = KVMHOT_USER;
		}
		kvmhot_edge_end(v, n);
	} else {
		now = rdtsc();
	}
	raw_spin_lock(&v->ioctl_lock);
	kvmhot_slot_add_from(v, KVMHOT_CHAIN_IOCTL, span->cmd, result_of(ret),
			     span->start, now);
	raw_spin_unlock(&v->ioctl_lock);
}

/* kvm_vcpu_ioctl(), return; with 'detail' only */
int kvmhot_probe_ioctl_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kvmhot_ioctl_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(span->vcpu);
	long ret = regs_return_value(regs);

	if (unlikely(!v))
		return 0;
	if (span->cmd != KVM_RUN) {
		leave_other(v, span, ret);
	} else if (likely(v->task == current)) {
		v->sum[KVMHOT_RUN_RETURNS]++;
		kvmhot_slot_add_from(v, KVMHOT_CHAIN_RUN, KVM_RUN,
				     result_of(ret), span->start, rdtsc());
	}
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_ret);
