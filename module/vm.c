// SPDX-License-Identifier: GPL-2.0
/*
 * VMs: the worker that makes, ends and removes them.
 *
 * Control path.  Only the worker changes the registry, under its lock; so it
 * needs no lock to look.  Removing a VM's directory waits for whoever uses the
 * files in it, so it is done outside of the lock, and before the VM is freed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "kvmhot.h"

struct kvmhot_registry kvmhot_reg = {
	.lock = __MUTEX_INITIALIZER(kvmhot_reg.lock),
	.vms = LIST_HEAD_INIT(kvmhot_reg.vms),
	.refused = LIST_HEAD_INIT(kvmhot_reg.refused),
};

static LIST_HEAD(removed);	/* VMs that are still to be freed */
static unsigned int nr_unnamed;

/**
 * kvmhot_vm_by_name() - look for a VM
 * @name: PID-FD
 *
 * Context: worker, or with the registry's lock held.
 *
 * Return: the VM, or NULL.
 */
struct kvmhot_vm *kvmhot_vm_by_name(const char *name)
{
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (!strcmp(vm->name, name))
			return vm;
	return NULL;
}

static void vcpu_free(struct kvmhot_vcpu *v)
{
	mutex_lock(&kvmhot_reg.lock);
	kvmhot_vcpu_add_sums(v, kvmhot_reg.gone_sum);
	if (!v->vm)
		kvmhot_reg.gone_refused += kvmhot_vcpu_exits(v) -
					   v->sum[KVMHOT_DROPPED];
	mutex_unlock(&kvmhot_reg.lock);
	kvmhot_pool_free(v);
}

/* Free what vm_remove() removed. */
static void vm_free_removed(void)
{
	struct kvmhot_vm *vm, *vnext;
	struct kvmhot_vcpu *v, *next;

	if (list_empty(&removed))
		return;
	/* Probes that found a record before it was unhashed. */
	synchronize_rcu();
	list_for_each_entry_safe(vm, vnext, &removed, list) {
		list_for_each_entry_safe(v, next, &vm->vcpus, siblings)
			vcpu_free(v);
		kvmhot_pool_put(sizeof(*vm));
		kfree(vm);
	}
	INIT_LIST_HEAD(&removed);
}

/* Remove an ended VM; @forgotten: nobody told us to. */
static void vm_remove(struct kvmhot_vm *vm, bool forgotten)
{
	struct kvmhot_vcpu *v;

	mutex_lock(&kvmhot_reg.lock);
	list_move_tail(&vm->list, &removed);
	kvmhot_reg.nr_ended--;
	if (forgotten) {
		kvmhot_reg.forgotten_vms++;
		list_for_each_entry(v, &vm->vcpus, siblings)
			kvmhot_reg.forgotten_exits += kvmhot_vcpu_exits(v);
	}
	mutex_unlock(&kvmhot_reg.lock);
	/* Waits for readers of its files, so not under the lock. */
	debugfs_remove(vm->dir);
}

static struct kvmhot_vm *vm_oldest_ended(void)
{
	struct kvmhot_vm *vm, *oldest = NULL;

	/* Only the worker, that is we, changes the list. */
	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (vm->ended && (!oldest || vm->ended < oldest->ended))
			oldest = vm;
	return oldest;
}

/* Make place. Return: false if there is no ended VM to do without. */
static bool vm_make_place(void)
{
	struct kvmhot_vm *vm = vm_oldest_ended();

	if (!vm)
		return false;
	vm_remove(vm, true);
	vm_free_removed();
	return true;
}

static void vm_set_name(struct kvmhot_vm *vm, const struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *old;
	char *p;

	strscpy(vm->comm, v->comm, sizeof(vm->comm));
	for (p = vm->comm; *p; p++)
		if (!isprint(*p))
			*p = '?';
	strscpy(vm->name, v->name, sizeof(vm->name));
	old = kvmhot_vm_by_name(vm->name);
	if (old && old->ended) {
		vm_remove(old, true);
		old = NULL;
	}
	/* KVM gives no name if it has no debugfs, or had the name already. */
	if (!vm->name[0] || old)
		snprintf(vm->name, sizeof(vm->name), "%d-unnamed%u", v->pid,
			 ++nr_unnamed);
}

