/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts all hooks in place, or none.
 */
#ifndef KVMHOT_HOOKS_H
#define KVMHOT_HOOKS_H

#include "control/hook.h"
#include "hot/switches.h"

/* Callers hold the lock of counting.c; lingers and replaced need no lock. */
extern struct kvmhot_hook kvmhot_hooks[];
extern const unsigned int kvmhot_hooks_nr;

int kvmhot_hooks_place_all(const struct kvmhot_wanted *wanted);
void kvmhot_hooks_place_none(const struct kvmhot_wanted *wanted,
			     enum kvmhot_hook_state state, bool closing);
int kvmhot_hooks_place_detail(bool detail);
void kvmhot_hooks_leave(const struct kvmhot_wanted *wanted, const char *module);
void kvmhot_hooks_tracepoint(struct tracepoint *tp, const char *module,
			     bool there);
bool kvmhot_hooks_lingers(void);
bool kvmhot_hooks_replaced(void);

#endif /* KVMHOT_HOOKS_H */
