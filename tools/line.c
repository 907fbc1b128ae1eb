// SPDX-License-Identifier: GPL-2.0
/* What report and stat say of an exit reason. */
#include <stdio.h>

#include "fmt.h"
#include "line.h"

enum {
	EXITS, RATE, SHARE, COST, P50, P95, P99, MAX, USER, USER_COST, WAIT,
	NR_COLUMNS
};

static const struct {
	const char *name;
	int width;
	bool only_full;
} columns[NR_COLUMNS] = {
	[EXITS] = { "EXITS", 6, false },
	[RATE] = { "RATE/S", 6, false },
	[SHARE] = { "SHARE%", 6, false },
	[COST] = { "CYC/EXIT", 8, false },
	[P50] = { "P50", 5, false },
	[P95] = { "P95", 5, true },
	[P99] = { "P99", 5, false },
	[MAX] = { "MAX", 5, true },
	[USER] = { "USER%", 5, false },
	[USER_COST] = { "CYC/USER", 8, true },
	[WAIT] = { "WAIT%", 5, true },
};

void line_names(bool full)
{
	int i;

	printf("%-19s", "REASON");
	for (i = 0; i < NR_COLUMNS; i++)
		if (full || !columns[i].only_full)
			printf(" %*s", columns[i].width, columns[i].name);
	putchar('\n');
}

static struct cell quantile(const struct hist *h, unsigned int per_mille)
{
	if (!h->timed)
		return (struct cell){ "-" };
	return fmt_count(summary_quantile(h, per_mille));
}

/* Most reasons never do either: no zeroes to hide those that do. */
static struct cell part(__u64 n, __u64 ended)
{
	return fmt_percent(n, n ? ended : 0);
}

void line_print(const struct vm *vm, const struct reason *r, __u64 cycles,
		bool full)
{
	double seconds = summary_seconds(vm);
	/* What can be said of an exit only when it has ended. */
	__u64 ended = r->n[R_TIMED] + r->n[R_LOST];
	const struct cell cells[NR_COLUMNS] = {
		[EXITS] = fmt_count(r->n[R_EXITS]),
		[RATE] = seconds > 0 ? fmt_real(r->n[R_EXITS] / seconds) :
				       (struct cell){ "-" },
		[SHARE] = fmt_percent(r->n[R_CYCLES], cycles),
		[COST] = fmt_per(r->n[R_CYCLES], r->n[R_TIMED]),
		[P50] = quantile(&r->hist, 500),
		[P95] = quantile(&r->hist, 950),
		[P99] = quantile(&r->hist, 990),
		[MAX] = quantile(&r->hist, 1000),
		[USER] = part(r->n[R_USER], ended),
		[USER_COST] = fmt_per(r->n[R_USER_CYCLES], r->n[R_USER]),
		[WAIT] = part(r->n[R_WAIT], ended),
	};
	int i;

	printf("%-19s", r->name);
	for (i = 0; i < NR_COLUMNS; i++)
		if (full || !columns[i].only_full)
			printf(" %*s", columns[i].width, cells[i].text);
	putchar('\n');
}
