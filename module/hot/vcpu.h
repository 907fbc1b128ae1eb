/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sees a vCPU for the first time, and for the last.
 */
#ifndef KVMHOT_VCPU_H
#define KVMHOT_VCPU_H

#include <linux/percpu-defs.h>

#include "hot/record.h"

/*
 * Records that wait for a vCPU: as many vCPUs may be seen for the first time before the
 * worker runs.
 */
#define KVMHOT_VCPU_SPARES	32

extern struct kvmhot_vcpu *kvmhot_vcpu_spares[KVMHOT_VCPU_SPARES];

/* Exits of vCPUs without a record, and edges of something that is no vCPU. */
DECLARE_PER_CPU(u64, kvmhot_vcpu_nr_unseen);
DECLARE_PER_CPU(u64, kvmhot_vcpu_nr_misfits);

void kvmhot_vcpu_unseen(void);
struct kvmhot_vcpu *kvmhot_vcpu_see(struct kvm_vcpu *vcpu);
void kvmhot_vcpu_retire(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu);

#endif /* KVMHOT_VCPU_H */
