// SPDX-License-Identifier: GPL-2.0
/*
 * Says what probes can find: makes their tables, and takes records out of them.
 *
 * Process context; may sleep.
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
 * kvmhot_reach_init() - make ready for the first probe
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
	/* Not at the head, and never there again. */
	for (p = READ_ONCE(*link); p; p = p->hash) {
		if (p->hash != v)
			continue;
		WRITE_ONCE(p->hash, v->hash);
		return;
	}
}

/**
 * kvmhot_reach_unhash() - take a retired record out of the table
 * @v: the record
 *
 * Nothing else removes records, but probes insert at the head at the same
 * time (kvmhot_lookup_add()) and look up (kvmhot_lookup_find()).
 *
 * Context: sleeps.  Not the worker only, but calib.c, too: of two neighbours
 * that go at once, one would stay; so they go one by one.
 */
void kvmhot_reach_unhash(struct kvmhot_vcpu *v)
{
	static DEFINE_MUTEX(lock);

	mutex_lock(&lock);
	unhash(v);
	mutex_unlock(&lock);
}

/**
 * kvmhot_reach_close_quick() - have no probe find its record the quick way
 *
 * Records that are not on the quick way, or have an edge there that no usual exit
 * has, keep their CPU's pointer, by which it is noticed that the thread is switched
 * out in the VMM; but for those whose vCPU is gone.  The latter's kvm_entry looks
 * at what may have changed: see kvmhot_quick_may_go_on().
 *
 * What sets a CPU's pointer runs with preemption off, and only if the quick way
 * is open to the record: whoever has changed that waits for a grace period, so
 * that nothing will set one again, calls this, and waits for another before
 * the record, or what made it change, is gone.
 *
 * Context: process context.
 */
void kvmhot_reach_close_quick(void)
{
	struct kvmhot_vcpu **place, *v;
	int cpu;

	/* Whoever frees a record waits for this, too. */
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
