/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads a vCPU's row of the file 'vcpus'.
 */
#ifndef KVMHOT_FIGURES_H
#define KVMHOT_FIGURES_H

#include "read/snap.h"

/**
 * struct kvmhot_figures - a row of the file 'vcpus': a vCPU, or the sum of several
 * @exits: exits since the last reset that are in a cell
 * @level2: exits of @exits that are of level 2
 * @lost: exits of @exits whose cost is not known
 * @bytes: memory of the record
 * @kvm_exits: KVM's own count of exits, see coverage.c
 * @s: sums of the vCPU; for several vCPUs only @s.sum is set
 */
struct kvmhot_figures {
	u64			exits;
	u64			level2;
	u64			lost;
	u64			bytes;
	u64			kvm_exits;
	struct kvmhot_sums	s;
};

int kvmhot_figures_read(struct kvmhot_vcpu *v, struct kvmhot_figures *f);
void kvmhot_figures_add(struct kvmhot_figures *sum, const struct kvmhot_figures *f);

#endif /* KVMHOT_FIGURES_H */
