/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of the records of vCPUs.
 */
#ifndef KVMHOT_POOL_H
#define KVMHOT_POOL_H

#include "control/registry.h"
#include "hot/record.h"

/* The worker, but for record */
void kvmhot_pool_record(struct kvmhot_vcpu *v);
bool kvmhot_pool_empty(void);
bool kvmhot_pool_fill(enum kvmhot_bound *bound);
void kvmhot_pool_drain(void);
void kvmhot_pool_add_page(struct kvmhot_vcpu *v);
void kvmhot_pool_refill(void);
void kvmhot_pool_free(struct kvmhot_vcpu *v);

#endif /* KVMHOT_POOL_H */
