/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares KVM's own count of a vCPU's exits with kvmhot's.
 */
#ifndef KVMHOT_COVERAGE_H
#define KVMHOT_COVERAGE_H

#include "hot/record.h"

/**
 * struct kvmhot_coverage - both counts, since comparing began
 * @exits: exits that kvmhot has seen
 * @kvm_exits: exits by KVM's own count
 * @cleared: how often KVM's count was found to have been cleared
 */
struct kvmhot_coverage {
	u64	exits;
	u64	kvm_exits;
	u64	cleared;
};

int kvmhot_coverage_kvm_exits(struct kvmhot_vcpu *v, u64 *exits);
int kvmhot_coverage_add(struct kvmhot_vcpu *v, struct kvmhot_coverage *sum);

#endif /* KVMHOT_COVERAGE_H */
