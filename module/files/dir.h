/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes the directory of a VM.
 */
#ifndef KVMHOT_DIR_H
#define KVMHOT_DIR_H

struct dentry;
struct kvmhot_vm;

void kvmhot_dir_init(struct dentry *root);
struct dentry *kvmhot_dir_create(struct kvmhot_vm *vm);

#endif /* KVMHOT_DIR_H */
