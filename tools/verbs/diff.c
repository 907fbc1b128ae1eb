// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot diff: compares rates and costs before and after.  Before is all that the first
 * reading has; after is what came between the two, or, of what was reset or is
 * new, all that the second has.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "base/tell.h"
#include "model/delta.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "model/rows.h"
#include "model/summary.h"
#include "model/twins.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "verbs/verbs.h"

/* Either may lack, not both. */
struct change {
	const struct row *before, *after;
	double key;
};

struct comparison {
	const struct options *o;
	struct snapshot first, second, between;
	struct rows before, after;
	struct change *change;
	size_t nr, nr_left_out;
};

static double host(const struct row *row)
{
	return row ? rows_kvm(row) + rows_vmm(row) : 0;
}

static int compare_changes(const void *a, const void *b, void *f)
{
	const struct change *ca = a, *cb = b;
	const struct row *ra = ca->after ? ca->after : ca->before;
	const struct row *rb = cb->after ? cb->after : cb->before;

	if (((struct filter *)f)->sort == SORT_COST && ca->key != cb->key)
		return ca->key < cb->key ? 1 : -1;
	if (!ca->after != !cb->after)
		return ca->after ? -1 : 1;
	return rows_compare(ra, rb, f);
}

static const struct row *find_row(const struct rows *rows, const struct vm *vm,
				  const struct reason *r)
{
	const struct row *row;

	for (row = rows->row; vm && row < rows->row + rows->nr; row++)
		if (row->vm == vm && row->r->number == r->number &&
		    row->r->level == r->level)
			return row;
	return NULL;
}

static void add_change(struct comparison *c, const struct row *before,
		       const struct row *after)
{
	const struct filter *f = &c->o->filter;

	if (f->min > 0 && host(before) < f->min && host(after) < f->min) {
		c->nr_left_out++;
		return;
	}
	c->change[c->nr++] = (struct change){
		before, after, fabs(host(after) - host(before)),
	};
}

/* VM of the second reading, or of what is between: in the first */
static const struct vm *before(const struct comparison *c, const struct vm *vm)
{
	return twins_before(&c->first, &c->second,
			    snapshot_find(&c->second, vm->id, ALL_VCPUS));
}

/* Each row of either side once, with its like on the other, if there is one. */
static int pair_rows(struct comparison *c)
{
	const struct row *row, *like;
	const struct vm *vm;

	c->change = malloc((c->before.nr + c->after.nr) * sizeof(*c->change) +
			   1);
	if (!c->change) {
		tell_error("out of memory");
		return -1;
	}
	for (row = c->after.row; row < c->after.row + c->after.nr; row++) {
		if (twins_successor(&c->second, row->vm))
			continue;
		vm = before(c, row->vm);
		add_change(c, find_row(&c->before, vm, row->r), row);
	}
	for (row = c->before.row; row < c->before.row + c->before.nr; row++) {
		vm = twins_after(&c->second, row->vm);
		if (vm)
			vm = snapshot_find(&c->between, vm->id, ALL_VCPUS);
		like = find_row(&c->after, vm, row->r);
		if (!like)
			add_change(c, row, NULL);
	}
	qsort_r(c->change, c->nr, sizeof(*c->change), compare_changes,
		(void *)&c->o->filter);
	if (c->o->filter.top && c->nr > c->o->filter.top) {
		c->nr_left_out += c->nr - c->o->filter.top;
		c->nr = c->o->filter.top;
	}
	return 0;
}

/* Relative; of what was nothing, or is, there is none to tell. */
static struct cell relative(double before, double after)
{
	double percent = before > 0 ? (after - before) / before * 100 : 0;
	struct cell c;

	if (!(before > 0) || !(after > 0))
		return (struct cell){ "-" };
	snprintf(c.text, sizeof(c.text), "%+.*f%%", fabs(percent) < 999.5 ? 1 : 0,
		 percent);
	return c;
}

static double rate(const struct row *row)
{
	double seconds = row ? summary_seconds(row->vm) : 0;

	return seconds > 0 ? row->r->n[R_EXITS] / seconds : 0;
}

