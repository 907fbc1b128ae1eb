/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what a VMM asks of a vCPU, and is told by it.
 */
#ifndef KVMHOT_NAMES_H
#define KVMHOT_NAMES_H

const char *kvmhot_ioctl_name(unsigned int cmd);
const char *kvmhot_run_name(unsigned int reason);

#endif /* KVMHOT_NAMES_H */
