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

#include "record.h"

#define KVMHOT_OUT_PLACES	8	/* that a thread may have */

/**
 * struct kvmhot_out - the table
 * @nr: for each home, how many have one of its places
 * @place: the records of their vCPUs
 * @shift: of the hash
 */
struct kvmhot_out {
	atomic_t		*nr;
	struct kvmhot_vcpu	**place;
	unsigned int		shift;
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

/**
 * kvmhot_out_take() - take a record out of its place
 * @v: the record
 * @place: the place, as it was found
 *
 * Return: false if it is not there any more.
 */
static inline bool kvmhot_out_take(struct kvmhot_vcpu *v, unsigned int place)
{
	unsigned int home = v->out_home;

	if (cmpxchg(&kvmhot_out.place[place], v, NULL) != v)
		return false;
	atomic_dec(&kvmhot_out.nr[home]);
	return true;
}

#endif /* KVMHOT_OUT_H */
