/* SPDX-License-Identifier: GPL-2.0 */
/* Computes what happened between two readings, which is never negative. */
#ifndef KVMHOT_MODEL_DELTA_H
#define KVMHOT_MODEL_DELTA_H

#include "read/snapshot.h"

/*
 * Each VM of NOW with what came since THEN (its own 'since' is when that
 * was), or, if it is new or 'restarted' (reset, or another VM of that name),
 * since its 'since'.  0, or -1 without memory, told; snapshot_free() *d in any
 * case, but not after *now: they share what they can.
 */
int delta_make(struct snapshot *d, const struct snapshot *now,
	       const struct snapshot *then);

#endif /* KVMHOT_MODEL_DELTA_H */
