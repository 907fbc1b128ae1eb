// SPDX-License-Identifier: GPL-2.0
/*
 * VMs: the worker that makes, ends and removes them.
 *
 * Control path.  Only the worker changes the registry, under its lock; so it
 * needs no lock to look.  Removing a VM's directory waits for whoever uses the
 * files in it, so it is done outside of the lock, and before the VM is freed.
 *
 * What probes have seen comes as notices in order of time: KVM frees a VM only
 * after all its vCPUs were reported gone, so what is reported of a new VM at
 * the same address comes later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "kvmhot.h"
#include "quick.h"

struct kvmhot_registry kvmhot_reg = {
	.lock = __MUTEX_INITIALIZER(kvmhot_reg.lock),
	.vms = LIST_HEAD_INIT(kvmhot_reg.vms),
	.refused = LIST_HEAD_INIT(kvmhot_reg.refused),
};

/* The worker's own: what is in no list any more, and is still to be freed. */
static LIST_HEAD(removed_vms);
static LIST_HEAD(removed_vcpus);
static unsigned int nr_unnamed;
static bool place_made;		/* since refused vCPUs were last looked at */

/* Read by kvmhot_vcpu_see(), so that probes do not wake the worker in vain. */
bool kvmhot_work_vain;

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

static void free_vcpus(struct list_head *vcpus)
{
	struct kvmhot_vcpu *v, *next;

	list_for_each_entry_safe(v, next, vcpus, siblings)
		kvmhot_pool_free(v);
	INIT_LIST_HEAD(vcpus);
}

/* vCPUs whose last wish for memory could not be fulfilled. */
static void feed_hungry(void)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			if (v->hungry && READ_ONCE(v->vcpu))
				kvmhot_pool_add_page(v);
}

/* Give vCPUs the page that they asked for.  One that is retired needs none. */
static void refill(void)
{
	struct llist_node *list = llist_del_all(&kvmhot_refill);
	struct kvmhot_vcpu *v, *next;

	llist_for_each_entry_safe(v, next, list, refill)
		if (READ_ONCE(v->vcpu))
			kvmhot_pool_add_page(v);
}

/* Wait for the probes that found a record before it was retired. */
static void wait_for_probes(void)
{
	synchronize_rcu();
	/* They may have made it the quick way's. */
	kvmhot_pool_close_quick();
	synchronize_rcu();
}

/* Free what was removed. */
static void free_removed(void)
{
	struct kvmhot_vm *vm, *next;

	if (list_empty(&removed_vms) && list_empty(&removed_vcpus))
		return;
	wait_for_probes();
	/*
	 * Take the records out of the list of those that want a page: probes,
	 * and vcpu_bury(), may have put them there after the list was last
	 * emptied.  Nothing can do so any more.
	 */
	refill();
	list_for_each_entry_safe(vm, next, &removed_vms, list) {
		free_vcpus(&vm->vcpus);
		kvmhot_pool_put(sizeof(*vm));
		kfree(vm);
	}
	INIT_LIST_HEAD(&removed_vms);
	free_vcpus(&removed_vcpus);
}

/* Remove an ended VM without live vCPUs; @forgotten: nobody told us to. */
static void vm_remove(struct kvmhot_vm *vm, bool forgotten)
{
	struct kvmhot_vcpu *v;

	mutex_lock(&kvmhot_reg.lock);
	list_move_tail(&vm->list, &removed_vms);
	kvmhot_reg.nr_ended--;
	list_for_each_entry(v, &vm->vcpus, siblings) {
		kvmhot_vcpu_gone(v);
		if (forgotten)
			kvmhot_reg.forgotten_exits += kvmhot_vcpu_exits(v);
	}
	kvmhot_reg.forgotten_vms += forgotten;
	mutex_unlock(&kvmhot_reg.lock);
	place_made = true;
	/* Waits for readers of its files, so not under the lock. */
	debugfs_remove(vm->dir);
}

static bool vm_removable(const struct kvmhot_vm *vm)
{
	return vm->ended && !vm->nr_live;
}

static struct kvmhot_vm *vm_oldest_ended(void)
{
	struct kvmhot_vm *vm, *oldest = NULL;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (vm_removable(vm) &&
		    (!oldest || vm->ended < oldest->ended))
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
	free_removed();
	return true;
}

static void vm_set_name(struct kvmhot_vm *vm, const struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *old;
	char *p;

	strscpy(vm->comm, v->comm, sizeof(vm->comm));
	for (p = vm->comm; *p; p++)
		if (!isascii(*p) || !isprint(*p))
			*p = '?';
	strscpy(vm->name, v->name, sizeof(vm->name));
	old = kvmhot_vm_by_name(vm->name);
	if (old && vm_removable(old)) {
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
	vm->since = kvmhot_clock_at(v->seen);
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
		if (vm->kvm == v->kvm && vm->pid == v->pid && !vm->ended)
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
		vm->nr_live++;
	} else {
		list_add(&v->siblings, &kvmhot_reg.refused);
	}
	mutex_unlock(&kvmhot_reg.lock);
	return vm;
}

