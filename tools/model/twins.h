/* SPDX-License-Identifier: GPL-2.0 */
/* Finds the same VM in another reading, even if it was restarted in between. */
#ifndef KVMHOT_MODEL_TWINS_H
#define KVMHOT_MODEL_TWINS_H

#include "read/snapshot.h"

/*
 * The very same VM in an earlier or a later reading, or NULL.  When another VM takes
 * its name, PID-FD, an ended one is called PID-FD.N.  A VM of the same name that
 * began later is the same, reset, if the one of before is nowhere.
 */
const struct vm *twins_then(const struct snapshot *first,
			    const struct snapshot *second,
			    const struct vm *vm);
const struct vm *twins_now(const struct snapshot *second, const struct vm *vm);

/*
 * Of a VM that has ended, in S, the one that was started in its place: that which
 * runs, and alone has its name; or NULL.
 */
const struct vm *twins_successor(const struct snapshot *s, const struct vm *vm);

/* VM of the second reading: what it was in the first, or NULL */
const struct vm *twins_before(const struct snapshot *first,
			      const struct snapshot *second,
			      const struct vm *vm);

/* VM of the first reading: what it is in the second, or NULL */
const struct vm *twins_after(const struct snapshot *second,
			     const struct vm *vm);

/* Of those that have ended since THEN, whose command line is gone. */
void twins_keep_names(struct snapshot *now, const struct snapshot *then);

#endif /* KVMHOT_MODEL_TWINS_H */
