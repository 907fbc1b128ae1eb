// SPDX-License-Identifier: GPL-2.0
/*
 * Makes, ends and removes VMs.
 *
 * Process context; may sleep.  Only the worker calls these functions.  Only the worker
 * changes the registry, under its lock, so the worker needs no lock to read it.  Removing
 * a VM's directory waits for the readers of its files.  So this is done without the lock,
 * and before the VM is freed.
 */
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control/account.h"
#include "control/free.h"
#include "control/owner.h"
#include "control/registry.h"
#include "control/vm.h"
#include "hot/switches.h"
#include "hot/vcpu.h"
#include "param.h"
#include "read/clock.h"
#include "read/reason.h"
#include "read/snap.h"

static unsigned int nr_unnamed;
static struct dentry *(*make_dir)(struct kvmhot_vm *vm);

/**
 * kvmhot_vm_init() - set the function that makes a VM's files
 * @create_dir: makes the directory, which is removed before the VM is freed; returns
 *		NULL if there is no memory for the directory and all its files
 */
void kvmhot_vm_init(struct dentry *(*create_dir)(struct kvmhot_vm *vm))
{
	make_dir = create_dir;
}

/**
 * kvmhot_vm_is_removable() - may the VM be removed?
 * @vm: the VM
 *
 * Return: true if it has ended, and no probe finds its records any more.
 */
bool kvmhot_vm_is_removable(const struct kvmhot_vm *vm)
{
	return vm->ended && !vm->nr_live;
}

/**
 * kvmhot_vm_oldest_ended() - find the ended VM that should make place
 *
 * Return: of the removable VMs whose owner has most of them, the one that ended first;
 * NULL if there is none.
 */
struct kvmhot_vm *kvmhot_vm_oldest_ended(void)
{
	struct kvmhot_vm *vm, *oldest = NULL;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		if (kvmhot_vm_is_removable(vm) &&
		    (!oldest || kvmhot_owner_ended_more(vm->owner, oldest->owner,
							vm->ended < oldest->ended)))
			oldest = vm;
	return oldest;
}

/* Nothing writes to the record any more, so reading it cannot fail. */
static u64 exits_of(struct kvmhot_vcpu *v)
{
	u64 exits;

	return kvmhot_reason_exits(v, &exits) ? 0 : exits;
}

/**
 * kvmhot_vm_remove() - remove a VM
 * @vm: the VM; it is removable, or the module goes
 * @bound: bound that was reached, so that the VM has to go
 */
void kvmhot_vm_remove(struct kvmhot_vm *vm, enum kvmhot_bound bound)
{
	bool forgotten = bound != KVMHOT_NO_BOUND;
	struct kvmhot_vcpu *v;

	mutex_lock(&kvmhot_registry.lock);
	kvmhot_free_vm(vm);
	kvmhot_registry.nr_ended--;
	list_for_each_entry(v, &vm->vcpus, siblings) {
		kvmhot_registry_keep(v);
		if (forgotten)
			kvmhot_registry.forgotten_exits += exits_of(v);
	}
	if (forgotten)
		kvmhot_registry.forgotten_vms[bound]++;
	mutex_unlock(&kvmhot_registry.lock);
	kvmhot_owner_remove_vm(vm);
	kvmhot_registry.link_again = true;
	/* This waits for readers of the VM's files, so it is done without the lock. */
	debugfs_remove(vm->dir);
}

/**
 * kvmhot_vm_make_place() - remove an ended VM, to get its place and memory
 * @bound: bound that was reached
 *
 * Return: false if no VM can be removed.
 */
bool kvmhot_vm_make_place(enum kvmhot_bound bound)
{
	struct kvmhot_vm *vm = kvmhot_vm_oldest_ended();

	if (!vm)
		return false;
	kvmhot_vm_remove(vm, bound);
	kvmhot_free_removed();
	return true;
}

/* Set the name, under the lock, as others print names. */
static void set_name(struct kvmhot_vm *vm, unsigned int nth)
{
	mutex_lock(&kvmhot_registry.lock);
	vm->nth = nth;
	if (!vm->base[0])
		snprintf(vm->name, sizeof(vm->name), "%d-unnamed%u", vm->pid,
			 ++nr_unnamed);
	else if (!nth)
		strscpy(vm->name, vm->base, sizeof(vm->name));
	else
		snprintf(vm->name, sizeof(vm->name), "%s.%u", vm->base, nth);
	mutex_unlock(&kvmhot_registry.lock);
}

