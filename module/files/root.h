/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes the files at the top of kvmhot's debugfs.
 */
#ifndef KVMHOT_ROOT_H
#define KVMHOT_ROOT_H

void kvmhot_root_init(void);
void kvmhot_root_exit(void);

#endif /* KVMHOT_ROOT_H */
