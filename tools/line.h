/* SPDX-License-Identifier: GPL-2.0 */
/* An exit reason as a line of a table: in report, and shorter in stat. */
#ifndef KVMHOT_LINE_H
#define KVMHOT_LINE_H

#include "source.h"

/* The names of the columns; FULL: all of them. */
void line_names(bool full);

/* CYCLES is the whole of which the reason has a share. */
void line_print(const struct vm *vm, const struct reason *r, __u64 cycles,
		bool full);

#endif /* KVMHOT_LINE_H */
