// SPDX-License-Identifier: GPL-2.0
/* What report and stat say of an exit reason. */
#include <stdio.h>

#include "fmt.h"
#include "line.h"

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
	bool only_full;
} columns[NR_COLUMNS] = {
	[EXITS] = { "EXITS", 5, false },
	[RATE] = { "RATE", 5, false },
	[SHARE] = { "SHARE%", 6, false },
	[TIME] = { "TIME%", 5, true },
	[KVM] = { "KVM%", 5, false },
	[VMM] = { "VMM%", 5, false },
	[IRQ] = { "IRQ%", 5, false },
	[COST] = { "CYC/EXIT", 8, false },
	[P50] = { "P50", 5, false },
	[P95] = { "P95", 5, true },
	[P99] = { "P99", 5, false },
	[MAX] = { "MAX", 5, true },
	[FAST] = { "FAST%", 5, true },
	[USER_COST] = { "CYC/USER", 8, true },
	[WAIT] = { "WAIT%", 5, true },
	[IPC] = { "IPC", 5, false },
	[INSTRUCTIONS] = { "INS/EXIT", 8, false },
	[MISSES] = { "MISS/EXIT", 9, false },
};

static bool is_shown(int column, bool full, const struct chosen *events)
{
	if (column == IPC)
		return events->ipc_cycles;
	if (column == INSTRUCTIONS)
		return events->instructions;
	if (column == MISSES)
		return events->misses;
	return full || !columns[column].only_full;
}

void line_names(bool full, const struct chosen *events)
{
	int i;

	printf("%-*s", NAME_WIDTH, "REASON");
	for (i = 0; i < NR_COLUMNS; i++)
		if (is_shown(i, full, events))
			printf(" %*s", columns[i].width, columns[i].name);
	putchar('\n');
}

static struct cell quantile(const struct hist *h, unsigned int per_mille)
{
	if (!h->timed)
		return (struct cell){ "-" };
	return fmt_count(summary_quantile(h, per_mille));
}

/* Most reasons never do this or that: no zeroes to hide those that do. */
static struct cell part(__u64 n, __u64 of)
{
	return fmt_percent(n, n ? of : 0);
}

void line_print(const struct vm *vm, const struct reason *r, __u64 cycles,
		bool full, const struct chosen *events)
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
				     summary_stages(vm->stages)),
		[KVM] = fmt_percent(r->n[R_CYCLES], both),
		[VMM] = fmt_rest(r->n[R_CYCLES], both),
		[IRQ] = part(r->stages[ST_IRQ], summary_cost(r->stages)),
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
		if (is_shown(i, full, events))
			printf(" %*s", columns[i].width, cells[i].text);
	putchar('\n');
}
