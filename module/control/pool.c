// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of the records of vCPUs, within its bounds.
 *
 * Control path: the worker, or before it starts, or after it ended; so nothing
 * here is called twice at once, but for what says so.  Probes take records and lines from what is
 * made ready here.
 */
#include <linux/gfp.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "control/owner.h"
#include "hot/lookup.h"
#include "hot/quick.h"
#include "kvmhot.h"

/* Written by the worker only. */
static u64 memory_bytes;
static unsigned int nr_records;

/**
 * kvmhot_pool_take() - put memory on the account
 * @bytes: size of it
 *
 * Return: false if it is beyond the bound, and must not be taken.
 */
bool kvmhot_pool_take(u64 bytes)
{
	if (memory_bytes + bytes > (u64)kvmhot_max_memory_kb * 1024)
		return false;
	WRITE_ONCE(memory_bytes, memory_bytes + bytes);
	return true;
}

/**
 * kvmhot_pool_put() - take memory off the account
 * @bytes: size of it
 */
void kvmhot_pool_put(u64 bytes)
{
	WRITE_ONCE(memory_bytes, memory_bytes - bytes);
}

/**
 * kvmhot_pool_alloc() - memory that is on the account
 * @bytes: size of it
 *
 * Context: sleeps.
 *
 * Return: the memory, zeroed, for kfree() and kvmhot_pool_put(); NULL without it.
 */
void *kvmhot_pool_alloc(size_t bytes)
{
	void *memory;

	if (!kvmhot_pool_take(bytes))
		return NULL;
	memory = kzalloc(bytes, GFP_KERNEL);
	if (!memory)
		kvmhot_pool_put(bytes);
	return memory;
}

/**
 * kvmhot_pool_bytes() - memory on the account
 *
 * Return: bytes.
 */
u64 kvmhot_pool_bytes(void)
{
	return READ_ONCE(memory_bytes);
}

static void *new_page(void)
{
	void *page;

	if (!kvmhot_pool_take(PAGE_SIZE))
		return NULL;
	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		kvmhot_pool_put(PAGE_SIZE);
	return page;
}

/**
 * kvmhot_pool_record() - what a record begins with, but for further pages
 * @v: the record, in a zeroed page
 */
void kvmhot_pool_record(struct kvmhot_vcpu *v)
{
	unsigned int i;

	INIT_LIST_HEAD(&v->siblings);
	raw_spin_lock_init(&v->ioctl_lock);
	v->seen_notice.vcpu = v;
	v->gone_notice.vcpu = v;
	v->gone_notice.gone = true;
	v->quick.who = KVMHOT_SLOW;
	for (i = 0; i < KVMHOT_QUICK_PLACES; i++)
		v->quick_cell[i] = &kvmhot_no_cell;
	v->page[0] = v;
	v->nr_lines = KVMHOT_PAGE_LINES;
	v->next_line = KVMHOT_RECORD_LINES;
}

static struct kvmhot_vcpu *new_record(enum kvmhot_bound *bound)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	*bound = KVMHOT_MAX_VCPUS;
	if (nr_records >= kvmhot_max_vcpus)
		return NULL;
	*bound = KVMHOT_MAX_MEMORY;
	/* Not a page of the page allocator's: kmemleak is to find what it points to. */
	v = kvmhot_pool_alloc(PAGE_SIZE);
	if (!v)
		return NULL;
	nr_records++;
	kvmhot_pool_record(v);
	for (i = 1; i < KVMHOT_FIRST_PAGES; i++) {
		v->page[i] = new_page();
		if (!v->page[i]) {
			kvmhot_pool_free(v);
			return NULL;
		}
		v->nr_lines += KVMHOT_PAGE_LINES;
	}
	return v;
}

/**
 * kvmhot_pool_fill() - make records ready
 * @bound: set to what did not allow for all
 *
 * Context: sleeps.
 *
 * Return: false if a bound or a lack of memory did not allow for all.
 */
bool kvmhot_pool_fill(enum kvmhot_bound *bound)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_SPARES; i++) {
		if (READ_ONCE(kvmhot_spares[i]))
			continue;
		v = new_record(bound);
		if (!v)
			return false;
		/* Pairs with xchg() in take_spare(). */
		smp_store_release(&kvmhot_spares[i], v);
	}
	return true;
}

/**
 * kvmhot_pool_empty() - is there no record ready?
 *
 * Return: true if the next new vCPU will not have one.
 */
bool kvmhot_pool_empty(void)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_SPARES; i++)
		if (READ_ONCE(kvmhot_spares[i]))
			return false;
	return true;
}

/**
 * kvmhot_pool_drain() - free the records that wait
 *
 * Context: no probe is in place any more.
 */
