/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Follows modules that come and go, and the host's sleep.
 */
#ifndef KVMHOT_FOLLOW_H
#define KVMHOT_FOLLOW_H

int kvmhot_follow_init(void);
void kvmhot_follow_exit(void);

#endif /* KVMHOT_FOLLOW_H */
