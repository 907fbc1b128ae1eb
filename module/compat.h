/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows kernel versions.
 */
#ifndef KVMHOT_COMPAT_H
#define KVMHOT_COMPAT_H

#include <linux/cpufeature.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "kvmhot needs Linux 5.10 or newer"
#endif

/*
 * A probe of the tracepoint kvm_exit.  The reason went with "KVM: x86: Get
 * exit_reason as part of kvm_x86_ops.get_exit_info".  A kernel may be wrong about
 * it, for all that its version says: see kvmhot_vcpu_see(), and its test.
 */
#ifndef KVMHOT_COMPAT_EXIT_REASON
#define KVMHOT_COMPAT_EXIT_REASON \
	(LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0))
#endif
#if !KVMHOT_COMPAT_EXIT_REASON
#define KVMHOT_KVM_EXIT_PROBE(name) \
	void name(void *data, struct kvm_vcpu *vcpu, u32 isa)
#else
#define KVMHOT_KVM_EXIT_PROBE(name) \
	void name(void *data, unsigned int reason, struct kvm_vcpu *vcpu, \
		  u32 isa)
#endif

/*
 * A probe of sched_switch.  The last argument came with "sched/tracing: Append
 * prev_state to tp args instead".
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#define KVMHOT_SCHED_SWITCH_PROBE(name) \
	void name(void *data, bool preempt, struct task_struct *prev, \
		  struct task_struct *next, unsigned int prev_state)
#else
#define KVMHOT_SCHED_SWITCH_PROBE(name) \
	void name(void *data, bool preempt, struct task_struct *prev, \
		  struct task_struct *next)
#endif

/*
 * What a halted vCPU polls and blocks in: since "KVM: Split out a kvm_vcpu_block()
 * helper from kvm_vcpu_halt()" the latter; a kvm_vcpu_halt() that there was before
 * does neither.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define KVMHOT_COMPAT_HALT	"kvm_vcpu_halt"
#else
#define KVMHOT_COMPAT_HALT	"kvm_vcpu_block"
#endif

/*
 * Whether perf may take a thread's events off the CPU while KVM has the guest's
 * own on it ("mediated vPMU"), and so at KVM's tracepoints.
 */
#ifdef PERF_PMU_CAP_MEDIATED_VPMU
#define KVMHOT_COMPAT_PMU_MEDIATED	true
#else
#define KVMHOT_COMPAT_PMU_MEDIATED	false
#endif

/*
 * run->exit_reason that comes together with EFAULT or EHWPOISON, since "KVM: Add
 * KVM_EXIT_MEMORY_FAULT exit to report faults to userspace".
 */
#ifdef KVM_EXIT_MEMORY_FAULT
#define KVMHOT_COMPAT_MEMORY_FAULT	KVM_EXIT_MEMORY_FAULT
#else
#define KVMHOT_COMPAT_MEMORY_FAULT	39
#endif

/*
 * What DECLARE_TRACE() makes of a name, since "tracepoint: Have tracepoints
 * created with DECLARE_TRACE() have _tp suffix".
 */
#ifdef DECLARE_TRACE_EVENT
#define KVMHOT_COMPAT_TP(name)	name##_tp
#else
#define KVMHOT_COMPAT_TP(name)	name
#endif

/*
 * Initializer of an irq_work that runs in a hard interrupt on PREEMPT_RT, too;
 * the kernel's own came with "irq_work: Cleanup".
 */
#ifdef IRQ_WORK_INIT_HARD
#define KVMHOT_COMPAT_HARD_IRQ_WORK(func)	IRQ_WORK_INIT_HARD(func)
#else
#define KVMHOT_COMPAT_HARD_IRQ_WORK(f) \
	{ .flags = ATOMIC_INIT(IRQ_WORK_HARD_IRQ), .func = (f) }
#endif

/**
 * kvmhot_compat_instances() - memory of a kretprobe's instances
 * @nr: number of instances
 * @data_size: of what each keeps for the probe
 *
 * Since "lib: objpool added" each possible CPU has a ring with room for all.
 *
 * Return: bytes, without what allocators add.
 */
static inline u64 kvmhot_compat_instances(unsigned int nr, size_t data_size)
{
	u64 bytes = nr * (u64)(sizeof(struct kretprobe_instance) + data_size);

#ifdef OBJPOOL_NR_OBJECT_MAX
	bytes += (u64)num_possible_cpus() * roundup_pow_of_two(nr) *
		 sizeof(void *);
#endif
	return bytes;
}

/**
 * kvmhot_compat_runnable() - is a thread that is switched out ready to run?
 * @task: the thread, in sched_switch
 *
 * Return: true if so, false if it sleeps.
 */
static __always_inline bool
kvmhot_compat_runnable(const struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return READ_ONCE(task->__state) == TASK_RUNNING;
#else
	return READ_ONCE(task->state) == TASK_RUNNING;
#endif
}

/**
 * kvmhot_compat_task_vcpu() - the vCPU that a thread is running
 * @task: the thread; current, or one that is switched out
 *
 * KVM registers a preempt notifier for as long as a thread is in KVM_RUN, or in
 * another ioctl that needs the vCPU, and embeds it in the vCPU.  Nothing else in
 * the kernel uses these notifiers; the caller must all the same take what it gets
 * for a mere number until it found it in a table of its own.
 *
 * Return: the vCPU, or NULL for other threads.
 */
static __always_inline struct kvm_vcpu *
kvmhot_compat_task_vcpu(const struct task_struct *task)
{
	const struct hlist_node *first = task->preempt_notifiers.first;

	if (likely(!first))
		return NULL;
	return container_of(first, struct kvm_vcpu, preempt_notifier.link);
}

/**
 * kvmhot_compat_hybrid() - are there cores of two kinds, with a PMU each?
 *
 * Return: true if so; before 5.13 the kernel did not know of such.
 */
static inline bool kvmhot_compat_hybrid(void)
{
#ifdef X86_FEATURE_HYBRID_CPU
	return boot_cpu_has(X86_FEATURE_HYBRID_CPU);
#else
	return false;
#endif
}

/**
 * kvmhot_compat_foreign() - is this a VM whose exits are not in a VMCS of ours?
 * @kvm: the VM
 *
 * A TDX guest hits KVM's tracepoints, but its VMCS is the TDX module's.
 *
 * Return: true if its exit reasons cannot be read.
 */
static inline bool kvmhot_compat_foreign(const struct kvm *kvm)
{
#ifdef KVM_X86_TDX_VM
	return kvm->arch.vm_type == KVM_X86_TDX_VM;
#else
	return false;
#endif
}

/**
 * kvmhot_compat_is_dead() - does KVM refuse every ioctl of this VM?
 * @kvm: the VM
 *
 * There are such since "KVM: generalize "bugged" VM to "dead" VM".
 *
 * Return: true if so.
 */
static __always_inline bool kvmhot_compat_is_dead(const struct kvm *kvm)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return kvm->vm_dead;
#else
	return false;
#endif
}

#endif /* KVMHOT_COMPAT_H */
