/* SPDX-License-Identifier: GPL-2.0 */
/* Shows an exit reason as a line of report. */
#ifndef KVMHOT_SHOW_LINE_H
#define KVMHOT_SHOW_LINE_H

#include "model/events.h"
#include "read/snapshot.h"

/* The names of the columns; of events only of the chosen. */
void line_names(const struct chosen *events);

/* CYCLES is the whole of which the reason has a share. */
void line_print(const struct vm *vm, const struct reason *r, __u64 cycles,
		const struct chosen *events);

#endif /* KVMHOT_SHOW_LINE_H */
