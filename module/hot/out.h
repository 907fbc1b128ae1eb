/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the records of threads that are switched out where KVM does not tell their vCPU:
 * in the VMM, and in the short parts of KVM_RUN in which KVM has not loaded the vCPU.
 *
 * The table is hashed by the thread's address.  The hash is the thread's home; the
 * thread may take one of KVMHOT_OUT_PLACES places from there on.  Most places are free:
 * there are at least four times as many as there may be vCPUs.
 */
#ifndef KVMHOT_OUT_H
#define KVMHOT_OUT_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/sched.h>

#include "hot/record.h"

#define KVMHOT_OUT_PLACES	8	/* that a thread may take */

/**
 * struct kvmhot_out - the table
 * @nr: for each home, number of threads that have taken one of its places
 * @place: the vCPU's record; in the low bits, distance from the thread's home
 * @nr_places: number of places
 * @shift: shift of the hash
 */
struct kvmhot_out {
	atomic_t	*nr;
	unsigned long	*place;
	unsigned int	nr_places;
	unsigned int	shift;
};

extern struct kvmhot_out kvmhot_out;

static __always_inline unsigned int kvmhot_out_home(const struct task_struct *task)
{
	return (unsigned long)task * GOLDEN_RATIO_64 >> kvmhot_out.shift;
}

/**
 * kvmhot_out_may_have() - may a thread that comes back be in the table?
 * @task: the thread
 *
 * Return: false if it cannot be, as for nearly all threads of the host.
 */
static __always_inline bool kvmhot_out_may_have(const struct task_struct *task)
{
	return atomic_read(&kvmhot_out.nr[kvmhot_out_home(task)]);
}

/* A thread leaves; comes back; its record was left there; records are forgotten. */
bool kvmhot_out_put(struct kvmhot_vcpu *v, const struct task_struct *task);
struct kvmhot_vcpu *kvmhot_out_take(const struct task_struct *task);
void kvmhot_out_drop(struct kvmhot_vcpu *v);
void kvmhot_out_forget(bool all);

#endif /* KVMHOT_OUT_H */