/* KVM cost of an exit, in cycles or microseconds */
static double cost(const struct row *row, enum unit unit)
{
	double mean;

	if (!row || !row->r->n[R_TIMED])
		return 0;
	mean = (double)row->r->n[R_CYCLES] / row->r->n[R_TIMED];
	return unit == UNIT_US ? mean * 1000 / row->vm->tsc_khz : mean;
}

static struct cell number(double v)
{
	return v > 0 ? fmt_real(v) : (struct cell){ "-" };
}

static struct cell share(double percent, enum unit unit, const char *sign)
{
	const char *format = *sign ? "%+.*f" : "%.*f";
	struct cell c;

	/* No -0.0 */
	if (fabs(percent) < 0.05)
		percent = 0;
	if (unit == UNIT_CPU)
		snprintf(c.text, sizeof(c.text), format, 3, percent / 100);
	else
		snprintf(c.text, sizeof(c.text), format, 1, percent);
	return c;
}

static void print_change(const struct change *c, enum unit unit)
{
	const struct row *b = c->before, *a = c->after, *row = a ? a : b;

	printf("%-16s %7u %-21s", fmt_name(row->vm->name, 16).text,
	       row->vm->pid, fmt_name(row->r->name, 21).text);
	printf(" %7s %7s %8s", b ? number(rate(b)).text : "-",
	       a ? number(rate(a)).text : "-",
	       relative(rate(b), rate(a)).text);
	printf(" %7s %7s %7s", b ? share(host(b), unit, "").text : "-",
	       a ? share(host(a), unit, "").text : "-",
	       share(host(a) - host(b), unit, "+").text);
	printf(" %7s %7s %8s\n", number(cost(b, unit)).text,
	       number(cost(a, unit)).text,
	       relative(cost(b, unit), cost(a, unit)).text);
}

static void print_title(const char *name, int width)
{
	int dashes = width - (int)strlen(name) - 2;

	printf(" %.*s %s %.*s", dashes / 2, "----------------", name,
	       dashes - dashes / 2, "----------------");
}

static void print_changes(const struct comparison *c)
{
	static const char names[] = " %7s %7s %*s";
	enum unit unit = c->o->unit;
	size_t i;

	printf("%-46s", "");
	print_title("EXITS/s", 24);
	print_title(unit == UNIT_CPU ? "CPUS" : "%HOST", 23);
	print_title(unit == UNIT_US ? "US/EXIT" : "CYC/EXIT", 24);
	printf("\n%-16s %7s %-21s", "VM", "PID", "REASON");
	printf(names, "BEFORE", "AFTER", 8, "CHANGE");
	printf(names, "BEFORE", "AFTER", 7, "CHANGE");
	printf(names, "BEFORE", "AFTER", 8, "CHANGE");
	putchar('\n');
	for (i = 0; i < c->nr; i++)
		print_change(&c->change[i], unit);
	if (c->nr_left_out)
		printf("and %zu row%s left out (--top, --min)\n",
		       c->nr_left_out, PLURAL(c->nr_left_out));
}

static void print_after(const struct comparison *c, const struct vm *before,
			const struct vm *after)
{
	struct cell seconds = fmt_seconds(summary_seconds(after));
	const struct vm *old = before ? twins_now(&c->second, before) : NULL;
	const char *was = old ? old->id : before ? before->id : "";
	const char *text = seconds.text;

	printf("%s (%s): %s", after->name, after->id,
	       after->running ? "" : "ended; ");
	if (!before)
		printf("new: after is the %s since its first sight or last reset\n",
		       text);
	else if (strcmp(was, after->id))
		printf("was %s: before is the %s of that, after the %s of this\n",
		       was, fmt_seconds(summary_seconds(before)).text, text);
	else
		printf("%sbefore is the %s up to BEFORE, after the %s %s\n",
		       after->restarted ? "reset in between: " : "",
		       fmt_seconds(summary_seconds(before)).text, text,
		       after->restarted ? "since the reset" : "from there on");
}