/* A VM for a vCPU that is seen for the first time. */
static struct kvmhot_vm *vm_create(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm;

	while (kvmhot_reg.nr_running + kvmhot_reg.nr_ended >= kvmhot_max_vms)
		if (!vm_make_place())
			return NULL;
	while (!kvmhot_pool_take(sizeof(*vm)))
		if (!vm_make_place())
			return NULL;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm) {
		kvmhot_pool_put(sizeof(*vm));
		return NULL;
	}
	INIT_LIST_HEAD(&vm->vcpus);
	vm->kvm = v->kvm;
	vm->pid = v->pid;
	vm->since = v->seen;
	vm_set_name(vm, v);

	mutex_lock(&kvmhot_reg.lock);
	list_add_tail(&vm->list, &kvmhot_reg.vms);
	kvmhot_reg.nr_running++;
	mutex_unlock(&kvmhot_reg.lock);
	vm->dir = kvmhot_vmfiles_create(vm, kvmhot_debugfs_vms());
	return vm;
}

static struct kvmhot_vm *vm_of(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (vm->kvm == v->kvm && !vm->ended)
			return vm;
	return vm_create(v);
}

/* Return: false if there is no VM to be had; the vCPU then is refused. */
static bool vcpu_link(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm = vm_of(v);

	mutex_lock(&kvmhot_reg.lock);
	list_del_init(&v->siblings);
	v->vm = vm;
	if (vm) {
		/* Pairs with list_for_each_entry_rcu() in the VM's files. */
		list_add_tail_rcu(&v->siblings, &vm->vcpus);
		vm->nr_vcpus++;
	} else {
		list_add(&v->siblings, &kvmhot_reg.refused);
	}
	mutex_unlock(&kvmhot_reg.lock);
	return vm;
}

static void link_fresh(struct llist_node *fresh)
{
	struct kvmhot_vcpu *v, *next;
	unsigned int nr = 0;

	list_for_each_entry_safe(v, next, &kvmhot_reg.refused, siblings)
		vcpu_link(v);
	fresh = llist_reverse_order(fresh);
	llist_for_each_entry_safe(v, next, fresh, fresh)
		nr += !vcpu_link(v);
	if (nr)
		pr_warn_ratelimited("no place for %u vCPUs of more VMs: max_vms=%u, max_memory_kb=%u; their exits are counted as dropped\n",
				    nr, kvmhot_max_vms, kvmhot_max_memory_kb);
}

/* A vCPU is gone, and with it, as KVM ends all at once, its VM. */
static void vcpu_bury(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm = v->vm;

	kvmhot_pool_unhash(v);
	if (v->cell || !vm)
		synchronize_rcu();
	if (v->cell)		/* its end was not seen */
		kvmhot_cell_lose(v);
	if (!vm) {
		mutex_lock(&kvmhot_reg.lock);
		list_del(&v->siblings);
		mutex_unlock(&kvmhot_reg.lock);
		vcpu_free(v);
	} else if (!vm->ended) {
		mutex_lock(&kvmhot_reg.lock);
		vm->ended = v->last;
		kvmhot_reg.nr_running--;
		kvmhot_reg.nr_ended++;
		mutex_unlock(&kvmhot_reg.lock);
	}
}

/*
 * The order in which the lists are taken makes sure that a record which is in
 * @dead was linked, and that it wants no page after it was freed.
 */
static void work(struct work_struct *unused)
{
	struct llist_node *dead = llist_del_all(&kvmhot_dead);
	struct llist_node *fresh = llist_del_all(&kvmhot_fresh);
	struct llist_node *refill = llist_del_all(&kvmhot_refill);
	struct kvmhot_vcpu *v, *next;
	struct kvmhot_vm *vm, *vnext;

	llist_for_each_entry_safe(v, next, refill, refill)
		kvmhot_pool_add_page(v);
	while (!kvmhot_pool_fill())
		if (!vm_make_place())
			break;
	link_fresh(fresh);
	llist_for_each_entry_safe(v, next, dead, dead)
		vcpu_bury(v);

	list_for_each_entry_safe(vm, vnext, &kvmhot_reg.vms, list)
		if (vm->forget)
			vm_remove(vm, false);
	while (kvmhot_reg.nr_ended > kvmhot_max_ended)
		vm_remove(vm_oldest_ended(), true);
	vm_free_removed();
}

DECLARE_WORK(kvmhot_work, work);

/**
 * kvmhot_vm_init() - make ready for the first vCPU
 */
void kvmhot_vm_init(void)
{
	kvmhot_pool_fill();
}

/**
 * kvmhot_vm_exit() - free everything
 *
 * Context: no probe is in place any more.
 */
void kvmhot_vm_exit(void)
{
	struct kvmhot_vcpu *v, *next;
	struct kvmhot_vm *vm, *vnext;

	flush_work(&kvmhot_work);
	list_for_each_entry_safe(vm, vnext, &kvmhot_reg.vms, list)
		vm_remove(vm, false);
	vm_free_removed();
	list_for_each_entry_safe(v, next, &kvmhot_reg.refused, siblings)
		vcpu_free(v);
	kvmhot_pool_drain();
}
