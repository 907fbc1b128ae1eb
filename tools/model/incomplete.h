/* SPDX-License-Identifier: GPL-2.0 */
/* Tells what lacks in the counts that a verb has shown. */
#ifndef KVMHOT_MODEL_INCOMPLETE_H
#define KVMHOT_MODEL_INCOMPLETE_H

#include <stdbool.h>

#include "read/snapshot.h"

/*
 * EXIT_FINE, or EXIT_INCOMPLETE with what lacks told.  SINCE: only what was lost
 * since then, or NULL; PMU: events, too
 */
int incomplete_status(const struct snapshot *s, const struct snapshot *since,
		      bool pmu);

#endif /* KVMHOT_MODEL_INCOMPLETE_H */
