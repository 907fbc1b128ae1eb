/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Determines which records probes can find.
 */
#ifndef KVMHOT_REACH_H
#define KVMHOT_REACH_H

#include "hot/record.h"

int kvmhot_reach_init(void);
void kvmhot_reach_exit(void);
void kvmhot_reach_unhash(struct kvmhot_vcpu *v);
void kvmhot_reach_close_quick(void);

#endif /* KVMHOT_REACH_H */
