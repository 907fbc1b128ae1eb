/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a struct kvm_vcpu * to its record, in probe context.
 */
#ifndef KVMHOT_LOOKUP_H
#define KVMHOT_LOOKUP_H

#include <linux/compiler.h>
#include <linux/hash.h>

#include "kvmhot.h"

#define KVMHOT_HASH_BITS	12

extern struct kvmhot_vcpu *kvmhot_hash[1 << KVMHOT_HASH_BITS];

/**
 * kvmhot_vcpu_find() - the record of a vCPU
 * @vcpu: a key; need not point to anything
 *
 * Context: probe: preemption or interrupts are off, which makes the caller an
 * RCU reader.  The record stays for as long as that holds.
 *
 * Return: the record, NULL if there is none or its VM is gone.
 */
static __always_inline struct kvmhot_vcpu *
kvmhot_vcpu_find(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v;

	/* Pairs with cmpxchg() in kvmhot_vcpu_see(). */
	v = READ_ONCE(kvmhot_hash[hash_ptr(vcpu, KVMHOT_HASH_BITS)]);
	while (v) {
		/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
		if (likely(READ_ONCE(v->vcpu) == vcpu))
			return v;
		v = READ_ONCE(v->hash);
	}
	return NULL;
}

#endif /* KVMHOT_LOOKUP_H */
