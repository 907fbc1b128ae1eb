/* SPDX-License-Identifier: GPL-2.0 */
/* Makes a tree of where a VM's time went. */
#ifndef KVMHOT_MODEL_GRAPH_H
#define KVMHOT_MODEL_GRAPH_H

#include "model/node.h"
#include "read/snapshot.h"

/* The root is the VM; VCPU only names what its sums are of. */
struct node *graph_make(const struct vm *vm, int vcpu);

#endif /* KVMHOT_MODEL_GRAPH_H */
