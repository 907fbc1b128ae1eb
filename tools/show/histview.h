/* SPDX-License-Identifier: GPL-2.0 */
/* Shows a histogram as lines, and its quantiles. */
#ifndef KVMHOT_SHOW_HISTVIEW_H
#define KVMHOT_SHOW_HISTVIEW_H

#include <stddef.h>

#include "base/hist.h"

/* The buckets from FIRST to LAST, and how many are in them */
struct histview_row {
	unsigned int first, last;
	__u64 count;
};

/* How many rows there would be with so many buckets, a power of two, to each. */
unsigned int histview_height(const struct hist *h, unsigned int per_row);

/* These rows, from the least value to the greatest; returns the greatest count. */
__u64 histview_rows(const struct hist *h, unsigned int per_row,
		    struct histview_row *rows);

/* LEAST .. GREATEST : COUNT, by a line of names above it */
void histview_row(const struct histview_row *row, char *buf, size_t size);
void histview_names(const char *of, char *buf, size_t size);

/* Least, mean, quantiles and greatest: names, in cycles, and in us. */
struct histview_quantiles {
	char line[3][384];
};

void histview_quantiles(struct histview_quantiles *q, const struct hist *h,
			__u64 tsc_khz);

#endif /* KVMHOT_SHOW_HISTVIEW_H */
