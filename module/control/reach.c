// SPDX-License-Identifier: GPL-2.0
/*
 * Determines which records probes can find: makes the tables, and takes records out.
 *
 * Process context; may sleep.  The worker, calibrations and the code that switches hooks
 * call these functions.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "control/reach.h"
#include "hot/lookup.h"
#include "hot/out.h"
#include "hot/quick.h"
#include "param.h"

#define OUT_MIN_BITS	8

static int out_init(void)
{
	unsigned int bits = max_t(unsigned int, OUT_MIN_BITS,
				  order_base_2(kvmhot_param_max_vcpus) + 2);

	kvmhot_out.nr_places = BIT(bits) + KVMHOT_OUT_PLACES - 1;
	kvmhot_out.shift = 64 - bits;
	kvmhot_out.nr = kvcalloc(BIT(bits), sizeof(*kvmhot_out.nr), GFP_KERNEL);
	kvmhot_out.place = kvcalloc(kvmhot_out.nr_places,
				    sizeof(*kvmhot_out.place), GFP_KERNEL);
	return kvmhot_out.nr && kvmhot_out.place ? 0 : -ENOMEM;
}

/**
 * kvmhot_reach_init() - make the tables, before the first probe
 *
 * Context: sleeps.
 *
 * Return: 0 or -ENOMEM.
 */
int kvmhot_reach_init(void)
{
	int cpu, err;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(&kvmhot_lookup_here, cpu),
			   &kvmhot_lookup_nobody);
	err = out_init();
	if (err)
		kvmhot_reach_exit();
	return err;
}

/**
 * kvmhot_reach_exit() - free the tables
 *
 * Context: no probe is in place any more.
 */
void kvmhot_reach_exit(void)
{
	kvfree(kvmhot_out.nr);
	kvfree(kvmhot_out.place);
}

static void unhash(struct kvmhot_vcpu *v)
{
	struct kvmhot_vcpu **link = &kvmhot_lookup_hash[v->bucket];
	struct kvmhot_vcpu *p;

	if (cmpxchg(link, v, v->hash) == v)
		return;
	/* The record is not at the head, and never will be again. */
	for (p = READ_ONCE(*link); p; p = p->hash) {
		if (p->hash != v)
			continue;
		WRITE_ONCE(p->hash, v->hash);
		return;
	}
}

/**
 * kvmhot_reach_unhash() - take a retired record out of the hash table
 * @v: the record
 *
 * Nothing else removes records.  Probes insert at the head (kvmhot_lookup_add()) and look
 * up (kvmhot_lookup_find()) at the same time.
 *
 * Context: sleeps.  Both the worker and calib.c call this.  If two neighbours went at
 * once, one of them would stay in the table; so a mutex lets them go one by one.
 */
void kvmhot_reach_unhash(struct kvmhot_vcpu *v)
{
	static DEFINE_MUTEX(lock);

	mutex_lock(&lock);
	unhash(v);
	mutex_unlock(&lock);
}

/**
 * kvmhot_reach_close_quick() - clear the CPUs' pointers to records on the quick way
 *
 * Two kinds of records keep their CPU's pointer, by which sched_switch notices that the
 * thread is switched out in the VMM: those off the quick way, and those on it with an
 * edge that no plain exit has.  kvm_entry of the latter checks what may have changed:
 * see kvmhot_quick_may_go_on().  But a record whose vCPU is gone never keeps a pointer.
 *
 * Code that sets a CPU's pointer runs with preemption off, and sets it to a record of
 * the kind that this function clears only if the quick way is open to the record.  So a
 * caller first closes the quick way, and waits for a grace period: from then on nothing
 * sets such a pointer.  It then calls this function, and waits for another grace period
 * before it frees the record, or what made it close the quick way.
 *
 * Context: process context.
 */
void kvmhot_reach_close_quick(void)
{
	struct kvmhot_vcpu **place, *v;
	int cpu;

	/* A grace period waits for this as well: the record is not freed meanwhile. */
	rcu_read_lock();
	for_each_possible_cpu(cpu) {
		place = per_cpu_ptr(&kvmhot_lookup_here, cpu);
		v = READ_ONCE(*place);
		/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
		if ((kvmhot_is_quick(v) && !kvmhot_is_logged(v)) ||
		    !READ_ONCE(v->vcpu))
			cmpxchg(place, v, &kvmhot_lookup_nobody);
	}
	rcu_read_unlock();
}
