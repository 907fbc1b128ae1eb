/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hides differences between kernel versions: no other file knows versions.
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
 * Declares a probe of the tracepoint kvm_exit.  Commit "KVM: x86: Get exit_reason as part
 * of kvm_x86_ops.get_exit_info" removed the reason from its arguments.  A KVM may have
 * other arguments than its version says: see kvmhot_vcpu_see(), and its test.
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
 * Declares a probe of sched_switch.  Commit "sched/tracing: Append prev_state to tp args
 * instead" added the last argument.
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
 * The function in which a halted vCPU polls and blocks.  Commit "KVM: Split out a
 * kvm_vcpu_block() helper from kvm_vcpu_halt()" made it kvm_vcpu_halt(); an older
 * kvm_vcpu_halt() does neither.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define KVMHOT_COMPAT_HALT	"kvm_vcpu_halt"
#else
#define KVMHOT_COMPAT_HALT	"kvm_vcpu_block"
#endif

/*
 * True if perf may take a thread's events off the CPU while KVM has the guest's own
 * events on it ("mediated vPMU"), and thus at KVM's tracepoints.
 */
#ifdef PERF_PMU_CAP_MEDIATED_VPMU
#define KVMHOT_COMPAT_PMU_MEDIATED	true
#else
#define KVMHOT_COMPAT_PMU_MEDIATED	false
#endif

/*
 * The run->exit_reason that comes together with EFAULT or EHWPOISON, since commit "KVM:
 * Add KVM_EXIT_MEMORY_FAULT exit to report faults to userspace".
 */
#ifdef KVM_EXIT_MEMORY_FAULT
#define KVMHOT_COMPAT_MEMORY_FAULT	KVM_EXIT_MEMORY_FAULT
#else
#define KVMHOT_COMPAT_MEMORY_FAULT	39
#endif

/*
 * The name that DECLARE_TRACE() makes of a name, since commit "tracepoint: Have
 * tracepoints created with DECLARE_TRACE() have _tp suffix".
 */
#ifdef DECLARE_TRACE_EVENT
#define KVMHOT_COMPAT_TP(name)	name##_tp
#else
#define KVMHOT_COMPAT_TP(name)	name
#endif

/*
 * Initializes an irq_work that runs in a hard interrupt, even on PREEMPT_RT.  The kernel
 * has its own since commit "irq_work: Cleanup".
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
 * @data_size: size of the data that each instance keeps for the probe
 *
 * Since commit "lib: objpool added", each possible CPU has a ring with room for all.
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
 * Return: true if it is, false if it sleeps.
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
 * @task: the thread; current, or a thread that is switched out
 *
 * While a thread is in KVM_RUN, or in another ioctl that needs the vCPU, KVM registers
 * a preempt notifier, which is embedded in the vCPU.  Nothing else in the kernel uses
 * these notifiers.  But the caller must take the result for a mere number until it has
 * found it in a table of its own.
 *
 * Return: the vCPU; NULL for other threads.
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
 * kvmhot_compat_hybrid() - are there two kinds of cores, each with a PMU of its own?
 *
 * Return: true if so; kernels before 5.13 do not know such CPUs.
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
 * kvmhot_compat_foreign() - are a VM's exits in a VMCS that KVM cannot read?
 * @kvm: the VM
 *
 * A TDX guest hits KVM's tracepoints, but its VMCS belongs to the TDX module.
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
 * Such VMs exist since commit "KVM: generalize "bugged" VM to "dead" VM".
 *
 * Return: true if it does.
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
