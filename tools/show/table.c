// SPDX-License-Identifier: GPL-2.0
/* Shows a row in the columns of top and stat: see help.c for what each means. */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/hist.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "show/table.h"

/* Names are cut, but to be parsed. */
#define NAME_MOST	24
#define NAME_LEAST	8

static const struct {
	const char *names[NR_UNITS];	/* the first, where a unit has none */
	int width;
} columns[NR_C] = {
	[C_VM] = { { "VM" }, -16 },
	[C_PID] = { { "PID" }, 7 },
	[C_REASON] = { { "REASON" }, -21 },
	[C_EXITS] = { { "EXITS/s" }, 7 },
	[C_HOST] = { { "%HOST", NULL, "CPUS" }, 6 },
	[C_KVM] = { { "KVM%", NULL, "KVM" }, 5 },
	[C_VMM] = { { "VMM%", NULL, "VMM" }, 5 },
	[C_COST] = { { "CYC/EXIT", "US/EXIT" }, 8 },
	[C_P50] = { { "P50" }, 5 },
	[C_P95] = { { "P95" }, 5 },
	[C_P99] = { { "P99" }, 5 },
	[C_MAX] = { { "MAX" }, 5 },
	[C_IPC] = { { "IPC" }, 5 },
	[C_INSTRUCTIONS] = { { "INS/EXIT" }, 8 },
	[C_MISSES] = { { "MISS/EXIT" }, 9 },
};

/* What goes first where there is not room for all */
static const enum column least_needed[] = {
	C_MISSES, C_P50, C_PID, C_KVM, C_P95, C_INSTRUCTIONS, C_IPC,
};

const char *table_name(enum column column, enum unit unit)
{
	const char *name = columns[column].names[unit];

	return name ? name : columns[column].names[UNIT_CYCLES];
}

enum column table_sorted(enum sort sort, enum unit unit)
{
	static const enum column of[NR_SORTS] = {
		[SORT_COST] = C_HOST, [SORT_KVM] = C_KVM, [SORT_VMM] = C_VMM,
		[SORT_EXITS] = C_EXITS, [SORT_AVG] = C_COST,
		[SORT_P50] = C_P50, [SORT_P95] = C_P95, [SORT_P99] = C_P99,
		[SORT_MAX] = C_MAX, [SORT_NAME] = C_VM,
	};

	/* In percent these are shares of the row, which is not what sorts. */
	if (unit != UNIT_CPU && (sort == SORT_KVM || sort == SORT_VMM))
		return NR_C;
	return of[sort];
}

static int width_of(const struct layout *l)
{
	int i, sum = -1;

	for (i = 0; i < NR_C; i++)
		if (l->shown[i])
			sum += 1 + (l->width[i] < 0 ? -l->width[i] :
						      l->width[i]);
	return sum;
}

static void fit(struct layout *l, int width)
{
	size_t i;
	int spare;

	for (i = 0; i < sizeof(least_needed) / sizeof(*least_needed); i++)
		if (width_of(l) > width)
			l->shown[least_needed[i]] = false;
	spare = width - width_of(l);
	/* A negative one takes of the name's width what lacks. */
	l->width[C_VM] -= spare;
	if (l->width[C_VM] < -NAME_MOST)
		l->width[C_VM] = -NAME_MOST;
	if (l->width[C_VM] > -NAME_LEAST)
		l->width[C_VM] = -NAME_LEAST;
}

void table_layout(struct layout *l, const struct rows *rows, enum unit unit,
		  bool pmu, int width)
{
	size_t i;
	int len;

	memset(l, 0, sizeof(*l));
	l->unit = unit;
	for (i = 0; i < NR_C; i++) {
		l->shown[i] = i < C_IPC || pmu;
		l->width[i] = columns[i].width;
	}
	if (width) {
		fit(l, width);
		return;
	}
	for (i = 0; i < rows->nr; i++) {
		len = strlen(rows->row[i].vm->name);
		if (len > -l->width[C_VM])
			l->width[C_VM] = -len;
	}
}

static struct cell per_exit(const struct layout *l, const struct vm *vm,
			    __u64 cycles, __u64 exits)
{
	if (!exits)
		return (struct cell){ "-" };
	if (l->unit == UNIT_US)
		return fmt_real((double)cycles / exits * 1000 / vm->tsc_khz);
	return fmt_per(cycles, exits);
}