static void link_refused(void)
{
	struct kvmhot_vcpu *v, *next;

	place_made = false;
	list_for_each_entry_safe(v, next, &kvmhot_reg.refused, siblings)
		vcpu_link(v);
}

/* The first vCPU of a VM is gone. */
static void vm_end(struct kvmhot_vm *vm, const struct kvmhot_vcpu *v)
{
	struct kvmhot_vcpu *other;
	struct kvm_vcpu *key;

	mutex_lock(&kvmhot_reg.lock);
	/* It may have been reset after its last edge. */
	vm->ended = max(kvmhot_clock_at(v->last), READ_ONCE(vm->since));
	kvmhot_reg.nr_running--;
	kvmhot_reg.nr_ended++;
	mutex_unlock(&kvmhot_reg.lock);
	if (v->sum[KVMHOT_ENDS])
		return;
	/* Not by kvm_destroy_vm, which was missed: the others are gone, too. */
	list_for_each_entry(other, &vm->vcpus, siblings) {
		key = READ_ONCE(other->vcpu);
		if (key)
			kvmhot_vcpu_retire(other, key);
	}
}

static void vcpu_bury(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm = v->vm;
	u32 n;

	kvmhot_pool_unhash(v);
	kvmhot_perf_release(v);
	/* If an exit is open, its end was missed; nothing runs it. */
	preempt_disable();	/* readers wait while something is written */
	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	kvmhot_cell_lose(v);
	kvmhot_seq_end(&v->seq, n);
	preempt_enable();
	if (vm) {
		vm->nr_live--;
		if (!vm->ended)
			vm_end(vm, v);
		/* It can make place, if need be. */
		place_made = true;
	} else {
		mutex_lock(&kvmhot_reg.lock);
		list_move(&v->siblings, &removed_vcpus);
		kvmhot_vcpu_gone(v);
		mutex_unlock(&kvmhot_reg.lock);
	}
}

/*
 * Is there a vCPU whose end was not seen?  Then a thread may still be in a probe
 * with its record: that of another VM's vCPU, at the same address.
 */
static bool is_end_missed(struct llist_node *notices)
{
	struct kvmhot_notice *n;

	llist_for_each_entry(n, notices, node)
		if (n->gone && !n->vcpu->sum[KVMHOT_ENDS])
			return true;
	return false;
}

static void handle_notices(struct llist_node *notices)
{
	struct kvmhot_notice *n, *next;
	unsigned int nr_refused = 0;

	/* vcpu_bury() writes to the record. */
	if (is_end_missed(notices))
		wait_for_probes();
	llist_for_each_entry_safe(n, next, llist_reverse_order(notices), node) {
		if (n->gone)
			vcpu_bury(n->vcpu);
		else
			nr_refused += !vcpu_link(n->vcpu);
	}
	if (nr_refused)
		pr_warn_ratelimited("no place for %u vCPUs of more VMs: max_vms=%u, max_memory_kb=%u; their exits are dropped, and counted\n",
				    nr_refused, kvmhot_max_vms,
				    kvmhot_max_memory_kb);
}

/* Said once, as it does not change while this kernel's KVM is there. */
static void tell_misfits(void)
{
	u64 misfits = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		misfits += *per_cpu_ptr(&kvmhot_misfits, cpu);
	if (misfits)
		pr_err_once("this KVM does not tell its tracepoints' probes which vCPU runs, or its structures are others than those of the headers that kvmhot was built with: no exit of such a vCPU is counted (status: misfits)\n");
}

static void work(struct work_struct *unused)
{
	struct llist_node *notices = llist_del_all(&kvmhot_notices);
	struct kvmhot_vm *vm, *vnext;

	refill();
	while (!kvmhot_pool_fill() && kvmhot_pool_empty())
		if (!vm_make_place())
			break;
	handle_notices(notices);

	list_for_each_entry_safe(vm, vnext, &kvmhot_reg.vms, list)
		if (vm->forget && vm_removable(vm))
			vm_remove(vm, false);
	while (kvmhot_reg.nr_ended > kvmhot_max_ended && vm_oldest_ended())
		vm_remove(vm_oldest_ended(), true);
	if (place_made)
		link_refused();
	kvmhot_perf_work();
	free_removed();
	feed_hungry();
	tell_misfits();
	/* With what was freed, and for what was taken meanwhile. */
	WRITE_ONCE(kvmhot_work_vain, !kvmhot_pool_fill() && !vm_oldest_ended());
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
	struct kvmhot_vm *vm, *next;

	/* The worker may find something for itself to do again. */
	do
		kvmhot_work_flush();
	while (!llist_empty(&kvmhot_notices));
	kvmhot_perf_exit();
	list_for_each_entry_safe(vm, next, &kvmhot_reg.vms, list)
		vm_remove(vm, false);
	free_removed();
	free_vcpus(&kvmhot_reg.refused);
	kvmhot_pool_drain();
}
