// SPDX-License-Identifier: GPL-2.0
/*
 * Frees VMs, and records of vCPUs, when no probe can use them any more.
 *
 * Process context; may sleep.  Only the worker calls these functions, or code that runs
 * after the worker has ended.  A record is freed in these steps:
 *
 *   1. Make it unreachable: kvmhot_vcpu_retire() clears its key, so that no probe finds
 *      it, and the worker takes it out of the hash table.
 *   2. Wait for a grace period: no probe is left that found the record before step 1.
 *      Such a probe may have set its CPU's pointer to the record, or have put the record
 *      into the table of threads that are switched out.
 *   3. Clear the CPUs' pointers to the record, and its place in that table.  From here on
 *      probes put it into neither: they look at the key first.
 *   4. Wait for a grace period: no probe is left that found the record by a pointer or
 *      in that table.
 *   5. Take it out of the list of records that want a page: until step 4 a probe could
 *      put it there.
 *
 * Then nothing refers to the record.
 */
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "control/account.h"
#include "control/free.h"
#include "control/pool.h"
#include "control/reach.h"
#include "control/registry.h"
#include "hot/out.h"

/* VMs and records that are in no other list, and wait for kvmhot_free_removed(). */
static LIST_HEAD(removed_vms);
static LIST_HEAD(removed_vcpus);

/**
 * kvmhot_free_wait() - wait until no probe uses an unreachable record: steps 2 to 4
 *
 * Context: sleeps.
 */
void kvmhot_free_wait(void)
{
	synchronize_rcu();
	kvmhot_reach_close_quick();
	kvmhot_out_forget(false);
	synchronize_rcu();
}

/**
 * kvmhot_free_vm() - let kvmhot_free_removed() free a VM, with its vCPUs
 * @vm: the VM, in the registry's list; the caller holds the registry's lock
 */
void kvmhot_free_vm(struct kvmhot_vm *vm)
{
	list_move_tail(&vm->list, &removed_vms);
}

/**
 * kvmhot_free_vcpu() - let kvmhot_free_removed() free a record that belongs to no VM
 * @v: the record, in a list; the caller holds the registry's lock
 */
void kvmhot_free_vcpu(struct kvmhot_vcpu *v)
{
	list_move(&v->siblings, &removed_vcpus);
}

/**
 * kvmhot_free_vcpus() - free all records of a list
 * @vcpus: the list; no probe can use the records
 */
void kvmhot_free_vcpus(struct list_head *vcpus)
{
	struct kvmhot_vcpu *v, *next;

	list_for_each_entry_safe(v, next, vcpus, siblings)
		kvmhot_pool_free(v);
	INIT_LIST_HEAD(vcpus);
}

/**
 * kvmhot_free_removed() - free all VMs and records that wait for it
 *
 * Context: sleeps.
 */
void kvmhot_free_removed(void)
{
	struct kvmhot_vm *vm, *next;

	if (list_empty(&removed_vms) && list_empty(&removed_vcpus))
		return;
	kvmhot_free_wait();
	kvmhot_pool_refill();
	list_for_each_entry_safe(vm, next, &removed_vms, list) {
		kvmhot_free_vcpus(&vm->vcpus);
		kvmhot_account_put(sizeof(*vm));
		kfree(vm);
	}
	INIT_LIST_HEAD(&removed_vms);
	kvmhot_free_vcpus(&removed_vcpus);
}
