/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows counts of perf events.
 */
#ifndef KVMHOT_COUNTS_H
#define KVMHOT_COUNTS_H

#include "files/show.h"

extern const struct kvmhot_show_file kvmhot_counts_files[];

int kvmhot_counts_show_events(struct seq_file *m);

#endif /* KVMHOT_COUNTS_H */
