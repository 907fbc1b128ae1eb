/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells a vCPU's sums since its last reset.
 */
#ifndef KVMHOT_SINCE_H
#define KVMHOT_SINCE_H

#include <linux/mutex.h>

#include "read/snap.h"

/* Of resets, and of what they look at: one reset at a time; see &kvmhot_vcpu.pmu. */
extern struct mutex kvmhot_since_lock;

int kvmhot_since_counts(struct kvmhot_vcpu *v, struct kvmhot_counts *c);
int kvmhot_since_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s);

#endif /* KVMHOT_SINCE_H */