static struct cell quantile(const struct layout *l, const struct row *row,
			    unsigned int per_mille)
{
	const struct hist *h = &row->r->hist;

	if (!h->timed)
		return (struct cell){ "-" };
	return per_exit(l, row->vm, hist_quantile(h, per_mille), 1);
}

/* In CPUs, or KVM and VMM as what the row's whole divides into */
static struct cell share(const struct layout *l, double percent)
{
	struct cell c;

	if (l->unit == UNIT_CPU)
		snprintf(c.text, sizeof(c.text), "%.*f",
			 percent < 999.5 ? 3 : percent < 9995 ? 2 : 1,
			 percent / 100);
	else
		snprintf(c.text, sizeof(c.text), "%.*f", percent < 9999 ? 1 : 0,
			 percent);
	return c;
}

static struct cell reason_cell(const struct row *row)
{
	struct cell c;

	if (row->r->number || strcmp(row->r->name, "all") ||
	    row->vm->vcpu == ALL_VCPUS)
		return fmt_name(row->r->name, -columns[C_REASON].width);
	snprintf(c.text, sizeof(c.text), "vCPU_%d", row->vm->vcpu);
	return c;
}

static struct cell cell(const struct layout *l, const struct row *row,
			enum column column)
{
	const struct chosen *e = &l->events;
	const struct vm *vm = row->vm;
	const struct reason *r = row->r;
	__u64 both = r->n[R_CYCLES] + r->n[R_USER_CYCLES];
	double seconds = summary_seconds(vm);
	struct cell c;

	switch (column) {
	case C_PID:
		snprintf(c.text, sizeof(c.text), "%u", vm->pid);
		return c;
	case C_REASON:
		return reason_cell(row);
	case C_EXITS:
		return seconds > 0 ? fmt_real(r->n[R_EXITS] / seconds) :
				     (struct cell){ "-" };
	case C_HOST:
		return share(l, rows_kvm(row) + rows_vmm(row));
	case C_KVM:
		return l->unit == UNIT_CPU ? share(l, rows_kvm(row)) :
					     fmt_percent(r->n[R_CYCLES], both);
	case C_VMM:
		return l->unit == UNIT_CPU ? share(l, rows_vmm(row)) :
					     fmt_rest(r->n[R_CYCLES], both);
	case C_COST:
		return per_exit(l, vm, r->n[R_CYCLES], r->n[R_TIMED]);
	case C_P50:
		return quantile(l, row, 500);
	case C_P95:
		return quantile(l, row, 950);
	case C_P99:
		return quantile(l, row, 990);
	case C_MAX:
		return quantile(l, row, 1000);
	case C_IPC:
		return events_ipc(vm, r, e, KVM_STAGES);
	case C_INSTRUCTIONS:
		return events_per_exit(events_of_reason(vm, r, e->instructions),
				       KVM_STAGES);
	case C_MISSES:
		return events_per_exit(events_of_reason(vm, r, e->misses),
				       KVM_STAGES);
	default:
		return (struct cell){ "" };
	}
}

static size_t add(char *buf, size_t size, size_t len, int width,
		  const char *text)
{
	if (len < size)
		len += snprintf(buf + len, size - len, "%s%*s", len ? " " : "",
				width, text);
	return len;
}

void table_names(const struct layout *l, char *buf, size_t size)
{
	size_t len = 0;
	int i;

	*buf = '\0';
	for (i = 0; i < NR_C; i++)
		if (l->shown[i])
			len = add(buf, size, len, l->width[i],
				  table_name(i, l->unit));
}

/* What is to be parsed has neither a blank in it nor is it cut. */
static size_t add_name(const struct layout *l, const char *name, char *buf,
		       size_t size)
{
	char word[sizeof(((struct vm *)0)->name)], *c;

	if (!l->one_word)
		return add(buf, size, 0, l->width[C_VM],
			   fmt_name(name, -l->width[C_VM]).text);
	snprintf(word, sizeof(word), "%s", name);
	/* Nor is it to be taken for a comment. */
	for (c = word; *c; c++)
		if (*c == ' ' || (*c == '#' && c == word))
			*c = '_';
	return add(buf, size, 0, l->width[C_VM], word);
}

void table_row(const struct layout *l, const struct row *row, char *buf,
	       size_t size)
{
	size_t len;
	int i;

	len = add_name(l, row->vm->name, buf, size);
	for (i = C_VM + 1; i < NR_C; i++)
		if (l->shown[i])
			len = add(buf, size, len, l->width[i],
				  cell(l, row, i).text);
}
