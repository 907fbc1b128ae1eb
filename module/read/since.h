/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells a vCPU's sums, and its counts of events, since its last reset.
 */
#ifndef KVMHOT_SINCE_H
#define KVMHOT_SINCE_H

#include <linux/mutex.h>

#include "read/snap.h"

/*
 * Serializes resets, and protects what they read: the values at the last reset, and
 * &kvmhot_vcpu.pmu.
 */
extern struct mutex kvmhot_since_lock;

int kvmhot_since_counts(struct kvmhot_vcpu *v, struct kvmhot_counts *c);
int kvmhot_since_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s);

#endif /* KVMHOT_SINCE_H */
