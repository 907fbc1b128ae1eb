// SPDX-License-Identifier: GPL-2.0
/*
 * Functions within KVM_RUN that have spans of their own: the EPT violation's
 * handler, nested in a stage, and the two of HLT, which are stages.
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
#define QUAL_ALLOWED	GENMASK(6, 3)

/* What the guest did, and found.  A write may well be a read, too. */
static u32 ept_class(const struct kvm_vcpu *vcpu)
{
	unsigned long qual;
	u32 class = 0;

	if (!kvmhot_vmx_qualification(&qual))
		return 0;
	if (qual & QUAL_WRITE)
		class = KVMHOT_EPT_WRITE;
	else if (qual & QUAL_FETCH)
		class = KVMHOT_EPT_FETCH;
	else if (qual & QUAL_READ)
		class = KVMHOT_EPT_READ;
	if (qual & QUAL_ALLOWED)
		class |= KVMHOT_EPT_PRESENT;
	if (vcpu->arch.hflags & HF_GUEST_MASK)
		class |= KVMHOT_EPT_LEVEL2;
	return class;
}

static __always_inline u64 wait_of(const struct kvmhot_vcpu *v)
{
	return v->sum[KVMHOT_PREEMPTED] + v->sum[KVMHOT_SLEPT];
}

/* handle_ept_violation(vcpu), entry */
int kvmhot_probe_ept(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kvmhot_ept_span *span = (void *)ri->data;
	struct kvmhot_vcpu *v;

	span->vcpu = (void *)regs_get_kernel_argument(regs, 0);
	v = kvmhot_vcpu_find_settled(span->vcpu);
	/* In another stage a switch is not seen. */
	if (!v || !kvmhot_in_cost(v))
		return 1;
	/* Now: at the return another VMCS may be current. */
	span->class = ept_class(span->vcpu);
	span->wait = wait_of(v);
	span->start = rdtsc();
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_ept);

/* handle_ept_violation(vcpu), return */
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
	kvmhot_slot_add_from(v, KVMHOT_CHAIN_EPT, span->class, 0, from, now);
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
