/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what a VMM asks of a vCPU, and is told by it.
 */
#ifndef KVMHOT_NAMES_H
#define KVMHOT_NAMES_H

const char *kvmhot_names_ioctl(unsigned int cmd);
const char *kvmhot_names_run(unsigned int reason);

#endif /* KVMHOT_NAMES_H */
