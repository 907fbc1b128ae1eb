/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manages memory of the records of vCPUs.
 */
#ifndef KVMHOT_POOL_H
#define KVMHOT_POOL_H

#include "control/registry.h"
#include "hot/record.h"

/* Only the worker calls these; calib.c calls record as well. */
void kvmhot_pool_record(struct kvmhot_vcpu *v);
bool kvmhot_pool_empty(void);
bool kvmhot_pool_fill(enum kvmhot_bound *bound);
void kvmhot_pool_drain(void);
void kvmhot_pool_add_page(struct kvmhot_vcpu *v);
void kvmhot_pool_refill(void);
void kvmhot_pool_free(struct kvmhot_vcpu *v);

#endif /* KVMHOT_POOL_H */
