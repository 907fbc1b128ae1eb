/* SPDX-License-Identifier: GPL-2.0 */
/* Lists what doctor.c looks for: each of its files has some findings. */
#ifndef KVMHOT_CHECK_FINDERS_H
#define KVMHOT_CHECK_FINDERS_H

#include "check/found.h"

/* cpu.c */
void cpu_find(struct host *h);
void cpu_find_kvm(struct host *h);
/* kernel.c */
void kernel_find(struct host *h);
/* files.c */
void files_find_lockdown(struct host *h);
void files_find_debugfs(struct host *h);
/* module.c */
void module_find(struct host *h);
void module_find_hooks(struct host *h);
/* symbols.c: those that the hooks need, where there is no module that tells */
void symbols_find_missing(struct host *h);
/* counting.c */
void counting_find(struct host *h);
void counting_find_events(struct host *h);
/* losses.c */
void losses_find(struct host *h);
void losses_find_bounds(struct host *h);
/* owncost.c */
void owncost_find(struct host *h);

#endif /* KVMHOT_CHECK_FINDERS_H */
