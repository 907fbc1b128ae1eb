/* SPDX-License-Identifier: GPL-2.0 */
/* Shows a row in the columns of top and stat: see help.c for what each means. */
#ifndef KVMHOT_SHOW_TABLE_H
#define KVMHOT_SHOW_TABLE_H

#include "model/events.h"
#include "model/filter.h"
#include "model/options.h"
#include "model/rows.h"

enum column {
	C_VM, C_PID, C_REASON, C_EXITS, C_HOST, C_KVM, C_VMM, C_COST, C_P50,
	C_P95, C_P99, C_MAX, C_IPC, C_INSTRUCTIONS, C_MISSES,
	NR_C
};

struct layout {
	bool shown[NR_C];
	int width[NR_C];
	enum unit unit;
	struct chosen events;	/* of the columns of events */
	bool one_word;		/* no blanks within a cell: to be parsed */
};

/*
 * All columns, those of events only with PMU.  WIDTH > 0: as many as fit into so
 * many characters.
 */
void table_layout(struct layout *l, const struct rows *rows, enum unit unit,
		  bool pmu, int width);

const char *table_name(enum column column, enum unit unit);
/* The column that shows what is sorted by, or NR_C */
enum column table_sorted(enum sort sort, enum unit unit);

/* A line without a newline into BUF, cut to its SIZE. */
void table_names(const struct layout *l, char *buf, size_t size);
void table_row(const struct layout *l, const struct row *row, char *buf,
	       size_t size);

#endif /* KVMHOT_SHOW_TABLE_H */
