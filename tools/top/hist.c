// SPDX-License-Identifier: GPL-2.0
/* Draws the histogram of a row of top. */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/hist.h"
#include "model/filter.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "show/histview.h"
#include "term/screen.h"
#include "term/term.h"
#include "top/hist.h"
#include "top/read.h"
#include "shared/hist.h"

#define MIN_ROWS	4

static const struct vm *find_vm(const struct top *t)
{
	const struct top_reading *r = top_shown(t);

	if (!top_is_known(t))
		return NULL;
	return snapshot_find(t->totals ? &r->now : &r->d, t->hist.vm,
			     t->hist.vcpu);
}

static bool is_wanted(const struct top *t, const struct reason *r)
{
	if (t->hist.all)
		return filter_reason(&t->o.filter, r);
	return r->number == t->hist.number && r->level == t->hist.level;
}

/* Of one reason, or of all that the VM's own row is of: name, hist and felt. */
static int make_sum(const struct top *t, const struct vm *vm,
		    struct reason *sum)
{
	const struct reason *r;
	int ret = 0;

	memset(sum, 0, sizeof(*sum));
	if (t->hist.all)
		strcpy(sum->name, "all reasons");
	else
		snprintf(sum->name, sizeof(sum->name), "%sreason %u",
			 t->hist.level == 2 ? "L2:" : "", t->hist.number);
	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++) {
		if (!is_wanted(t, r))
			continue;
		ret |= hist_add(&sum->hist, &r->hist);
		ret |= hist_add(&sum->felt, &r->felt);
		if (!t->hist.all)
			strcpy(sum->name, r->name);
	}
	return ret;
}

static void draw_title(const struct vm *vm, const struct hist *h,
		       const char *name)
{
	term_print(TERM_BOLD, "%s", name);
	term_print(0, " of %s (%s)", vm->name, vm->id);
	if (vm->vcpu != ALL_VCPUS)
		term_print(0, ", vCPU %d", vm->vcpu);
	term_print(0, ": KVM cost of %llu exit%s within %s", h->timed,
		   PLURAL(h->timed), fmt_seconds(summary_seconds(vm)).text);
	term_line();
}

/* To an eighth of a character, where there are such. */
static void draw_bar(__u64 n, __u64 most, int width)
{
	static const char * const parts[] = {
		"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a",
		"\u2589"
	};
	int eighths = (double)n / most * width * 8 + 0.5;
	char bar[1024] = "";
	size_t len = 0;
	int i;

	if (!n || width < 1)
		return;
	if (!eighths)
		eighths = 1;
	if (!term_is_utf8()) {
		for (i = 0; i < (eighths + 4) / 8 || !i; i++)
			term_print(TERM_CYAN, "*");
		return;
	}
	for (i = 0; i < eighths / 8 && len < sizeof(bar) - 8; i++)
		len += sprintf(bar + len, "\u2588");
	strcpy(bar + len, parts[eighths % 8]);
	term_print(TERM_CYAN, "%s", bar);
}

/* As many buckets to a row as are needed for the rows that there is room for. */
static void draw_buckets(const struct hist *h, int height)
{
	struct histview_row rows[KVMHOT_HIST_BUCKETS];
	unsigned int per_row = 1, i;
	char line[128];
	__u64 most;

	while (per_row < KVMHOT_HIST_BUCKETS &&
	       (int)histview_height(h, per_row) > height)
		per_row *= 2;
	histview_names("EXITS", line, sizeof(line));
	term_print(TERM_BOLD, "%s", line);
	if (per_row > 1)
		term_print(0, "      (%u buckets to a row)", per_row);
	term_line();
	most = histview_rows(h, per_row, rows);
	for (i = 0; i < histview_height(h, per_row); i++) {
		histview_row(&rows[i], line, sizeof(line));
		term_print(0, "%s", line);
		draw_bar(rows[i].count, most,
			 term_columns() - term_at_column() - 1);
		term_line();
	}
}

/* Names stand above the KVM cost only: its columns are those of FELT, too. */
static void draw_quantiles(const struct vm *vm, const struct hist *h, bool felt)
{
	struct histview_quantiles q;
	int i;

	histview_quantiles(&q, h, vm->tsc_khz);
	term_print(TERM_BOLD, "%s", felt ? "felt by the guest" : q.line[0]);
	term_line();
	for (i = 1; i < 3; i++) {
		term_print(0, "%s", q.line[i]);
		term_line();
	}
}

static void draw_sum(const struct vm *vm, const struct reason *sum, int height)
{
	draw_title(vm, &sum->hist, sum->name);
	if (!sum->hist.timed)
		return;
	draw_quantiles(vm, &sum->hist, false);
	height -= 4;
	/* Where there is little room, the histogram has it. */
	if (sum->felt.timed && height > 3 + MIN_ROWS) {
		draw_quantiles(vm, &sum->felt, true);
		height -= 3;
	}
	/* Less its names */
	draw_buckets(&sum->hist, height - 1);
}

static void draw_hist(const struct top *t, const struct vm *vm)
{
	struct reason sum;

	/* The table's page and names */
	if (make_sum(t, vm, &sum))
		term_print(TERM_BOLD | TERM_RED, "out of memory");
	else
		draw_sum(vm, &sum, t->page + 1);
	hist_free(&sum.hist);
	hist_free(&sum.felt);
}

void top_draw_hist(const struct top *t)
{
	const struct vm *vm = find_vm(t);

	if (vm)
		draw_hist(t, vm);
	else if (!top_is_known(t))
		term_print(TERM_DIM, "Measuring ...");
	else
		term_print(TERM_BOLD, "%s is gone; Esc goes back.",
			   t->hist.vm);
}
