// SPDX-License-Identifier: GPL-2.0
/*
 * Makes, ends and removes VMs.
 *
 * Process context; may sleep.  Only the worker changes the registry, under its
 * lock; so the worker needs no lock to look.  Removing a VM's directory waits for
 * the readers of its files: it is done outside of the lock, and before the VM is
 * freed.
 */
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kvmhot.h"

struct kvmhot_registry kvmhot_reg = {
	.lock = __MUTEX_INITIALIZER(kvmhot_reg.lock),
	.vms = LIST_HEAD_INIT(kvmhot_reg.vms),
	.refused = LIST_HEAD_INIT(kvmhot_reg.refused),
};

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

/**
 * kvmhot_vm_is_removable() - may the VM be removed?
 * @vm: the VM
 *
 * Return: true if it has ended, and nothing finds its records any more.
 */
bool kvmhot_vm_is_removable(const struct kvmhot_vm *vm)
{
	return vm->ended && !vm->nr_live;
}

/**
 * kvmhot_vm_oldest_ended() - the VM that can make place
 *
 * Return: the VM that ended first of those that may be removed, or NULL.
 */
struct kvmhot_vm *kvmhot_vm_oldest_ended(void)
{
	struct kvmhot_vm *vm, *oldest = NULL;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (kvmhot_vm_is_removable(vm) &&
		    (!oldest || vm->ended < oldest->ended))
			oldest = vm;
	return oldest;
}

/* Nobody writes to its record any more, so that reading it cannot fail. */
static u64 exits_of(struct kvmhot_vcpu *v)
{
	u64 exits;

	return kvmhot_vcpu_exits(v, &exits) ? 0 : exits;
}

/**
 * kvmhot_vm_remove() - remove a VM
 * @vm: the VM; removable, or the module goes
 * @forgotten: nobody told us to
 */
void kvmhot_vm_remove(struct kvmhot_vm *vm, bool forgotten)
{
	struct kvmhot_vcpu *v;

	mutex_lock(&kvmhot_reg.lock);
	kvmhot_free_vm(vm);
	kvmhot_reg.nr_ended--;
	list_for_each_entry(v, &vm->vcpus, siblings) {
		kvmhot_vcpu_gone(v);
		if (forgotten)
			kvmhot_reg.forgotten_exits += exits_of(v);
	}
	kvmhot_reg.forgotten_vms += forgotten;
	mutex_unlock(&kvmhot_reg.lock);
	kvmhot_reg.place_made = true;
	/* Waits for readers of its files, so not under the lock. */
	debugfs_remove(vm->dir);
}

/**
 * kvmhot_vm_make_place() - remove an ended VM, to have its place and memory
 *
 * Return: false if there is none to do without.
 */
bool kvmhot_vm_make_place(void)
{
	struct kvmhot_vm *vm = kvmhot_vm_oldest_ended();

	if (!vm)
		return false;
	kvmhot_vm_remove(vm, true);
	kvmhot_free_removed();
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
	if (old && kvmhot_vm_is_removable(old)) {
		kvmhot_vm_remove(old, true);
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
		if (!kvmhot_vm_make_place())
			return NULL;
	while (!kvmhot_pool_take(sizeof(*vm)))
		if (!kvmhot_vm_make_place())
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

/**
 * kvmhot_vm_of() - the VM of a vCPU that is seen for the first time
 * @v: the vCPU
 *
 * Return: the VM, made if need be; NULL if there is no place for it.
 */
struct kvmhot_vm *kvmhot_vm_of(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		if (vm->kvm == v->kvm && vm->pid == v->pid && !vm->ended)
			return vm;
	return vm_create(v);
}

/**
 * kvmhot_vm_end() - a VM has ended
 * @vm: the VM
 * @v: the first of its vCPUs that is gone
 */
void kvmhot_vm_end(struct kvmhot_vm *vm, const struct kvmhot_vcpu *v)
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
