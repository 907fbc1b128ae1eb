// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the table of threads that are switched out: see out.h.
 */
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/rcupdate.h>

#include "hot/out.h"

struct kvmhot_out kvmhot_out __read_mostly;

/* The record of a value that was read from a place; NULL if none. */
static struct kvmhot_vcpu *vcpu_at(unsigned long is)
{
	return (void *)(is & ~(KVMHOT_OUT_PLACES - 1UL));
}

/*
 * Take a record out of @place, from which @is was read.  Return: false if the record is
 * no longer there.
 */
static bool take_from(unsigned int place, unsigned long is)
{
	unsigned int home = place - (is & (KVMHOT_OUT_PLACES - 1));

	if (cmpxchg(&kvmhot_out.place[place], is, 0) != is)
		return false;
	atomic_dec(&kvmhot_out.nr[home]);
	return true;
}

/**
 * kvmhot_out_drop() - take out a record that may be left from another thread's run
 * @v: the record
 */
void kvmhot_out_drop(struct kvmhot_vcpu *v)
{
	unsigned int place = READ_ONCE(v->out);
	unsigned long is;

	if (likely(!place))
		return;
	v->out = 0;
	is = READ_ONCE(kvmhot_out.place[place - 1]);
	if (vcpu_at(is) == v)
		take_from(place - 1, is);
}

/**
 * kvmhot_out_put() - remember the record of a thread that is switched out
 * @v: the record
 * @task: the thread
 *
 * Context: probe, on the CPU that the thread leaves.
 *
 * Return: false if there is no place, or the record is about to be freed.
 */
bool kvmhot_out_put(struct kvmhot_vcpu *v, const struct task_struct *task)
{
	unsigned int home = kvmhot_out_home(task), i;

	kvmhot_out_drop(v);
	/* Pairs with cmpxchg() in kvmhot_vcpu_retire(), see free.c. */
	if (!READ_ONCE(v->vcpu))
		return false;
	for (i = home; i < home + KVMHOT_OUT_PLACES; i++) {
		if (!cmpxchg(&kvmhot_out.place[i], 0,
			     (unsigned long)v | (i - home))) {
			atomic_inc(&kvmhot_out.nr[home]);
			v->out = i + 1;
			return true;
		}
	}
	return false;
}

/**
 * kvmhot_out_take() - take out the record of a thread that comes back
 * @task: the thread
 *
 * Context: probe, on the CPU that the thread comes to.
 *
 * Return: the record; NULL if the table does not have it.
 */
struct kvmhot_vcpu *kvmhot_out_take(const struct task_struct *task)
{
	unsigned int home = kvmhot_out_home(task), i;
	struct kvmhot_vcpu *v;
	unsigned long is;

	for (i = home; i < home + KVMHOT_OUT_PLACES; i++) {
		is = READ_ONCE(kvmhot_out.place[i]);
		v = vcpu_at(is);
		if (v && v->task == task && v->tid == task->pid &&
		    take_from(i, is)) {
			v->out = 0;
			return v;
		}
	}
	return NULL;
}

/**
 * kvmhot_out_forget() - take out records
 * @all: all of them; otherwise those whose vCPU is gone, see free.c
 *
 * Probes may still use records that they found before.
 */
void kvmhot_out_forget(bool all)
{
	struct kvmhot_vcpu *v;
	unsigned long is;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < kvmhot_out.nr_places; i++) {
		is = READ_ONCE(kvmhot_out.place[i]);
		v = vcpu_at(is);
		if (v && (all || !READ_ONCE(v->vcpu)))
			take_from(i, is);
	}
	rcu_read_unlock();
}
