/* SPDX-License-Identifier: GPL-2.0 */
/* Shows an interval as lines: of stat, and of top where there is no terminal. */
#ifndef KVMHOT_SHOW_BLOCK_H
#define KVMHOT_SHOW_BLOCK_H

#include <stdio.h>

#include "model/filter.h"
#include "model/options.h"
#include "read/snapshot.h"

/*
 * D: what delta_make() made of NOW and THEN; or THEN is NULL, and D is NOW: all
 * that it has.  0, or -1 with the error told
 */
int block_print(const struct options *o, const struct snapshot *now,
		const struct snapshot *then, const struct snapshot *d,
		FILE *out);

/*
 * What happened to a VM other than exits: new, reset, ended, gone.  Each is a
 * line, without its newline, to EACH.
 */
void block_notes(const struct filter *f, const struct snapshot *now,
		 const struct snapshot *then, const struct snapshot *d,
		 void (*each)(void *arg, const char *line), void *arg);

#endif /* KVMHOT_SHOW_BLOCK_H */
