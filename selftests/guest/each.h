/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each iteration of the last round took.
 */
#ifndef KVMHOT_EACH_H
#define KVMHOT_EACH_H

#include "vmm.h"

/* Is there place for that many?  Complains if not. */
bool each_ok(const struct list *list);
void each_report(struct vm *vm, const struct list *list);

#endif /* KVMHOT_EACH_H */
