/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the record of a vCPU, in probe context.
 */
#ifndef KVMHOT_LOOKUP_H
#define KVMHOT_LOOKUP_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/kvm_host.h>
#include <linux/percpu-defs.h>

#include "hot/record.h"

#define KVMHOT_LOOKUP_BITS	12

/* All records, by the address of their vCPU. */
extern struct kvmhot_vcpu *kvmhot_lookup_hash[1 << KVMHOT_LOOKUP_BITS];

/*
 * The record of the vCPU that this CPU's thread ran last; &kvmhot_lookup_nobody if it
 * ran none, or that is unknown.
 */
DECLARE_PER_CPU(struct kvmhot_vcpu *, kvmhot_lookup_here);
extern struct kvmhot_vcpu kvmhot_lookup_nobody;

void kvmhot_lookup_add(struct kvmhot_vcpu *v);

/**
 * kvmhot_lookup_find() - find the record of a vCPU
 * @vcpu: a key; need not point to anything
 *
 * Context: probe.  Preemption or interrupts are off, which makes the caller an RCU
 * reader.  The record stays as long as they are off.
 *
 * Return: the record; NULL if there is none or its VM is gone.
 */
static __always_inline struct kvmhot_vcpu *
kvmhot_lookup_find(const struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v;

	/* Pairs with try_cmpxchg() in kvmhot_lookup_add(). */
	v = READ_ONCE(kvmhot_lookup_hash[hash_ptr(vcpu, KVMHOT_LOOKUP_BITS)]);
	while (v) {
		/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
		if (likely(READ_ONCE(v->vcpu) == vcpu))
			return v;
		v = READ_ONCE(v->hash);
	}
	return NULL;
}

/**
 * kvmhot_lookup_is_other() - is this another vCPU, at the address of the record's?
 * @v: the record
 * @vcpu: the vCPU, whose address the record has
 *
 * A vCPU that has a record has run, and KVM knows the thread of each vCPU that has run.
 *
 * Context: probe, in an ioctl of @vcpu, or at its end.
 *
 * Return: true if so: the end of the VM that had the address before was missed.
 */
static __always_inline bool kvmhot_lookup_is_other(const struct kvmhot_vcpu *v,
						   const struct kvm_vcpu *vcpu)
{
	return v->kvm != vcpu->kvm || v->mm != vcpu->kvm->mm ||
	       !rcu_access_pointer(vcpu->pid);
}

#endif /* KVMHOT_LOOKUP_H */
