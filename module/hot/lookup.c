// SPDX-License-Identifier: GPL-2.0
/*
 * Adds records to the table in which probes find them.
 */
#include <linux/hash.h>
#include <linux/percpu.h>

#include "hot/lookup.h"

struct kvmhot_vcpu *kvmhot_lookup_hash[1 << KVMHOT_LOOKUP_BITS];

/* Placeholder record: matches no vCPU, so every probe goes the slow way. */
struct kvmhot_vcpu kvmhot_lookup_nobody = {
	.quick.who = KVMHOT_SLOW,
};

/*
 * NULL at first, as the kernel does not relocate initial values of a module's per-CPU
 * variables.  kvmhot_reach_init() sets the pointers before any probe is in place.
 */
DEFINE_PER_CPU(struct kvmhot_vcpu *, kvmhot_lookup_here);

/**
 * kvmhot_lookup_add() - let probes find a record
 * @v: the record, its key set; not in the table yet
 *
 * Context: any; other CPUs may add or remove other records at the same time.
 */
void kvmhot_lookup_add(struct kvmhot_vcpu *v)
{
	struct kvmhot_vcpu **bucket, *head;

	v->bucket = hash_ptr(v->vcpu, KVMHOT_LOOKUP_BITS);
	bucket = &kvmhot_lookup_hash[v->bucket];
	head = READ_ONCE(*bucket);
	do {
		v->hash = head;
		/* Pairs with READ_ONCE in kvmhot_lookup_find(). */
	} while (!try_cmpxchg(bucket, &head, v));
}
