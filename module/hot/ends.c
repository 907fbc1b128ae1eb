// SPDX-License-Identifier: GPL-2.0
/*
 * Ends vCPUs: their end is their last edge.
 *
 * Probe context, as slow.c; nothing runs the vCPU any more.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/ptrace.h>

#include "hot/cell.h"
#include "hot/edge.h"
#include "hot/lookup.h"
#include "hot/pmu.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/switches.h"
#include "hot/vcpu.h"

/* Add the last edge of a vCPU. */
static void last_edge(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu)
{
	u32 n = kvmhot_seq_begin(&v->seq);
	u64 now = kvmhot_pmu_read(v, NULL, false, KVMHOT_PMU_END);

	/* The vCPU is not in KVM_RUN; if its stage is, the return was missed. */
	if (!(BIT(kvmhot_stage(v)) & KVMHOT_VMM_STAGES) ||
	    !READ_ONCE(kvmhot_switches.live) || READ_ONCE(v->lost_track))
		kvmhot_edge_make_unknown(v);
	v->sum[KVMHOT_ENDS] = 1;
	kvmhot_cell_end(v, kvmhot_cell_prepare(v), now);
	kvmhot_log_first(&v->log, now, KVMHOT_UNKNOWN);
	WRITE_ONCE(v->kvm_last, vcpu->stat.exits);
	kvmhot_seq_end(&v->seq, n);
}

/* The VM's last file is closed, so nothing runs the vCPU. */
static void end_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = kvmhot_quick_find_settled(vcpu);

	if (!v)
		return;
	/* A vCPU that never ran may be destroyed, if KVM fails to make it. */
	if (likely(!kvmhot_lookup_is_other(v, vcpu)))
		last_edge(v, vcpu);
	kvmhot_vcpu_retire(v, vcpu);
}

/* kvm_arch_vcpu_destroy(vcpu): once for each vCPU of a VM that ends. */
int kvmhot_probe_vcpu_destroy(struct kprobe *kp, struct pt_regs *regs)
{
	end_vcpu((void *)regs_get_kernel_argument(regs, 0));
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_vcpu_destroy);

/*
 * kvm_arch_destroy_vm(kvm), if kvm_arch_vcpu_destroy() cannot be probed.  Preemption is
 * off, for a time that grows with the number of vCPUs.
 */
int kvmhot_probe_destroy_vm(struct kprobe *kp, struct pt_regs *regs)
{
	struct kvm *kvm = (void *)regs_get_kernel_argument(regs, 0);
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		end_vcpu(vcpu);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_destroy_vm);
