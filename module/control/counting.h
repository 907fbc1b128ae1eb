/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starts and stops counting.
 */
#ifndef KVMHOT_COUNTING_H
#define KVMHOT_COUNTING_H

#include <linux/types.h>

struct kvmhot_totals;
struct seq_file;
struct tracepoint;

/* Load and unload; modules and tracepoints that come and go; no VM is left. */
void kvmhot_counting_start(void);
void kvmhot_counting_stop(void);
void kvmhot_counting_module(const char *name, bool there);
void kvmhot_counting_tracepoint(struct tracepoint *tp, const char *module,
				bool there);
void kvmhot_counting_no_vms(void);
/* What users write to files, and the host's sleep. */
int kvmhot_counting_enable(bool on);
int kvmhot_counting_set_detail(bool on);
int kvmhot_counting_set_events(const char *text);
void kvmhot_counting_suspend(bool on);
u64 kvmhot_counting_bytes(void);
void kvmhot_counting_show(struct seq_file *m, const struct kvmhot_totals *t);

#endif /* KVMHOT_COUNTING_H */
