/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Follows what the host does.
 */
#ifndef KVMHOT_FOLLOW_H
#define KVMHOT_FOLLOW_H

int kvmhot_follow_init(void);
void kvmhot_follow_exit(void);

#endif /* KVMHOT_FOLLOW_H */
