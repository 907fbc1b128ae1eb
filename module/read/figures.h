/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads what file vcpus has of a vCPU.
 */
#ifndef KVMHOT_FIGURES_H
#define KVMHOT_FIGURES_H

#include "read/snap.h"

/**
 * struct kvmhot_figures - what file vcpus has of a vCPU, or the sum of several
 * @exits: exits that are in a cell, since the last reset
 * @level2: those of them that are of level 2
 * @lost: those of them whose cost is not known
 * @bytes: memory of its record
 * @kvm_exits: KVM's own count of exits, see coverage.c
 * @s: its sums; of several only @s.sum
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
