/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the vCPUs of a VM.
 */
#ifndef KVMHOT_VCPUS_H
#define KVMHOT_VCPUS_H

#include "files/show.h"
#include "read/figures.h"

/* Column names of kvmhot_vcpus_columns(). */
#define KVMHOT_VCPUS_COLUMNS					\
	"exits\tdropped\tlost\tentries\truns\tguest_cycles\t"		\
	"kvm_cycles\twait_cycles\tuser_cycles\tunknown_cycles\t"	\
	"ept\tept_cycles\tbytes\thalt_cycles\tkvm_exits\tlevel2\taway_cycles"

extern const struct kvmhot_show_file kvmhot_vcpus_files[];

void kvmhot_vcpus_columns(struct seq_file *m, const struct kvmhot_figures *f);

#endif /* KVMHOT_VCPUS_H */
