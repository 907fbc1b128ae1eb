/* SPDX-License-Identifier: GPL-2.0 */
/* Computes what follows from the figures of a VM. */
#ifndef KVMHOT_MODEL_SUMMARY_H
#define KVMHOT_MODEL_SUMMARY_H

#include <linux/types.h>
#include <stdbool.h>

#include "read/snapshot.h"

__u64 summary_cycles(const struct vm *vm);
__u64 summary_exits(const struct vm *vm);
bool summary_is_small(__u64 n, __u64 total);
__u64 summary_vcpu_cycles(const struct vm *vm);
/* By how much a count is more than it was; 0 if it is less */
__u64 summary_rise(__u64 now, __u64 then);
/* So many CPUs, all of the VM's time, are as many cycles. */
double summary_cpus(const struct vm *vm, __u64 cycles);
double summary_seconds(const struct vm *vm);

#endif /* KVMHOT_MODEL_SUMMARY_H */
