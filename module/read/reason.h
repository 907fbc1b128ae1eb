/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds up the cells of an exit reason, and of all reasons.
 */
#ifndef KVMHOT_REASON_H
#define KVMHOT_REASON_H

#include "read/snap.h"

/**
 * struct kvmhot_snap - a copy of the figures of a reason
 * @t: figures of all cells of the reason
 * @b: buckets of all cells of the reason
 * @part: buckets of one cell, to be added to @b
 */
struct kvmhot_snap {
	struct kvmhot_tally	t;
	struct kvmhot_buckets	b;
	struct kvmhot_buckets	part;
};

/**
 * struct kvmhot_exits - exits of all reasons of a vCPU
 * @total: exits since first sight that are in a cell
 * @classed: exits of @total that are EPT violations with a class
 * @exits: exits since the last reset that are in a cell
 * @level2: exits of @exits that are of level 2
 * @lost: exits of @exits whose cost is not known
 */
struct kvmhot_exits {
	u64	total;
	u64	classed;
	u64	exits;
	u64	level2;
	u64	lost;
};

void kvmhot_reason_add(struct kvmhot_tally *sum, struct kvmhot_buckets *sum_b,
		       const struct kvmhot_tally *t,
		       const struct kvmhot_buckets *b);
int kvmhot_reason_snap(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_snap *snap);
int kvmhot_reason_tally(struct kvmhot_vcpu *v, unsigned int key,
			struct kvmhot_tally *t);
int kvmhot_reason_counts(struct kvmhot_vcpu *v, unsigned int key, u32 list,
			 struct kvmhot_counts *c, struct kvmhot_counts *part);
int kvmhot_reason_all(struct kvmhot_vcpu *v, struct kvmhot_exits *e);
int kvmhot_reason_exits(struct kvmhot_vcpu *v, u64 *exits);

#endif /* KVMHOT_REASON_H */
