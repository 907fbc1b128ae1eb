/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shares places and memory between the owners of VMs.
 */
#ifndef KVMHOT_CONTROL_OWNER_H
#define KVMHOT_CONTROL_OWNER_H

#include "hot/owner.h"

struct seq_file;
struct kvmhot_vcpu;
struct kvmhot_vm;

/* Only the worker calls these; readers of files call show. */
bool kvmhot_owner_add_vcpu(struct kvmhot_vcpu *v);
void kvmhot_owner_remove_vcpu(struct kvmhot_vcpu *v);
void kvmhot_owner_add_vm(struct kvmhot_vm *vm, struct kvmhot_owner *o);
void kvmhot_owner_end_vm(struct kvmhot_vm *vm);
void kvmhot_owner_remove_vm(struct kvmhot_vm *vm);
bool kvmhot_owner_may(const struct kvmhot_owner *o, enum kvmhot_share share);
void kvmhot_owner_charge(struct kvmhot_owner *o, enum kvmhot_share share, s64 n);
bool kvmhot_owner_ended_more(const struct kvmhot_owner *a,
			     const struct kvmhot_owner *b, bool otherwise);
void kvmhot_owner_update(void);
void kvmhot_owner_comm(char *to, const char *comm);
void kvmhot_owner_show(struct seq_file *m);

#endif /* KVMHOT_CONTROL_OWNER_H */
