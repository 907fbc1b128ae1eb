/* SPDX-License-Identifier: GPL-2.0 */
/* All chosen VMs together: the head and foot of top, and stat's first line. */
#ifndef KVMHOT_WHOLE_H
#define KVMHOT_WHOLE_H

#include "base/fmt.h"
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

/* coverage.c */
struct coverage_sum {
	__u64 exits, kvm_exits, beyond;
	bool cleared;		/* KVM's count was, of one of them: since then */
};

/*
 * Of the VMs that F chooses (NULL: all), each up to what KVM counted; what one has too much
 * must not hide what another lacks.  With THEN, since then.
 */
void coverage_sum(struct coverage_sum *sum, const struct snapshot *now,
		  const struct snapshot *then, const struct filter *f);
/* Of the VM ID */
void coverage_of(struct coverage_sum *sum, const struct snapshot *s,
		 const char *id);
/* That of the VM ID, NULL if there is none; HINT: perhaps it is there */
const struct coverage *coverage_find(const struct snapshot *s, const char *id,
				     size_t hint);
/* The VM itself, or one of its vCPUs if that is what was read; may be NULL */
const struct vm *coverage_vm(const struct snapshot *s, const char *id);
/* In percent; '-' where KVM counted nothing */
struct cell coverage_cell(const struct coverage_sum *sum);

#endif /* KVMHOT_WHOLE_H */
