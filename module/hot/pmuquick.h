/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles the edges of a plain exit on the quick way with perf events.
 */
#ifndef KVMHOT_PMUQUICK_H
#define KVMHOT_PMUQUICK_H

#include "hot/record.h"

void kvmhot_pmuquick_exit(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu);
void kvmhot_pmuquick_handle(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu);
void kvmhot_pmuquick_return(struct kvmhot_vcpu *v, const struct kvm_vcpu *vcpu);

#endif /* KVMHOT_PMUQUICK_H */
