/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measures what kvmhot itself costs.
 */
#ifndef KVMHOT_CALIB_H
#define KVMHOT_CALIB_H

struct seq_file;

void kvmhot_calib_run(void);
void kvmhot_calib_show(struct seq_file *m);

#endif /* KVMHOT_CALIB_H */
