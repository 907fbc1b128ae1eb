/* SPDX-License-Identifier: GPL-2.0 */
/* The same VM in another reading, be it started anew in between. */
#ifndef KVMHOT_TWINS_H
#define KVMHOT_TWINS_H

#include "source.h"

/*
 * VM, as OWN has it: in OTHER.  By PID-FD; or, where that is not there, by a name
 * that no second VM has in either.
 */
const struct vm *twins_find(const struct snapshot *own,
			    const struct snapshot *other, const struct vm *vm);

#endif /* KVMHOT_TWINS_H */
