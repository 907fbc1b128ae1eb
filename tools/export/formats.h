/* SPDX-License-Identifier: GPL-2.0 */
/* Has the table of formats. */
#ifndef KVMHOT_EXPORT_FORMATS_H
#define KVMHOT_EXPORT_FORMATS_H

#include <stdbool.h>

#include "export/export.h"

struct export_format {
	int (*write)(const struct export *e);
	bool spans;		/* has spans, which are much to read */
	bool events;		/* has what events counted */
	bool all_time;		/* is of all time, not of some reasons */
};

/* By enum format; FORMAT_NONE has no function. */
extern const struct export_format formats_table[];

#endif /* KVMHOT_EXPORT_FORMATS_H */
