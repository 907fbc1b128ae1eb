/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells whether kprobes are turned off as a whole.
 */
#ifndef KVMHOT_KPROBES_H
#define KVMHOT_KPROBES_H

#include <linux/types.h>

struct seq_file;

void kvmhot_kprobes_init(void);
void kvmhot_kprobes_exit(void);
bool kvmhot_kprobes_off(void);
void kvmhot_kprobes_show(struct seq_file *m);

#endif /* KVMHOT_KPROBES_H */
