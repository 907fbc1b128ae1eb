/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ends exits at kvm_entry on the quick way that are not plain, or have events.
 */
#ifndef KVMHOT_FOLD_H
#define KVMHOT_FOLD_H

#include "hot/record.h"

void kvmhot_fold_entry(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu,
		       unsigned long tag);

#endif /* KVMHOT_FOLD_H */