void kvmhot_pool_drain(void)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_SPARES; i++) {
		if (!kvmhot_spares[i])
			continue;
		kvmhot_pool_free(kvmhot_spares[i]);
		kvmhot_spares[i] = NULL;
	}
}

/**
 * kvmhot_pool_add_page() - give a vCPU the page it asked for
 * @v: the vCPU
 *
 * If there is none to be had, or its VMM has its share, or the vCPU has all that
 * it may have, its wish stays as it is, so that it does not ask again; in the first
 * two cases the worker may try again, as &kvmhot_vcpu.page_denied tells.
 *
 * Context: sleeps.
 */
void kvmhot_pool_add_page(struct kvmhot_vcpu *v)
{
	unsigned int nr = v->nr_lines / KVMHOT_PAGE_LINES;

	if (nr >= KVMHOT_MAX_PAGES)
		return;
	/* Without one it is so new that the worker has not looked at it. */
	if (!v->owner || kvmhot_owner_may(v->owner, KVMHOT_SHARE_BYTES))
		v->page[nr] = new_page();
	v->page_denied = !v->page[nr];
	if (v->page_denied)
		return;
	if (v->owner)
		kvmhot_owner_charge(v->owner, KVMHOT_SHARE_BYTES, PAGE_SIZE);
	/* Pairs with the acquire in kvmhot_lines_take(). */
	smp_store_release(&v->nr_lines, v->nr_lines + KVMHOT_PAGE_LINES);
	/* Pairs with READ_ONCE in kvmhot_vcpu_want_page(). */
	WRITE_ONCE(v->refill_asked, false);
}

/**
 * kvmhot_pool_refill() - give pages to all vCPUs that asked for one
 *
 * A vCPU that is gone gets none.
 *
 * Context: sleeps.
 */
void kvmhot_pool_refill(void)
{
	struct llist_node *list = llist_del_all(&kvmhot_refill);
	struct kvmhot_vcpu *v, *next;

	llist_for_each_entry_safe(v, next, list, refill)
		if (READ_ONCE(v->vcpu))
			kvmhot_pool_add_page(v);
}

/**
 * kvmhot_pool_vcpu_bytes() - memory of one record
 * @v: the record
 *
 * Return: bytes.
 */
u64 kvmhot_pool_vcpu_bytes(const struct kvmhot_vcpu *v)
{
	return READ_ONCE(v->nr_lines) / KVMHOT_PAGE_LINES * PAGE_SIZE;
}

static void unhash(struct kvmhot_vcpu *v)
{
	struct kvmhot_vcpu **link = &kvmhot_hash[v->bucket];
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
 * kvmhot_pool_unhash() - take a retired record out of the table
 * @v: the record
 *
 * Nothing else removes records, but probes insert at the head at the same
 * time (kvmhot_vcpu_hash()) and look up (kvmhot_vcpu_find()).
 *
 * Context: sleeps.  Not the worker only, but calib.c, too: of two neighbours
 * that go at once, one would stay; so they go one by one.
 */
void kvmhot_pool_unhash(struct kvmhot_vcpu *v)
{
	static DEFINE_MUTEX(lock);

	mutex_lock(&lock);
	unhash(v);
	mutex_unlock(&lock);
}

/**
 * kvmhot_pool_init_quick() - make ready for the first probe
 */
void kvmhot_pool_init_quick(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(&kvmhot_quick_vcpu, cpu),
			   &kvmhot_quick_nobody);
}

/**
 * kvmhot_pool_close_quick() - have no probe find its record the quick way
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
void kvmhot_pool_close_quick(void)
{
	struct kvmhot_vcpu **place, *v;
	int cpu;

	/* Whoever frees a record waits for this, too. */
	rcu_read_lock();
	for_each_possible_cpu(cpu) {
		place = per_cpu_ptr(&kvmhot_quick_vcpu, cpu);
		v = READ_ONCE(*place);
		/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
		if ((kvmhot_is_quick(v) && !kvmhot_is_logged(v)) ||
		    !READ_ONCE(v->vcpu))
			cmpxchg(place, v, &kvmhot_quick_nobody);
	}
	rcu_read_unlock();
}

/**
 * kvmhot_pool_free() - free a record
 * @v: the record; unhashed a grace period ago, or never hashed
 */
void kvmhot_pool_free(struct kvmhot_vcpu *v)
{
	unsigned int i;

	kvmhot_pool_put(kvmhot_pool_vcpu_bytes(v));
	kvmhot_owner_remove_vcpu(v);
	if (v->mm)
		mmdrop(v->mm);
	for (i = 1; i < KVMHOT_MAX_PAGES; i++)
		free_page((unsigned long)v->page[i]);
	kvmhot_perf_free(v->pmu);
	nr_records--;
	kfree(v);
}