/* Of each VM, which times are compared */
static void print_times(const struct comparison *c)
{
	const struct filter *f = &c->o->filter;
	const struct vm *vm;

	if (c->second.n[S_GENERATION] > c->first.n[S_GENERATION])
		printf("all VMs were reset %llu time%s in between\n",
		       c->second.n[S_GENERATION] - c->first.n[S_GENERATION],
		       PLURAL(c->second.n[S_GENERATION] -
			      c->first.n[S_GENERATION]));
	for (vm = c->between.vms; vm < c->between.vms + c->between.nr_vms; vm++)
		if (filter_vm(f, vm) && !twins_successor(&c->second, vm))
			print_after(c, before(c, vm), vm);
	for (vm = c->first.vms; vm < c->first.vms + c->first.nr_vms; vm++)
		if (filter_vm(f, vm) && !twins_after(&c->second, vm))
			printf("%s (%s): gone\n", vm->name, vm->id);
	putchar('\n');
}

/* A VM that counts on, but has less time behind it than before */
static int check_order(const struct comparison *c)
{
	const struct vm *vm, *then;

	for (vm = c->second.vms; vm < c->second.vms + c->second.nr_vms; vm++) {
		then = snapshot_find(&c->first, vm->id, ALL_VCPUS);
		/* The time of one that has ended is that of its last edge. */
		if (!then || then->since != vm->since ||
		    then->now <= vm->now || !vm->running)
			continue;
		tell_error("diff: %s is older than %s: the other way round, please",
			   c->second.root, c->first.root);
		return -1;
	}
	return 0;
}

static int compare(struct comparison *c)
{
	struct filter f = c->o->filter;

	/* What is left out is for the pairs to say. */
	f.top = 0;
	f.min = 0;
	if (check_order(c) || delta_make(&c->between, &c->second, &c->first) ||
	    rows_make(&c->before, &c->first, &f, false) ||
	    rows_make(&c->after, &c->between, &f, false) || pair_rows(c))
		return -1;
	print_times(c);
	print_changes(c);
	return 0;
}

/* A VM of either reading may be meant; one that is in both is one. */
static int check_filter(const struct comparison *c)
{
	struct snapshot both = { 0 };
	const struct vm *vm;
	int ret;

	both.vms = calloc(c->first.nr_vms + c->second.nr_vms + 1,
			  sizeof(*both.vms));
	if (!both.vms) {
		tell_error("out of memory");
		return -1;
	}
	for (vm = c->second.vms; vm < c->second.vms + c->second.nr_vms; vm++)
		if (!twins_successor(&c->second, vm))
			both.vms[both.nr_vms++] = *vm;
	for (vm = c->first.vms; vm < c->first.vms + c->first.nr_vms; vm++)
		if (!twins_after(&c->second, vm))
			both.vms[both.nr_vms++] = *vm;
	ret = filter_check(&c->o->filter, &both);
	free(both.vms);
	return ret;
}

static int load(struct comparison *c, const char *before, const char *after)
{
	if (source_load_live(&c->first, before, ALL_VCPUS))
		return -1;
	if (source_load_live(&c->second, after, ALL_VCPUS))
		return -1;
	twins_keep_names(&c->second, &c->first);
	return 0;
}

/* What lacked before is mostly what still lacks: told once. */
static int status_of(const struct comparison *c)
{
	int status = incomplete_status(&c->second, NULL, false);

	if (status == EXIT_FINE)
		status = incomplete_status(&c->first, NULL, false);
	return status;
}

int diff_run(const struct options *o)
{
	struct comparison c = { .o = o };
	int status = EXIT_FAILED;

	if (!o->nr_words) {
		tell_error("diff: of what? (kvmhot snap BEFORE; ...; kvmhot diff BEFORE)");
		return EXIT_USAGE;
	}
	if (o->nr_words > 1 && strcmp(o->root, STORE_ROOT)) {
		tell_error("diff: --root, or AFTER: not both");
		return EXIT_USAGE;
	}
	if (!load(&c, o->words[0], o->nr_words > 1 ? o->words[1] : o->root) &&
	    !check_filter(&c) && !compare(&c))
		status = status_of(&c);
	free(c.change);
	rows_free(&c.before);
	rows_free(&c.after);
	snapshot_free(&c.between);
	snapshot_free(&c.first);
	snapshot_free(&c.second);
	return status;
}
