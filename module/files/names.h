/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names the ioctls of a vCPU, and what KVM_RUN tells the VMM.
 */
#ifndef KVMHOT_NAMES_H
#define KVMHOT_NAMES_H

const char *kvmhot_names_ioctl(unsigned int cmd);
const char *kvmhot_names_run(unsigned int reason);

#endif /* KVMHOT_NAMES_H */
