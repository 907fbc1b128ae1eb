/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs whose end hit no hook.
 */
#ifndef KVMHOT_GONE_H
#define KVMHOT_GONE_H

/* The worker */
void kvmhot_gone_look(void);

#endif /* KVMHOT_GONE_H */
