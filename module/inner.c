// SPDX-License-Identifier: GPL-2.0
/*
 * Functions within KVM_RUN: the EPT violation's handler, which tells what the open
 * exit is about, and the two of HLT, which are stages.
 *
 * Probe context, as timeline.c; on the vCPU's thread, with its mutex held.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/ptrace.h>

#include "edge.h"
#include "kvmhot.h"
#include "quick.h"
#include "timeline.h"
#include "vmx.h"

/* The exit qualification of an EPT violation, see the processor's manual. */
#define QUAL_READ	BIT(0)
#define QUAL_WRITE	BIT(1)
#define QUAL_FETCH	BIT(2)
#define QUAL_ACCESS	(QUAL_READ | QUAL_WRITE | QUAL_FETCH)
#define QUAL_ALLOWED	GENMASK(6, 3)

/* What the guest did, and found.  A write may well be a read, too. */
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

/* The exit is not usual, or seems not to be. */
static noinline void slow_ept(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(vcpu);
	unsigned long qual;
	u64 class;
	u32 n;

	if (!v || !is_unclassed(v) || !kvmhot_vmx_qualification(&qual))
		return;
	class = ept_class(qual);
	if (v->key & KVMHOT_KEY_LEVEL2)
		class |= KVMHOT_EPT_LEVEL2;
	n = kvmhot_seq_begin(&v->seq);
	/* Without memory for its first cell, that was counted as dropped. */
	if (v->cell) {
		v->cell = NULL;
		kvmhot_begin_cell(v, KVMHOT_KEY_EPT + class);
	}
	kvmhot_seq_end(&v->seq, n);
}

NOKPROBE_SYMBOL(slow_ept);

/*
 * handle_ept_violation(vcpu): the open exit counts by its class.  Reads the qualification
 * here, as another VMCS may be current later.
 */
int kvmhot_probe_ept(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);
	struct kvmhot_quick *q = &this_cpu_read(kvmhot_quick_vcpu)->quick;
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

static __always_inline u64 wait_of(const struct kvmhot_vcpu *v)
{
	return v->sum[KVMHOT_PREEMPTED] + v->sum[KVMHOT_SLEPT];
}

/* The same by the kretprobe, with 'detail': whether the return is of interest. */
int kvmhot_probe_ept_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v;

	span->vcpu = (void *)regs_get_kernel_argument(regs, 0);
	v = kvmhot_vcpu_find_settled(span->vcpu);
	/* In another stage a switch is not seen. */
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
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(span->vcpu);
	u64 from, cycles = 0, now;
	u32 n;

	if (!v)
		return 0;
	/* Not an edge of a stage: nothing is read but the TSC. */
	n = kvmhot_seq_begin(&v->seq);
	now = rdtsc();
	from = span->start + wait_of(v) - span->wait;
	/* Unless it went back. */
	if (likely(now >= from))
		cycles = now - from;
	v->sum[KVMHOT_EPT]++;
	v->sum[KVMHOT_EPT_CYCLES] += cycles;
	v->ept += cycles;
	v->odd = true;
	kvmhot_edge_end(v, n);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept_ret);

/* Is the vCPU in a stage that @stage, a halt, may follow? */
static __always_inline bool may_halt(const struct kvmhot_vcpu *v,
				     enum kvmhot_sum stage)
{
	return v->task == current &&
	       (kvmhot_in_cost(v) ||
		(stage == KVMHOT_BLOCK && v->stage == KVMHOT_POLL));
}

/* Return: as of a kretprobe's entry handler. */
static __always_inline int halt_begin(struct kvmhot_halt_span *span,
				      struct pt_regs *regs,
				      enum kvmhot_sum stage)
{
	struct kvmhot_vcpu *v;
	u64 now;
	u32 n;

	span->vcpu = (void *)regs_get_kernel_argument(regs, 0);
	v = kvmhot_vcpu_find_settled(span->vcpu);
	if (!v || !may_halt(v, stage))
		return 1;
	now = kvmhot_edge_begin(v, &n);
	if (kvmhot_edge_in_vain(v, now)) {
		kvmhot_edge_end(v, n);
		return 1;
	}
	kvmhot_end_stage(v, now);
	span->resume = v->stage;
	span->before = v->sum[stage];
	v->stage = stage;
	kvmhot_edge_end(v, n);
	return 0;
}

static __always_inline void halt_end(const struct kvmhot_halt_span *span,
				     enum kvmhot_sum stage,
				     enum kvmhot_sum hits)
{
	struct kvmhot_vcpu *v = kvmhot_vcpu_find_settled(span->vcpu);
	u64 now;
	u32 n;

	if (!v || v->task != current || v->stage != stage)
		return;
	now = kvmhot_edge_begin(v, &n);
	if (kvmhot_edge_in_vain(v, now)) {
		kvmhot_edge_end(v, n);
		return;
	}
	kvmhot_end_stage(v, now);
	v->stage = span->resume;
	v->sum[hits]++;
	kvmhot_edge_end(v, n);
	kvmhot_slot_add(v, KVMHOT_CHAIN_HALT, stage, 0,
			v->sum[stage] - span->before);
}

/* kvm_vcpu_halt(vcpu), entry: what is not kvm_vcpu_block() is polling. */
int kvmhot_probe_halt(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return halt_begin((void *)ri->data, regs, KVMHOT_POLL);
}

NOKPROBE_SYMBOL(kvmhot_probe_halt);

/* kvm_vcpu_halt(), return */
int kvmhot_probe_halt_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	halt_end((void *)ri->data, KVMHOT_POLL, KVMHOT_HALTS);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_halt_ret);

/* kvm_vcpu_block(vcpu), entry; from kvm_vcpu_halt() or not */
int kvmhot_probe_block(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return halt_begin((void *)ri->data, regs, KVMHOT_BLOCK);
}

NOKPROBE_SYMBOL(kvmhot_probe_block);

/* kvm_vcpu_block(), return */
int kvmhot_probe_block_ret(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	halt_end((void *)ri->data, KVMHOT_BLOCK, KVMHOT_BLOCKS);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_block_ret);
