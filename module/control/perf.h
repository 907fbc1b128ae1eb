/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes and releases the perf events of vCPUs.
 */
#ifndef KVMHOT_PERF_H
#define KVMHOT_PERF_H

struct kvmhot_vcpu;

/* Only the worker calls these; others may call flush and exit. */
void kvmhot_perf_flush(void);
void kvmhot_perf_work(void);
void kvmhot_perf_release(struct kvmhot_vcpu *v);
void kvmhot_perf_exit(void);

#endif /* KVMHOT_PERF_H */