/* A number greater than that of any VM of that name: numbers are in order of time. */
static unsigned int next_nth(const char *base)
{
	struct kvmhot_vm *vm;
	unsigned int nth = 0;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		if (!strcmp(vm->base, base))
			nth = max(nth, vm->nth);
	return nth + 1;
}

/*
 * KVM gives a name to one VM at a time.  So a VM that had the name before is gone, and
 * leaves its name to the new one.  Its vCPUs may not have come to their hook yet.
 */
static void leave_name(const char *base)
{
	struct kvmhot_vm *vm = kvmhot_registry_find(base);

	if (!vm)
		return;
	if (!vm->ended && !READ_ONCE(kvmhot_switches.sees_ends))
		kvmhot_vm_lost(vm);
	/* This waits for readers of the VM's files, which print its name. */
	debugfs_remove(vm->dir);
	set_name(vm, next_nth(base));
	vm->dir = make_dir(vm);
}

static void vm_name(struct kvmhot_vm *vm, const struct kvmhot_vcpu *v)
{
	kvmhot_owner_comm(vm->comm, v->comm);
	strscpy(vm->base, v->name, sizeof(vm->base));
	if (vm->base[0])
		leave_name(vm->base);
	set_name(vm, 0);
}

/* Make a VM for a new vCPU. */
static struct kvmhot_vm *vm_create(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm;

	if (!kvmhot_owner_may(v->owner, KVMHOT_SHARE_VMS))
		return NULL;
	while (kvmhot_registry.nr_running + kvmhot_registry.nr_ended >= kvmhot_param_max_vms)
		if (!kvmhot_vm_make_place(KVMHOT_MAX_VMS))
			return NULL;
	while (!kvmhot_account_take(sizeof(*vm)))
		if (!kvmhot_vm_make_place(KVMHOT_MAX_MEMORY))
			return NULL;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm) {
		kvmhot_account_put(sizeof(*vm));
		kvmhot_registry.link_again = true;
		return NULL;
	}
	INIT_LIST_HEAD(&vm->vcpus);
	vm->kvm = v->kvm;
	vm->ino = v->ino;
	vm->pid = v->pid;
	vm->since = kvmhot_clock_at(v->seen);
	kvmhot_owner_add_vm(vm, v->owner);
	vm_name(vm, v);

	mutex_lock(&kvmhot_registry.lock);
	list_add_tail(&vm->list, &kvmhot_registry.vms);
	kvmhot_registry.nr_running++;
	mutex_unlock(&kvmhot_registry.lock);
	vm->dir = make_dir(vm);
	return vm;
}

/**
 * kvmhot_vm_of() - find or make the VM of a new vCPU
 * @v: the vCPU
 *
 * Return: the VM; NULL if there is no place for it.
 */
struct kvmhot_vm *kvmhot_vm_of(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		if (vm->kvm == v->kvm && vm->ino == v->ino &&
		    vm->pid == v->pid && !vm->ended)
			return vm;
	return vm_create(v);
}

/**
 * kvmhot_vm_retry_dirs() - make directories for which there was no memory
 *
 * Return: false if some VM still has no directory.
 */
bool kvmhot_vm_retry_dirs(void)
{
	struct kvmhot_vm *vm;
	bool all = true;

	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		if (!vm->dir)
			vm->dir = make_dir(vm);
		all &= !!vm->dir;
	}
	return all;
}

/**
 * kvmhot_vm_end() - a VM has ended
 * @vm: the VM; it has not ended before
 * @tsc: kvmhot_clock() of the VM's last edge
 */
void kvmhot_vm_end(struct kvmhot_vm *vm, u64 tsc)
{
	mutex_lock(&kvmhot_registry.lock);
	/* The VM may have been reset after its last edge. */
	vm->ended = max(tsc, READ_ONCE(vm->since));
	kvmhot_registry.nr_running--;
	kvmhot_registry.nr_ended++;
	mutex_unlock(&kvmhot_registry.lock);
	kvmhot_owner_end_vm(vm);
}

/**
 * kvmhot_vm_lost() - a VM is gone, but its end was not seen
 * @vm: the VM; it has not ended before
 *
 * If the VM is there nevertheless, its vCPUs are seen again, as those of another VM.
 */
void kvmhot_vm_lost(struct kvmhot_vm *vm)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_sums s;
	struct kvm_vcpu *key;
	u64 tsc = 0;

	list_for_each_entry(v, &vm->vcpus, siblings) {
		key = READ_ONCE(v->vcpu);
		if (key)
			kvmhot_vcpu_retire(v, key);
		if (!kvmhot_snap_sums(v, &s))
			tsc = max(tsc, s.now);
	}
	kvmhot_vm_end(vm, tsc);
}
