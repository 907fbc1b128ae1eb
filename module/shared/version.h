/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holds the numbers of the ABI and of the version, in this one place.  The ABI's number
 * changes when a reader of the old ABI would get something wrong (see the file ABI).  The
 * version changes with every release.
 */
#ifndef KVMHOT_VERSION_H
#define KVMHOT_VERSION_H

#define KVMHOT_VERSION	"0.1.0"
#define KVMHOT_ABI	2

#endif /* KVMHOT_VERSION_H */
