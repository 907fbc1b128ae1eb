/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declares the module parameters.
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
extern bool kvmhot_param_detail;	/* first value of the file 'detail' */
extern char *kvmhot_param_events;	/* first value of the file 'events' */

int kvmhot_param_check(void);

#endif /* KVMHOT_PARAM_H */
