/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the cells of a VM.
 */
#ifndef KVMHOT_CELLS_H
#define KVMHOT_CELLS_H

#include "files/show.h"
#include "read/reason.h"

/* Column names of kvmhot_cells_columns(). */
#define KVMHOT_CELLS_COLUMNS					\
	"exits\ttimed\topen\tlost\tfast\tcycles\tmin\tmax\t"		\
	"wait\twait_cycles\twait_max\tuser\tuser_cycles\tuser_max\t"	\
	"total\thalt\thalt_cycles\thalt_max"
/* Column names of kvmhot_cells_felt(). */
#define KVMHOT_CELLS_FELT_COLUMNS					\
	"felt_cycles\tfelt_min\tfelt_max\tfelt_buckets"

extern const struct kvmhot_show_file kvmhot_cells_files[];

void kvmhot_cells_columns(struct seq_file *m, const struct kvmhot_tally *t);
void kvmhot_cells_felt(struct seq_file *m, const struct kvmhot_snap *snap);
void kvmhot_cells_stages(struct seq_file *m, const struct kvmhot_tally *t);

#endif /* KVMHOT_CELLS_H */
