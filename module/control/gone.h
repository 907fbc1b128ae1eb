/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds VMs whose end hit no hook.
 */
#ifndef KVMHOT_GONE_H
#define KVMHOT_GONE_H

/* Only the worker calls this. */
void kvmhot_gone_look(void);

#endif /* KVMHOT_GONE_H */
