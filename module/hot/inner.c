// SPDX-License-Identifier: GPL-2.0
/*
 * Probes functions within KVM_RUN: the EPT violation's handler, which tells the class of
 * the open exit, and kvm_vcpu_halt(), which is a stage.
 *
 * Probe context, as slow.c; on the vCPU's thread, which holds the vCPU's mutex.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>

#include "compat.h"
#include "hot/cell.h"
#include "hot/edge.h"
#include "hot/lookup.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "hot/span.h"
#include "hot/switches.h"
#include "hot/vmx.h"

/* Bits of an EPT violation's exit qualification: see the processor's manual. */
#define QUAL_READ	BIT(0)
#define QUAL_WRITE	BIT(1)
#define QUAL_FETCH	BIT(2)
#define QUAL_ACCESS	(QUAL_READ | QUAL_WRITE | QUAL_FETCH)
#define QUAL_ALLOWED	GENMASK(6, 3)

/* Access, and whether the entry was present.  A write may be a read as well. */
static __always_inline u64 ept_class(unsigned long qual)
{
	static const u8 access[QUAL_ACCESS + 1] = {
		[QUAL_READ]			= KVMHOT_EPT_READ,
		[QUAL_WRITE]			= KVMHOT_EPT_WRITE,
		[QUAL_WRITE | QUAL_READ]	= KVMHOT_EPT_WRITE,
		[QUAL_FETCH]			= KVMHOT_EPT_FETCH,
		[QUAL_FETCH | QUAL_READ]	= KVMHOT_EPT_FETCH,
		[QUAL_FETCH | QUAL_WRITE]	= KVMHOT_EPT_WRITE,
		[QUAL_ACCESS]			= KVMHOT_EPT_WRITE,
	};

	return access[qual & QUAL_ACCESS] |
	       (qual & QUAL_ALLOWED ? KVMHOT_EPT_PRESENT : 0);
}

/* Is the open exit an EPT violation that has no class yet? */
static bool is_unclassed(const struct kvmhot_vcpu *v)
{
	return kvmhot_in_cost(v) &&
	       (v->key & ~KVMHOT_KEY_LEVEL2) == EXIT_REASON_EPT_VIOLATION;
}

/* Set the class of an exit that is not on the quick way, or seems not to be. */
static noinline void slow_ept(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);
	unsigned long qual;
	u64 class;
	u32 n;

	if (!v || !is_unclassed(v) || !kvmhot_vmx_qualification(&qual))
		return;
	class = ept_class(qual);
	if (v->key & KVMHOT_KEY_LEVEL2)
		class |= KVMHOT_EPT_LEVEL2;
	n = kvmhot_seq_begin(&v->seq);
	/* An exit without a cell was counted as dropped; do not count it again. */
	if (xchg(&v->cell, NULL))
		kvmhot_cell_open(v, KVMHOT_KEY_EPT + class);
	kvmhot_seq_end(&v->seq, n);
}

NOKPROBE_SYMBOL(slow_ept);

/*
 * handle_ept_violation(vcpu): the open exit counts by its class.  Read the qualification
 * here, as another VMCS may be current later.
 */
int kvmhot_probe_ept(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);
	struct kvmhot_quick *q = &this_cpu_read(kvmhot_lookup_here)->quick;
	unsigned long qual;

	if (likely((q->who & ~(unsigned long)KVMHOT_TAG_PMU) ==
		   kvmhot_who(vcpu, KVMHOT_TAG_HANDLE) &&
		   q->key == EXIT_REASON_EPT_VIOLATION &&
		   kvmhot_vmx_qualification(&qual)))
		WRITE_ONCE(q->key, ept_class(qual) - KVMHOT_QUICK_CLASSES);
	else
		slow_ept(vcpu);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept);

/* Time of the open exit in PREEMPTED and SLEPT. */
static u64 wait_of(const struct kvmhot_vcpu *v)
{
	struct kvmhot_stay wait = {
		/* On the quick way the log begins at KVMHOT_TAG_LOG. */
		.from = kvmhot_is_quick(v) ? KVMHOT_TAG_LOG : 0,
		.in = v->fold.cycles[KVMHOT_PREEMPTED],
		.out = v->fold.cycles[KVMHOT_SLEPT],
	};

	kvmhot_log_stay(&v->log, kvmhot_edge_nr(v), &wait, BIT(KVMHOT_PREEMPTED),
			BIT(KVMHOT_SLEPT));
	return wait.in + wait.out;
}

