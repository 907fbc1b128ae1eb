/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starts and stops the worker.
 */
#ifndef KVMHOT_WORKER_H
#define KVMHOT_WORKER_H

struct dentry;
struct kvmhot_vm;

void kvmhot_worker_init(struct dentry *(*create_dir)(struct kvmhot_vm *vm));
void kvmhot_worker_exit(void);

#endif /* KVMHOT_WORKER_H */
