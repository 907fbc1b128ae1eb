// SPDX-License-Identifier: GPL-2.0
/*
 * Finds VMs that are gone, but whose end hit no hook.
 *
 * A VM's end hits no hook if the hooks for it cannot be put in place, or while kprobes
 * are turned off.  KVM's debugfs has a directory for each VM, which goes with the VM.  If
 * KVM could not make a VM's directory, the VM is taken for gone when its VMM is gone.
 *
 * Process context; may sleep.  Only the worker calls these functions.
 */
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/mm_types.h>

#include "control/gone.h"
#include "control/registry.h"
#include "control/vm.h"
#include "hot/switches.h"
#include "hot/vcpu.h"

/* @kvm: top directory of KVM's debugfs; NULL if there is none */
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

/* Return: true if a VM was found to be gone. */
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
		/* Its end may be under way and hit the hook soon: look twice. */
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
 * kvmhot_gone_look() - look for VMs that are gone
 *
 * Context: the worker, some seconds after the last call.  If a VM has no directory in two
 * calls, and its end hits a hook, it has hit the hook by the second call.
 */
void kvmhot_gone_look(void)
{
	struct dentry *kvm = debugfs_lookup("kvm", NULL);

	/* If a VM is gone, the refused vCPUs get a place: leave them for now. */
	if (!look_at_vms(kvm))
		look_at_refused(kvm);
	dput(kvm);
}
