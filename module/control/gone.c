// SPDX-License-Identifier: GPL-2.0
/*
 * Notices that a VM is gone whose end hit no hook.
 *
 * That is so where the hooks of the end of VMs cannot be put in place, and of a VM
 * that ends while kprobes are turned off.  KVM's debugfs has a directory for each
 * VM, which goes with it.  A VM for which KVM could not make one is taken for gone
 * when its VMM is.
 *
 * Process context; may sleep.
 */
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/mm_types.h>

#include "control/gone.h"
#include "control/registry.h"
#include "control/vm.h"
#include "hot/switches.h"
#include "hot/vcpu.h"

/* @kvm: the top directory of KVM's debugfs, NULL if it is not there */
static bool is_gone(const struct kvmhot_vcpu *v, struct dentry *kvm)
{
	struct dentry *dir;
	bool gone;

	if (!v->ino)
		return !atomic_read(&v->mm->mm_users);
	dir = kvm ? debugfs_lookup(v->name, kvm) : NULL;
	/* The name may be another VM's by now. */
	gone = !dir || d_inode(dir)->i_ino != v->ino;
	dput(dir);
	return gone;
}

static bool is_vm_gone(const struct kvmhot_vm *vm, struct dentry *kvm)
{
	struct kvmhot_vcpu *v;

	list_for_each_entry(v, &vm->vcpus, siblings)
		if (READ_ONCE(v->vcpu))
			return is_gone(v, kvm);
	return false;
}

/* Return: whether a VM was found to be gone. */
static bool look_at_vms(struct dentry *kvm)
{
	bool hooked = READ_ONCE(kvmhot_switches.sees_ends), found = false;
	struct kvmhot_vm *vm;
	bool before;

	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		if (vm->ended)
			continue;
		before = vm->missing;
		vm->missing = is_vm_gone(vm, kvm);
		/* Its end may be under way: twice. */
		if (!vm->missing || (hooked && !before))
			continue;
		kvmhot_vm_lost(vm);
		found = true;
	}
	return found;
}

static void look_at_refused(struct dentry *kvm)
{
	struct kvm_vcpu *key;
	struct kvmhot_vcpu *v;

	list_for_each_entry(v, &kvmhot_registry.refused, siblings) {
		key = READ_ONCE(v->vcpu);
		if (key && is_gone(v, kvm))
			kvmhot_vcpu_retire(v, key);
	}
}

/**
 * kvmhot_gone_look() - look which VMs are gone
 *
 * Context: the worker, some seconds after it last did: a VM that was found to have
 * no directory both times has come to its hook by now, if it comes to one.
 */
void kvmhot_gone_look(void)
{
	struct dentry *kvm = debugfs_lookup("kvm", NULL);

	/* Of a VM that is gone there is place for those that were refused. */
	if (!look_at_vms(kvm))
		look_at_refused(kvm);
	dput(kvm);
}
