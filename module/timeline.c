// SPDX-License-Identifier: GPL-2.0
/*
 * The edges of a vCPU's timeline.
 *
 *   KVM_RUN ....................................... return | VMM | KVM_RUN ...
 *    kvm      | guest |     kvm (wait)   | guest | ...      user
 *             ^kvm_entry                 ^kvm_entry
 *                     ^kvm_exit ^vmx_handle_exit
 *
 * Each edge takes one timestamp, adds the time since the last edge to the
 * stage that it ends, and says which one begins.  An exit is open from
 * kvm_exit to the next kvm_entry.
 *
 * Everything here runs in probe context: no lock, no allocation, nothing
 * printed, nothing that can sleep.  The tracepoints of KVM and sched_switch
 * are hit with interrupts off, kprobes with preemption off: so the caller is
 * an RCU reader, and cannot be switched out within an edge.
 *
 * A record is written by the thread that runs the vCPU, which holds the vCPU's
 * mutex; sched_switch acts for it on the CPU that it leaves or comes to.  Only
 * the edges of the ioctl are outside of the mutex, where a second thread of
 * the VMM may meet them: they write nothing unless the thread is the one that
 * ran the vCPU last, and never touch a cell.  A VMM whose threads race for one
 * vCPU can spoil that vCPU's times, and nothing else.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "compat.h"
#include "kvmhot.h"
#include "lookup.h"
#include "timeline.h"
#include "vmx.h"

/* End the stage that the vCPU is in. */
static __always_inline void end_stage(struct kvmhot_vcpu *v, u64 now)
{
	v->sum[v->stage] += now - v->last;
	v->last = now;
}

/*
 * As end_stage(), where it cannot be the one that was really left: so the cost
 * of an exit that is open is not known, either.
 */
static noinline void end_unknown(struct kvmhot_vcpu *v, u64 now)
{
	v->stage = KVMHOT_UNKNOWN;
	v->exit_tsc = 0;
	v->wait = 0;
	v->user = 0;
	end_stage(v, now);
}

/* kvm:kvm_exit */
KVMHOT_KVM_EXIT_PROBE(kvmhot_probe_kvm_exit)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(vcpu);
	u64 now = rdtsc();
	unsigned int nr;

	if (unlikely(!v)) {
		v = kvmhot_vcpu_see(vcpu, now);
		if (!v) {
			if (READ_ONCE(kvmhot_hooks_live))
				this_cpu_inc(kvmhot_unseen);
			return;
		}
	}
	if (likely(v->stage == KVMHOT_GUEST)) {
		end_stage(v, now);
	} else {
		end_unknown(v, now);
		if (v->cell)
			kvmhot_cell_lose(v);
	}
	v->stage = KVMHOT_KVM;
	v->exit_tsc = now;
	v->slow = false;
	if (likely(kvmhot_vmx_reason(&nr)))
		v->cell = kvmhot_cell_begin(v, nr);
	else
		v->sum[KVMHOT_DROPPED]++;
}

/* Not the entry that follows from what was seen: no exit's cost is known. */
static noinline void enter_unknown(struct kvmhot_vcpu *v, u64 now)
{
	end_unknown(v, now);
	if (v->cell)
		kvmhot_cell_lose(v);
	v->task = current;
	v->tid = current->pid;
}

/* kvm:kvm_entry; its further arguments differ by kernel and are not used. */
void kvmhot_probe_kvm_entry(void *data, struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(vcpu);
	u64 now = rdtsc();

	if (unlikely(!v)) {
		v = kvmhot_vcpu_see(vcpu, now);
		if (!v)
			return;
	}
	if (likely(v->stage == KVMHOT_KVM && v->task == current)) {
		end_stage(v, now);
		if (likely(v->cell)) {
			kvmhot_cell_end(v, now);
		} else {
			v->wait = 0;
			v->user = 0;
		}
	} else {
		enter_unknown(v, now);
	}
	v->stage = KVMHOT_GUEST;
	v->sum[KVMHOT_ENTRIES]++;
}

/* The part of KVM_RUN that a thread is switched out is not KVM's cost. */
static noinline void switch_out(const struct kvm_vcpu *vcpu,
				const struct task_struct *task)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(vcpu);

	if (!v || v->task != task || v->stage != KVMHOT_KVM)
		return;
	end_stage(v, rdtsc());
	v->stage = KVMHOT_WAIT;
	v->sum[KVMHOT_SWITCHES]++;
}

static noinline void switch_in(const struct kvm_vcpu *vcpu,
			       const struct task_struct *task)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(vcpu);
	u64 now;

	if (!v || v->task != task || v->stage != KVMHOT_WAIT)
		return;
	now = rdtsc();
	v->wait += now - v->last;
	end_stage(v, now);
	v->stage = KVMHOT_KVM;
}

