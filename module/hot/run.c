// SPDX-License-Identifier: GPL-2.0
/*
 * Handles the edges of a vCPU's timeline that are ioctls: entry and end of KVM_RUN, and,
 * with 'detail', all other ioctls.
 *
 * Probe context, as slow.c, but without the vCPU's mutex: a second thread of the VMM may
 * be here for the same vCPU.  So only the owner, the thread that last entered the guest,
 * writes to the record, and nothing here writes to a cell.  A VMM whose threads race for
 * KVM_RUN can spoil the figures of that vCPU, and nothing else.  Threads may well race
 * for other ioctls.  These are counted under @ioctl_lock of the vCPU, which nothing else
 * takes.
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
#include "hot/cell.h"
#include "hot/edge.h"
#include "hot/lookup.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/span.h"
#include "hot/switches.h"
#include "hot/vcpu.h"

/* The vCPU of an ioctl by its own VMM; KVM refuses those of other processes. */
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
 * What KVM_RUN tells the VMM.  The VMM can write run->exit_reason as well, so it may be
 * any number.  If KVM_RUN failed, it is stale, with one exception: KVM announces a memory
 * fault together with one of two errors.  A signal (-EINTR) counts as KVM_EXIT_INTR.
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
	/* No: this is a later thread, at the address of the owner's. */
	v->task = NULL;
	return false;
}

/* Count a stay in the VMM; @key is that of the open exit. */
static __always_inline void add_user(struct kvmhot_vcpu *v, u16 key, u64 user,
				     u64 away)
{
	kvmhot_span_add(v, KVMHOT_CHAIN_USER,
			(u32)v->run << 16 | kvmhot_key_reason(key), 0, user,
			 away);
}

/* @other: the thread has run another vCPU since, and its events have counted that one. */
static noinline void enter_run(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu,
			       bool other)
{
	struct task_struct *task = other ? NULL : current;

	if (unlikely(kvmhot_lookup_is_other(v, vcpu))) {
		kvmhot_vcpu_retire(v, vcpu);
		return;
	}
	/* Another thread may have to wait for the vCPU's mutex, or may take over. */
	if (unlikely(!is_owner(v))) {
		/* This thread may have been the owner: do not rely on its pointer. */
		this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
		return;
	}
	kvmhot_settle_for_edge(v);
	this_cpu_write(kvmhot_lookup_here, v);
	v->sum[KVMHOT_STARTS]++;
	if (unlikely(!(BIT(kvmhot_stage(v)) & KVMHOT_VMM_STAGES))) {
		/* KVM_RUN's end was missed, so the next kvm_entry loses the exit. */
		kvmhot_edge_lose(v);
		return;
	}
	if (unlikely(!kvmhot_edge_add(v, KVMHOT_ENTER, task)))
		return;
	kvmhot_edge_end_stay(v);
	add_user(v, kvmhot_is_quick(v) ? kvmhot_quick_key(&v->quick) : v->key,
		 v->stay.in, v->stay.out);
}

/* Enter KVM_RUN on the quick way.  Return: false if that is closed; nothing was done. */
static __always_inline bool quick_enter(struct kvmhot_vcpu *v,
					const struct kvm_vcpu *vcpu)
{
	u64 *edge = &v->log.edge[KVMHOT_TAG_LOG];

	if (!kvmhot_is_at(v, vcpu, KVMHOT_TAG_LOG) || v->task != current ||
	    kvmhot_edge_stage(*edge) != KVMHOT_USER || !kvmhot_edges_seen(v) ||
	    !kvmhot_quick_edge(v, KVMHOT_TAG_LOG, KVMHOT_ENTER))
		return false;
	v->sum[KVMHOT_STARTS]++;
	add_user(v, kvmhot_quick_key(&v->quick),
		 kvmhot_edge_span(edge[0], edge[1]), 0);
	return true;
}

/* The thread goes on with another vCPU than @v, which it ran last. */
static noinline void leave_vmm(struct kvmhot_vcpu *v)
{
	this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
	if (v->task != current)
		return;
	kvmhot_settle_for_edge(v);
	if (kvmhot_stage(v) != KVMHOT_USER)
		return;
	v->resume = KVMHOT_USER;
	kvmhot_edge_add(v, KVMHOT_AWAY, current);
}

