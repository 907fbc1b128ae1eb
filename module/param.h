/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters.
 */
#ifndef KVMHOT_PARAM_H
#define KVMHOT_PARAM_H

#include <linux/types.h>

extern unsigned int kvmhot_param_max_vms;
extern unsigned int kvmhot_param_max_vcpus;
extern unsigned int kvmhot_param_max_memory_kb;
extern unsigned int kvmhot_param_max_ended;
extern unsigned int kvmhot_param_max_share;
extern unsigned int kvmhot_param_maxactive;
extern bool kvmhot_param_detail;	/* what file detail begins with */
extern char *kvmhot_param_events;	/* what file events begins with */

int kvmhot_param_check(void);

#endif /* KVMHOT_PARAM_H */
