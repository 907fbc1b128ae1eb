// SPDX-License-Identifier: GPL-2.0
/* Shows an exit reason as a line of report. */
#include <stdio.h>

#include "base/fmt.h"
#include "base/hist.h"
#include "model/summary.h"
#include "read/stages.h"
#include "show/line.h"

/* The longest name but one: L2:EXTERNAL_INTERRUPT */
#define NAME_WIDTH	21

enum {
	EXITS, RATE, SHARE, TIME, KVM, VMM, IRQ, COST, P50, P95, P99, MAX, FAST,
	USER_COST, WAIT, IPC, INSTRUCTIONS, MISSES,
	NR_COLUMNS
};

static const struct {
	const char *name;
	int width;
} columns[NR_COLUMNS] = {
	[EXITS] = { "EXITS", 5 },
	[RATE] = { "RATE", 5 },
	[SHARE] = { "SHARE%", 6 },
	[TIME] = { "TIME%", 5 },
	[KVM] = { "KVM%", 5 },
	[VMM] = { "VMM%", 5 },
	[IRQ] = { "IRQ%", 5 },
	[COST] = { "CYC/EXIT", 8 },
	[P50] = { "P50", 5 },
	[P95] = { "P95", 5 },
	[P99] = { "P99", 5 },
	[MAX] = { "MAX", 5 },
	[FAST] = { "FAST%", 5 },
	[USER_COST] = { "CYC/USER", 8 },
	[WAIT] = { "WAIT%", 5 },
	[IPC] = { "IPC", 5 },
	[INSTRUCTIONS] = { "INS/EXIT", 8 },
	[MISSES] = { "MISS/EXIT", 9 },
};

static bool is_shown(int column, const struct chosen *events)
{
	if (column == IPC)
		return events->ipc_cycles;
	if (column == INSTRUCTIONS)
		return events->instructions;
	if (column == MISSES)
		return events->misses;
	return true;
}

void line_names(const struct chosen *events)
{
	int i;

	printf("%-*s", NAME_WIDTH, "REASON");
	for (i = 0; i < NR_COLUMNS; i++)
		if (is_shown(i, events))
			printf(" %*s", columns[i].width, columns[i].name);
	putchar('\n');
}

static struct cell quantile(const struct hist *h, unsigned int per_mille)
{
	if (!h->timed)
		return (struct cell){ "-" };
	return fmt_count(hist_quantile(h, per_mille));
}

/* Most reasons never do this or that: no zeroes to hide those that do. */
static struct cell part(__u64 n, __u64 of)
{
	return fmt_percent(n, n ? of : 0);
}

void line_print(const struct vm *vm, const struct reason *r, __u64 cycles,
		const struct chosen *events)
{
	double seconds = summary_seconds(vm);
	/* What can be said of an exit only when it has ended. */
	__u64 ended = r->n[R_TIMED] + r->n[R_LOST];
	__u64 both = r->n[R_CYCLES] + r->n[R_USER_CYCLES];
	const struct counts *ins = events_of_reason(vm, r, events->instructions);
	const struct counts *misses = events_of_reason(vm, r, events->misses);
	const struct cell cells[NR_COLUMNS] = {
		[EXITS] = fmt_count(r->n[R_EXITS]),
		[RATE] = seconds > 0 ? fmt_real(r->n[R_EXITS] / seconds) :
				       (struct cell){ "-" },
		[SHARE] = fmt_percent(r->n[R_CYCLES], cycles),
		[TIME] = fmt_percent(r->n[R_CYCLES],
				     stages_sum(vm->stages)),
		[KVM] = fmt_percent(r->n[R_CYCLES], both),
		[VMM] = fmt_rest(r->n[R_CYCLES], both),
		[IRQ] = part(r->stages[ST_IRQ], stages_cost(r->stages)),
		[COST] = fmt_per(r->n[R_CYCLES], r->n[R_TIMED]),
		[P50] = quantile(&r->hist, 500),
		[P95] = quantile(&r->hist, 950),
		[P99] = quantile(&r->hist, 990),
		[MAX] = quantile(&r->hist, 1000),
		[FAST] = part(r->n[R_FAST], ended),
		[USER_COST] = fmt_per(r->n[R_USER_CYCLES], r->n[R_USER]),
		[WAIT] = part(r->n[R_WAIT], ended),
		[IPC] = events_ipc(vm, r, events, KVM_STAGES),
		[INSTRUCTIONS] = events_per_exit(ins, KVM_STAGES),
		[MISSES] = events_per_exit(misses, KVM_STAGES),
	};
	int i;

	printf("%-*s", NAME_WIDTH, fmt_name(r->name, NAME_WIDTH).text);
	for (i = 0; i < NR_COLUMNS; i++)
		if (is_shown(i, events))
			printf(" %*s", columns[i].width, cells[i].text);
	putchar('\n');
}