/*
 * kvm_vcpu_ioctl(file, cmd, arg).  If KVM refuses the call for its argument, or before it
 * takes the vCPU's mutex, no hook sees the end: ignore such a call from the start.
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
	last = this_cpu_read(kvmhot_lookup_here);
	if (likely(quick_enter(last, vcpu)))
		return 0;
	v = kvmhot_lookup_find(vcpu);
	if (unlikely(last != v))
		leave_vmm(last);
	if (likely(v))
		enter_run(v, vcpu, last != v);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl);

/* Begin the stage IOCTL, if the owner calls.  Return: TSC of the begin. */
static u64 enter_other(struct kvmhot_vcpu *v)
{
	u64 now = 0;

	if (!is_owner(v))
		return rdtsc();
	kvmhot_settle_for_edge(v);
	switch (kvmhot_stage(v)) {
	case KVMHOT_AWAY:
		/* The thread has run another vCPU since. */
		break;
	case KVMHOT_USER:
		now = kvmhot_edge_add(v, KVMHOT_IOCTL, current);
		break;
	default:
		/* The vCPU is not in KVM_RUN, so its end was missed. */
		kvmhot_edge_lose(v);
	}
	return now ?: rdtsc();
}

/* Entry, by the kretprobe of 'detail'.  Return: 1 to ignore the return. */
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
	/* This very KVM_RUN may see the first entry of the guest. */
	if (likely(span->cmd == KVM_RUN))
		return 0;
	v = kvmhot_lookup_find(span->vcpu);
	if (!v)
		return 1;
	span->start = enter_other(v);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_entry);

static noinline void leave_run(struct kvmhot_vcpu *v)
{
	kvmhot_settle_for_edge(v);
	/* An exit to the VMM that never reached vmx_handle_exit. */
	if (unlikely(kvmhot_stage(v) == KVMHOT_IRQ)) {
		kvmhot_settle(v);
		kvmhot_log_is(&v->log, kvmhot_was_fast(v) ? KVMHOT_HANDLE :
						       KVMHOT_UNKNOWN);
	}
	if (unlikely(!kvmhot_in_cost(v)))
		kvmhot_edge_lose(v);
	kvmhot_edge_add(v, KVMHOT_USER, current);
}

/* End KVM_RUN on the quick way.  Return: as quick_enter(). */
static __always_inline bool quick_leave(struct kvmhot_vcpu *v)
{
	unsigned long tag = READ_ONCE(v->quick.who) & KVMHOT_WHO_MASK;

	return tag == KVMHOT_TAG_HANDLE && kvmhot_quick_has_cell(v) &&
	       kvmhot_edges_seen(v) && kvmhot_quick_edge(v, tag, KVMHOT_USER);
}

/*
 * kvm:kvm_userspace_exit, hit by the thread that has the vCPU's mutex.  The tracepoint
 * does not tell the vCPU.  It is the one that the CPU's pointer has: the vCPU in whose
 * KVM_RUN the thread is.
 */
void kvmhot_probe_userspace_exit(void *data, u32 reason, int err)
{
	struct kvmhot_vcpu *v;

	/* Preemption may be on here, unlike at the other hooks. */
	preempt_disable_notrace();
	v = this_cpu_read(kvmhot_lookup_here);
	if (likely(v->task == current)) {
		if (unlikely(!quick_leave(v)))
			leave_run(v);
		kvmhot_edge_stay(v);
		v->run = run_reason(reason, err);
		v->sum[KVMHOT_RUNS]++;
	}
	preempt_enable_notrace();
}

static noinline void leave_other(struct kvmhot_vcpu *v,
				 const struct kvmhot_ioctl_span *span, long ret)
{
	u64 now = 0;

	if (v->task == current && kvmhot_stage(v) == KVMHOT_IOCTL) {
		kvmhot_settle_for_edge(v);
		now = kvmhot_edge_add(v, KVMHOT_USER, current);
	}
	now = now ?: rdtsc();
	raw_spin_lock(&v->ioctl_lock);
	kvmhot_span_add_from(v, KVMHOT_CHAIN_IOCTL, span->cmd, result_of(ret),
			     span->start, now);
	raw_spin_unlock(&v->ioctl_lock);
}

/* kvm_vcpu_ioctl(), return; with 'detail' only */
int kvmhot_probe_ioctl_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kvmhot_ioctl_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v = kvmhot_lookup_find(span->vcpu);
	long ret = regs_return_value(regs);

	if (unlikely(!v))
		return 0;
	if (span->cmd != KVM_RUN) {
		leave_other(v, span, ret);
	} else if (likely(v->task == current)) {
		v->sum[KVMHOT_RUN_RETURNS]++;
		kvmhot_span_add_from(v, KVMHOT_CHAIN_RUN, KVM_RUN,
				     result_of(ret), span->start, rdtsc());
	}
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_ret);