/* Entry, by the kretprobe of 'detail'.  Return: 1 to ignore the return. */
int kvmhot_probe_ept_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v;

	span->vcpu = (void *)regs_get_kernel_argument(regs, 0);
	v = kvmhot_lookup_find(span->vcpu);
	/* Only in cost stages is time switched out counted as wait. */
	if (!v || !kvmhot_in_cost(v))
		return 1;
	span->wait = wait_of(v);
	span->start = rdtsc();
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept_entry);

/* handle_ept_violation(vcpu), return; with 'detail' only */
int kvmhot_probe_ept_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v = kvmhot_lookup_find(span->vcpu);
	u64 from, cycles = 0, now;
	u32 n;

	if (!v)
		return 0;
	/* Without a return of vmx_handle_exit(), the quick kvm_entry ignores @v->ept. */
	if (READ_ONCE(kvmhot_switches.missed_handle) == &kvmhot_switches_none_missed)
		kvmhot_settle(v);
	/* This is no edge, so no event is read. */
	n = kvmhot_seq_begin(&v->seq);
	now = rdtsc();
	from = span->start + wait_of(v) - span->wait;
	/* The TSC may have gone back. */
	if (likely(now >= from))
		cycles = now - from;
	v->sum[KVMHOT_EPT]++;
	v->sum[KVMHOT_EPT_CYCLES] += cycles;
	v->ept += cycles;
	kvmhot_seq_end(&v->seq, n);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept_ret);

/*
 * Begin a halt right after kvm_exit and vmx_handle_exit.  Return: false if begin_halt()
 * must do it.
 */
static __always_inline bool quick_halt(struct kvmhot_vcpu *v,
				       const struct kvm_vcpu *vcpu)
{
	return kvmhot_is_at(v, vcpu, KVMHOT_TAG_HANDLE) &&
	       kvmhot_quick_has_cell(v) && kvmhot_edges_seen(v) &&
	       kvmhot_quick_edge(v, KVMHOT_TAG_HANDLE, KVMHOT_POLL);
}

static noinline bool begin_halt(struct kvmhot_vcpu *v)
{
	if (!v || v->task != current)
		return false;
	kvmhot_settle_for_edge(v);
	if (!kvmhot_in_cost(v))
		return false;
	v->halted = kvmhot_stage(v);
	return kvmhot_edge_add(v, KVMHOT_POLL, current);
}

NOKPROBE_SYMBOL(begin_halt);

/* kvm_vcpu_halt(vcpu), entry */
int kvmhot_probe_halt(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);
	struct kvmhot_vcpu *v = this_cpu_read(kvmhot_lookup_here);

	if (likely(quick_halt(v, vcpu))) {
		v->halted = KVMHOT_HANDLE;
	} else {
		v = kvmhot_lookup_find(vcpu);
		if (!begin_halt(v))
			return 0;
	}
	kvmhot_edge_stay(v);
	v->sum[KVMHOT_HALTS]++;
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_halt);

/* The record of the vCPU that this thread has loaded; NULL if none. */
static __always_inline struct kvmhot_vcpu *loaded_vcpu(void)
{
	struct kvmhot_vcpu *v = this_cpu_read(kvmhot_lookup_here);
	const struct kvm_vcpu *vcpu;

	if (likely(v->task == current))
		return v;
	vcpu = kvmhot_compat_task_vcpu(current);
	v = vcpu ? kvmhot_lookup_find(vcpu) : NULL;
	return v && v->task == current ? v : NULL;
}

static void end_halt(void)
{
	struct kvmhot_vcpu *v = loaded_vcpu();

	if (!v)
		return;
	kvmhot_settle_for_edge(v);
	if (kvmhot_stage(v) != KVMHOT_POLL ||
	    !kvmhot_edge_add(v, v->halted, current))
		return;
	v->sum[KVMHOT_WAKEUPS]++;
	kvmhot_edge_end_stay(v);
	kvmhot_span_add(v, KVMHOT_CHAIN_HALT, KVMHOT_POLL, 0, v->stay.in, 0);
	if (v->stay.out)
		kvmhot_span_add(v, KVMHOT_CHAIN_HALT, KVMHOT_BLOCK, 0,
				v->stay.out, 0);
}

/*
 * kvm:kvm_vcpu_wakeup, at the end of kvm_vcpu_halt().  The tracepoint does not tell the
 * vCPU, but the thread has it loaded.
 */
void kvmhot_probe_wakeup(void *data, u64 ns, bool waited, bool valid)
{
	/* Preemption may be on here, unlike at the other hooks. */
	preempt_disable_notrace();
	end_halt();
	preempt_enable_notrace();
}
