/* SPDX-License-Identifier: GPL-2.0 */
/* Reads kvmhot's files, in debugfs or a saved copy, into a snapshot. */
#ifndef KVMHOT_READ_SOURCE_H
#define KVMHOT_READ_SOURCE_H

#include <stdbool.h>
#include <stdio.h>

#include "read/snapshot.h"

/* All of these that return an int: 0, or -1 with the error already told. */
int source_load(struct snapshot *s, const char *root, int vcpu);
/*
 * The same without spans (user, ept, halt, ioctl), which is much less to read if
 * all vCPUs are wanted: for 1,000 VMs and many times a minute.
 */
int source_load_live(struct snapshot *s, const char *root, int vcpu);
/* Of one VM, in the same way, each of its vCPUs for itself: as many VMs. */
int source_load_vcpus(struct snapshot *s, const char *root, const char *id);
/* source_load(), and what is read goes into F, whole VMs only. */
int source_save(struct snapshot *s, const char *root, FILE *f);
/* Of 'status' only; then of one VM, which is an error if it is not there. */
int source_load_status(struct snapshot *s, const char *root);
int source_load_vm(struct vm *vm, const char *root, const char *id);
int source_reset(const char *root, const char *what);

#endif /* KVMHOT_READ_SOURCE_H */
