/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place of these numbers.  The ABI's changes with what a reader of
 * the old one would get wrong (file ABI), the version with every release.
 */
#ifndef KVMHOT_VERSION_H
#define KVMHOT_VERSION_H

#define KVMHOT_VERSION	"0.1.0"
#define KVMHOT_ABI	2

#endif /* KVMHOT_VERSION_H */
