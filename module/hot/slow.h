/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles edges that the quick way does not.
 */
#ifndef KVMHOT_SLOW_H
#define KVMHOT_SLOW_H

#include <linux/types.h>

struct kvm_vcpu;

void kvmhot_slow_exit(struct kvm_vcpu *vcpu);
void kvmhot_slow_entry(struct kvm_vcpu *vcpu, u64 now);
void kvmhot_slow_handle(struct kvm_vcpu *vcpu);
void kvmhot_slow_return(const struct kvm_vcpu *vcpu);

#endif /* KVMHOT_SLOW_H */
