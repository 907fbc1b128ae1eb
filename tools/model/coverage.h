/* SPDX-License-Identifier: GPL-2.0 */
/* Compares the exits that kvmhot counted with those that KVM itself counted. */
#ifndef KVMHOT_MODEL_COVERAGE_H
#define KVMHOT_MODEL_COVERAGE_H

#include <stdbool.h>

#include "base/fmt.h"
#include "model/filter.h"
#include "read/snapshot.h"

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

#endif /* KVMHOT_MODEL_COVERAGE_H */
