/* SPDX-License-Identifier: GPL-2.0 */
/* Adds up all chosen VMs: for the head and foot of top, and the first line of stat. */
#ifndef KVMHOT_MODEL_WHOLE_H
#define KVMHOT_MODEL_WHOLE_H

#include "model/filter.h"
#include "read/snapshot.h"

struct whole {
	size_t vms;
	bool running;		/* at least one */
	double seconds;		/* the longest of those that run, else of all */
	double exits, runs;	/* a second; runs: KVM_RUN ioctls */
	/* In CPUs, as of the time of each VM: see stages in module/ABI */
	double guest, kvm, vmm, halt, wait, away, unknown;
	__u64 lost;
	__u64 ended, fast;	/* exits, and of those on the fast path */
};

/*
 * TOTALS: of each VM all of its time.  As these differ, what has ended is left
 * out, if there are others: it would be added to what never ran beside it.
 */
void whole_make(struct whole *w, const struct snapshot *s,
		const struct filter *f, bool totals);

/* What the kernel could not serve, of all hooks */
__u64 whole_missed(const struct snapshot *s);

#endif /* KVMHOT_MODEL_WHOLE_H */
