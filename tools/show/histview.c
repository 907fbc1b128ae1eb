// SPDX-License-Identifier: GPL-2.0
/* Shows a histogram as lines, and its quantiles. */
#include <stdio.h>

#include "base/fmt.h"
#include "show/histview.h"
#include "shared/hist.h"

unsigned int histview_height(const struct hist *h, unsigned int per_row)
{
	return kvmhot_hist_index(h->max) / per_row -
	       kvmhot_hist_index(h->min) / per_row + 1;
}

__u64 histview_rows(const struct hist *h, unsigned int per_row,
		    struct histview_row *rows)
{
	unsigned int first = kvmhot_hist_index(h->min) / per_row;
	unsigned int nr = histview_height(h, per_row), i, bucket;
	__u64 most = 0;

	for (i = 0; i < nr; i++) {
		rows[i].first = (first + i) * per_row;
		rows[i].last = rows[i].first + per_row - 1;
		rows[i].count = 0;
		for (bucket = rows[i].first; bucket <= rows[i].last; bucket++)
			rows[i].count += hist_count(h, bucket);
		if (rows[i].count > most)
			most = rows[i].count;
	}
	return most;
}

void histview_row(const struct histview_row *row, char *buf, size_t size)
{
	char high[24];

	if (row->last == KVMHOT_HIST_BUCKETS - 1)
		snprintf(high, sizeof(high), "and more");
	else
		snprintf(high, sizeof(high), "%llu",
			 kvmhot_hist_high(row->last));
	snprintf(buf, size, "%11llu .. %-11s : %-10llu ",
		 kvmhot_hist_low(row->first), high, row->count);
}

void histview_names(const char *of, char *buf, size_t size)
{
	snprintf(buf, size, "%11s    %-11s : %s", "CYCLES", "", of);
}

/* One of the lines; US: microseconds in a cycle, or 0 for cycles. */
static void make_line(char *buf, size_t size, const struct hist *h, double us)
{
	static const int per_mille[] = { 0, 500, 900, 990, 999, 1000 };
	struct cell c[6], mean = fmt_per(h->cycles, h->timed);
	__u64 value;
	size_t i;

	for (i = 0; i < 6; i++) {
		value = hist_quantile(h, per_mille[i]);
		c[i] = us > 0 ? fmt_real(value * us) : fmt_count(value);
	}
	if (us > 0 && h->timed)
		mean = fmt_real((double)h->cycles / h->timed * us);
	snprintf(buf, size, "%-7s %8s %8s %8s %8s %8s %8s %8s",
		 us > 0 ? "us" : "cycles", c[0].text, mean.text, c[1].text,
		 c[2].text, c[3].text, c[4].text, c[5].text);
}

void histview_quantiles(struct histview_quantiles *q, const struct hist *h,
			__u64 tsc_khz)
{
	snprintf(q->line[0], sizeof(q->line[0]),
		 "%-7s %8s %8s %8s %8s %8s %8s %8s", "", "MIN", "MEAN", "P50",
		 "P90", "P99", "P99.9", "MAX");
	make_line(q->line[1], sizeof(q->line[1]), h, 0);
	make_line(q->line[2], sizeof(q->line[2]), h, 1000.0 / tsc_khz);
}
