/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resets the counts of a VM, or of all.
 */
#ifndef KVMHOT_RESET_H
#define KVMHOT_RESET_H

struct kvmhot_vm;

int kvmhot_reset(const char *name);
int kvmhot_reset_vm(struct kvmhot_vm *vm);

#endif /* KVMHOT_RESET_H */
