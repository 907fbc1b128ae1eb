/* SPDX-License-Identifier: GPL-2.0 */
/* Finds a VM's name: QEMU's -name, else the command, else PID-FD. */
#ifndef KVMHOT_READ_NAMES_H
#define KVMHOT_READ_NAMES_H

#include "read/snapshot.h"

void names_lookup(struct vm *vm, const char *root);

#endif /* KVMHOT_READ_NAMES_H */