/* sched:sched_switch, for every switch of the host: quick for other threads. */
KVMHOT_SCHED_SWITCH_PROBE(kvmhot_probe_sched_switch)
{
	struct kvm_vcpu *vcpu;

	vcpu = kvmhot_compat_task_vcpu(prev);
	if (unlikely(vcpu))
		switch_out(vcpu, prev);
	vcpu = kvmhot_compat_task_vcpu(next);
	if (unlikely(vcpu))
		switch_in(vcpu, next);
}

/* vmx_handle_exit(vcpu, exit_fastpath): the exit is not on the fast path. */
int kvmhot_probe_handle_exit(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(vcpu);

	if (unlikely(!v))
		return 0;
	v->slow = true;
	v->sum[KVMHOT_HANDLED]++;
	/* A VM entry that failed: there was no exit, and no guest. */
	if (unlikely(v->stage == KVMHOT_GUEST)) {
		end_unknown(v, rdtsc());
		v->stage = KVMHOT_KVM;
	}
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_handle_exit);

/* handle_ept_violation(vcpu), entry */
int kvmhot_probe_ept(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v;

	span->vcpu = (void *)regs_get_kernel_argument(regs, 0);
	v = kvmhot_vcpu_find(span->vcpu);
	if (!v)
		return 1;
	span->wait = v->sum[KVMHOT_WAIT];
	span->start = rdtsc();
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept);

/* handle_ept_violation(vcpu), return */
int kvmhot_probe_ept_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	u64 now = rdtsc();
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(span->vcpu);

	if (!v)
		return 0;
	v->sum[KVMHOT_EPT]++;
	v->sum[KVMHOT_EPT_CYCLES] += now - span->start -
				     (v->sum[KVMHOT_WAIT] - span->wait);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept_ret);

static noinline void enter_run(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu)
{
	u64 now = rdtsc();

	if (unlikely(v->kvm != vcpu->kvm || v->mm != vcpu->kvm->mm)) {
		/* The end of the VM that had this address was missed. */
		kvmhot_vcpu_retire(v, vcpu);
		return;
	}
	/* Another thread: may have to wait for the vCPU's, or take its place. */
	if (unlikely(v->task != current))
		return;
	v->sum[KVMHOT_STARTS]++;
	if (likely(v->stage == KVMHOT_USER)) {
		v->user += now - v->last;
		end_stage(v, now);
		v->stage = KVMHOT_KVM;
	} else {
		/* The return was missed; the next kvm_entry loses the exit. */
		end_unknown(v, now);
	}
}

/* The vCPU of a KVM_RUN by its VMM, NULL for other ioctls. */
static __always_inline struct kvm_vcpu *run_vcpu(struct pt_regs *regs)
{
	const struct file *file = (void *)regs_get_kernel_argument(regs, 0);
	struct kvm_vcpu *vcpu = file->private_data;

	if ((unsigned int)regs_get_kernel_argument(regs, 1) != KVM_RUN ||
	    vcpu->kvm->mm != current->mm)
		return NULL;
	return vcpu;
}

/*
 * kvm_vcpu_ioctl(file, cmd, arg), entry: by a kprobe of its own, which unlike
 * a kretprobe cannot be out of instances.  So a return that was missed for
 * lack of them shows here.
 */
int kvmhot_probe_ioctl(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = run_vcpu(regs);
	struct kvmhot_vcpu *v = vcpu ? kvmhot_vcpu_find(vcpu) : NULL;

	if (likely(v))
		enter_run(v, vcpu);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl);

/* The same by the kretprobe: whether the return is of interest. */
int kvmhot_probe_ioctl_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	struct kvm_vcpu **slot = (void *)ri->data;

	*slot = run_vcpu(regs);
	return !*slot;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_entry);

/* kvm_vcpu_ioctl(), return */
int kvmhot_probe_ioctl_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvm_vcpu **slot = (void *)ri->data;
	struct kvmhot_vcpu *v = kvmhot_vcpu_find(*slot);
	u64 now = rdtsc();

	if (unlikely(!v || v->task != current))
		return 0;
	if (likely(v->stage == KVMHOT_KVM))
		end_stage(v, now);
	else
		end_unknown(v, now);
	v->stage = KVMHOT_USER;
	v->sum[KVMHOT_RUNS]++;
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ioctl_ret);

/* kvm_destroy_vm(kvm): no vCPU's file is open, so nothing runs any of them. */
int kvmhot_probe_destroy_vm(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm *kvm = (void *)regs_get_kernel_argument(regs, 0);
	struct kvm_vcpu *vcpu;
	struct kvmhot_vcpu *v;
	u64 now = rdtsc();
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		v = kvmhot_vcpu_find(vcpu);
		if (!v)
			continue;
		/* Not in KVM_RUN; if the stage says so, its return was missed. */
		if (v->stage == KVMHOT_USER && READ_ONCE(kvmhot_hooks_live)) {
			v->user += now - v->last;
			end_stage(v, now);
		} else {
			end_unknown(v, now);
		}
		if (v->cell)
			kvmhot_cell_end(v, now);
		v->stage = KVMHOT_UNKNOWN;
		v->sum[KVMHOT_ENDS] = 1;
		kvmhot_vcpu_retire(v, vcpu);
	}
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_destroy_vm);
