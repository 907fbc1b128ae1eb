/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes, ends and removes VMs.
 */
#ifndef KVMHOT_VM_H
#define KVMHOT_VM_H

#include "control/registry.h"

/* Only the worker calls these. */
void kvmhot_vm_init(struct dentry *(*create_dir)(struct kvmhot_vm *vm));
struct kvmhot_vm *kvmhot_vm_of(struct kvmhot_vcpu *v);
bool kvmhot_vm_retry_dirs(void);
void kvmhot_vm_end(struct kvmhot_vm *vm, u64 tsc);
void kvmhot_vm_lost(struct kvmhot_vm *vm);
bool kvmhot_vm_is_removable(const struct kvmhot_vm *vm);
struct kvmhot_vm *kvmhot_vm_oldest_ended(void);
void kvmhot_vm_remove(struct kvmhot_vm *vm, enum kvmhot_bound bound);
bool kvmhot_vm_make_place(enum kvmhot_bound bound);

#endif /* KVMHOT_VM_H */
