/* SPDX-License-Identifier: GPL-2.0 */
/* What source.c makes readings of: a VM at a time. */
#ifndef KVMHOT_LOAD_H
#define KVMHOT_LOAD_H

#include "read/source.h"

/* All of its files, or what there is to be had in one. */
struct files {
	bool live, pmu;
	int vcpu;
};

/* 0, -1 with the error told, or 1 if the VM went away.  It has its id. */
int load_vm(struct vm *vm, struct snapshot *s, const struct files *f);

/* These tell a negative errno: of PATH, or of the file last read; always -1. */
int load_fail(const char *path, int error);
int load_judge(int ret);

#endif /* KVMHOT_LOAD_H */
