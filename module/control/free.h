/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frees VMs and records of vCPUs.
 */
#ifndef KVMHOT_FREE_H
#define KVMHOT_FREE_H

#include <linux/list.h>

struct kvmhot_vcpu;
struct kvmhot_vm;

/* Only the worker calls these, or code that runs after the worker has ended. */
void kvmhot_free_vm(struct kvmhot_vm *vm);
void kvmhot_free_vcpu(struct kvmhot_vcpu *v);
void kvmhot_free_removed(void);
void kvmhot_free_vcpus(struct list_head *vcpus);
void kvmhot_free_wait(void);

#endif /* KVMHOT_FREE_H */
