/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the file status.
 */
#ifndef KVMHOT_STATUS_H
#define KVMHOT_STATUS_H

struct seq_file;

int kvmhot_status_show(struct seq_file *m, void *unused);

#endif /* KVMHOT_STATUS_H */
