/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of threads that are switched out, where nothing of KVM's tells which
 * vCPU they run: in the VMM, and in the few moments of KVM_RUN in which KVM has not
 * loaded the vCPU.
 *
 * A thread's places begin at its home, which is a hash of its address.  Few are
 * taken: the table has at least four times as many places as there may be vCPUs.
 */
#ifndef KVMHOT_OUT_H
#define KVMHOT_OUT_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/sched.h>

#include "hot/record.h"

#define KVMHOT_OUT_PLACES	8	/* that a thread may have */

/**
 * struct kvmhot_out - the table
 * @nr: for each home, how many have one of its places
 * @place: the records of their vCPUs; in the low bits, how far the home is before it
 * @nr_places: in @place
 * @shift: of the hash
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
 * Return: false if not, as for nearly all of the host's threads.
 */
static __always_inline bool kvmhot_out_may_have(const struct task_struct *task)
{
	return atomic_read(&kvmhot_out.nr[kvmhot_out_home(task)]);
}

bool kvmhot_out_put(struct kvmhot_vcpu *v, const struct task_struct *task);
struct kvmhot_vcpu *kvmhot_out_take(const struct task_struct *task);
void kvmhot_out_drop(struct kvmhot_vcpu *v);
void kvmhot_out_forget(bool all);

#endif /* KVMHOT_OUT_H */
