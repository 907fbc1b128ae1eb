// SPDX-License-Identifier: GPL-2.0
/*
 * Manages memory of the records of vCPUs, within its bounds.
 *
 * Process context; may sleep.  Only the worker calls these functions, or code that runs
 * before it starts or after it has ended, so they need no lock; calib.c calls
 * kvmhot_pool_record() as well.  Probes take the records and lines that this prepares.
 */
#include <linux/gfp.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "control/account.h"
#include "control/owner.h"
#include "control/pool.h"
#include "hot/cell.h"
#include "hot/kick.h"
#include "hot/lines.h"
#include "hot/pmu.h"
#include "hot/vcpu.h"
#include "param.h"

static unsigned int nr_records;	/* written by the worker only */

static void *new_page(void)
{
	void *page;

	if (!kvmhot_account_take(PAGE_SIZE))
		return NULL;
	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		kvmhot_account_put(PAGE_SIZE);
	return page;
}

/**
 * kvmhot_pool_record() - initialize a record with one page
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
		v->quick_cell[i] = &kvmhot_cell_none;
	v->page[0] = v;
	v->nr_lines = KVMHOT_PAGE_LINES;
	v->next_line = KVMHOT_RECORD_LINES;
}

static struct kvmhot_vcpu *new_record(enum kvmhot_bound *bound)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	*bound = KVMHOT_MAX_VCPUS;
	if (nr_records >= kvmhot_param_max_vcpus)
		return NULL;
	*bound = KVMHOT_MAX_MEMORY;
	/* Not from the page allocator: kmemleak must find what the record points to. */
	v = kvmhot_account_alloc(PAGE_SIZE);
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
 * kvmhot_pool_fill() - prepare spare records
 * @bound: on failure, set to the bound that was reached
 *
 * Context: sleeps.
 *
 * Return: false if a bound, or a lack of memory, did not allow for all spares.
 */
bool kvmhot_pool_fill(enum kvmhot_bound *bound)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	for (i = 0; i < KVMHOT_VCPU_SPARES; i++) {
		if (READ_ONCE(kvmhot_vcpu_spares[i]))
			continue;
		v = new_record(bound);
		if (!v)
			return false;
		/* Pairs with xchg() in take_spare(). */
		smp_store_release(&kvmhot_vcpu_spares[i], v);
	}
	return true;
}

/**
 * kvmhot_pool_empty() - is no spare record left?
 *
 * Return: true if the next new vCPU will get no record.
 */
bool kvmhot_pool_empty(void)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_VCPU_SPARES; i++)
		if (READ_ONCE(kvmhot_vcpu_spares[i]))
			return false;
	return true;
}

/**
 * kvmhot_pool_drain() - free all spare records
 *
 * Context: no probe is in place any more.
 */
void kvmhot_pool_drain(void)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_VCPU_SPARES; i++) {
		if (!kvmhot_vcpu_spares[i])
			continue;
		kvmhot_pool_free(kvmhot_vcpu_spares[i]);
		kvmhot_vcpu_spares[i] = NULL;
	}
}

/**
 * kvmhot_pool_add_page() - give a vCPU the page that it asked for
 * @v: the vCPU
 *
 * Gives none if there is no memory, if the VMM has its share, or if the vCPU has all
 * pages that it may have.  The request then stays set, so that the vCPU does not ask
 * again.  In the first two cases @v->page_denied tells the worker to try again.
 *
 * Context: sleeps.
 */
void kvmhot_pool_add_page(struct kvmhot_vcpu *v)
{
	unsigned int nr = v->nr_lines / KVMHOT_PAGE_LINES;

	if (nr >= KVMHOT_MAX_PAGES)
		return;
	/* A record without an owner is so new that the worker has not looked at it. */
	if (!v->owner || kvmhot_owner_may(v->owner, KVMHOT_SHARE_BYTES))
		v->page[nr] = new_page();
	v->page_denied = !v->page[nr];
	if (v->page_denied)
		return;
	if (v->owner)
		kvmhot_owner_charge(v->owner, KVMHOT_SHARE_BYTES, PAGE_SIZE);
	/* Pairs with the acquire in kvmhot_lines_take(). */
	smp_store_release(&v->nr_lines, v->nr_lines + KVMHOT_PAGE_LINES);
	/* Pairs with READ_ONCE in kvmhot_lines_want_page(). */
	WRITE_ONCE(v->refill_asked, false);
}

/**
 * kvmhot_pool_refill() - give a page to all vCPUs that asked for one
 *
 * A vCPU that is gone gets no page.
 *
 * Context: sleeps.
 */
void kvmhot_pool_refill(void)
{
	struct llist_node *list = llist_del_all(&kvmhot_kick_refill);
	struct kvmhot_vcpu *v, *next;

	llist_for_each_entry_safe(v, next, list, refill)
		if (READ_ONCE(v->vcpu))
			kvmhot_pool_add_page(v);
}

/**
 * kvmhot_pool_free() - free a record
 * @v: the record; unhashed a grace period ago, or never hashed
 */
void kvmhot_pool_free(struct kvmhot_vcpu *v)
{
	unsigned int i;

	kvmhot_account_put(kvmhot_lines_bytes(v));
	kvmhot_owner_remove_vcpu(v);
	if (v->mm)
		mmdrop(v->mm);
	for (i = 1; i < KVMHOT_MAX_PAGES; i++)
		free_page((unsigned long)v->page[i]);
	if (v->pmu)
		kvmhot_account_put(sizeof(*v->pmu));
	kfree(v->pmu);
	nr_records--;
	kfree(v);
}
