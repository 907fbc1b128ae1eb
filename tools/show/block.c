// SPDX-License-Identifier: GPL-2.0
/*
 * Shows a block of stat: lines that begin with '#' say what it is of, and what else
 * happened; the others are the names of the columns, and rows.
 */
#include <stdio.h>
#include <time.h>

#include "base/fmt.h"
#include "model/coverage.h"
#include "model/events.h"
#include "model/rows.h"
#include "model/summary.h"
#include "model/twins.h"
#include "model/whole.h"
#include "show/block.h"
#include "show/table.h"

#define CLEARED \
	"KVM's count of its exits was cleared, coverage is of the time since"

static void print_first(const struct whole *w, bool saved, FILE *out)
{
	char clock[32] = "saved";
	time_t t = time(NULL);
	struct tm tm;

	/* It is kept: when it was must be told with the date and the zone. */
	localtime_r(&t, &tm);
	if (!saved)
		strftime(clock, sizeof(clock), "%Y-%m-%dT%H:%M:%S%z", &tm);
	fprintf(out, "# %s: %s of %zu VM%s: %s exits/s", clock,
		fmt_seconds(w->seconds).text, w->vms, PLURAL(w->vms),
		fmt_real(w->exits).text);
	fprintf(out, ", CPUs: guest %.2f, KVM %.2f, VMM %.2f, halt %.2f, wait %.2f, away %.2f",
		w->guest, w->kvm, w->vmm, w->halt, w->wait, w->away);
	if (w->unknown >= 0.005)
		fprintf(out, ", unknown %.2f", w->unknown);
	putc('\n', out);
}

/* Of the interval; what is missing there is told only if there is any. */
static void print_second(const struct whole *w, const struct snapshot *now,
			 const struct snapshot *then, const struct snapshot *d,
			 const struct filter *f, FILE *out)
{
	struct coverage_sum sum;

	/* KVM's count is of whole VMs. */
	coverage_sum(&sum, now, then, f);
	if (f->vcpu != ALL_VCPUS)
		sum.kvm_exits = 0;
	fprintf(out, "# coverage %s %%, fast path %s %% of exits",
		fmt_coverage(sum.exits, sum.kvm_exits).text,
		fmt_percent(w->fast, w->ended).text);
	fprintf(out, ", missed %llu, dropped %llu, lost %llu\n",
		summary_rise(whole_missed(now), then ? whole_missed(then) : 0),
		d->n[S_DROPPED], w->lost);
}

static void print_armed(const struct snapshot *now, FILE *out)
{
	if (!now->n[S_ENABLED] || !now->n[S_ARMED])
		fprintf(out, "# NOT %s: nothing is counted, see kvmhot check\n",
			now->n[S_ENABLED] ? "ARMED" : "ENABLED");
	if (snapshot_kprobes_off(now))
		fputs("# KPROBES OFF: times are wrong, see kvmhot check\n",
		      out);
}

static void tell(void (*each)(void *arg, const char *line), void *arg,
		 const struct vm *vm, const char *what, const char *time)
{
	char line[256];

	snprintf(line, sizeof(line), "%s (%s): %s%s", vm->name, vm->id, what,
		 time);
	each(arg, line);
}

static void note_vm(const struct vm *now, const struct vm *then,
		    const struct vm *d,
		    void (*each)(void *arg, const char *line), void *arg)
{
	if (!then)
		tell(each, arg, now, "new, its figures are of the ",
		     fmt_seconds(summary_seconds(now)).text);
	else if (d && d->restarted)
		tell(each, arg, now, "reset, its figures are of the ",
		     fmt_seconds(summary_seconds(d)).text);
	if (!now->running && (!then || then->running))
		tell(each, arg, now, "ended", "");
}

/* By another: then what KVM counted before is not known. */
static void note_cleared(const struct filter *f, const struct snapshot *now,
			 const struct snapshot *then,
			 void (*each)(void *arg, const char *line), void *arg)
{
	const struct coverage *c, *old;
	const struct vm *vm;
	size_t i;

	for (i = 0; i < now->nr_coverages; i++) {
		c = &now->coverages[i];
		old = c->cleared ? coverage_find(then, c->id, i) : NULL;
		if (!old || c->cleared <= old->cleared)
			continue;
		vm = coverage_vm(now, c->id);
		if (vm && filter_vm(f, vm))
			tell(each, arg, vm, CLEARED, "");
	}
}

void block_notes(const struct filter *f, const struct snapshot *now,
		 const struct snapshot *then, const struct snapshot *d,
		 void (*each)(void *arg, const char *line), void *arg)
{
	const struct vm *vm;

	for (vm = now->vms; vm < now->vms + now->nr_vms; vm++)
		if (filter_vm(f, vm))
			note_vm(vm, twins_then(then, now, vm),
				snapshot_find(d, vm->id, vm->vcpu), each, arg);
	for (vm = then->vms; vm < then->vms + then->nr_vms; vm++)
		if (filter_vm(f, vm) && !twins_now(now, vm))
			tell(each, arg, vm, "gone", "");
	note_cleared(f, now, then, each, arg);
}

static void print_note(void *out, const char *line)
{
	fprintf(out, "# %s\n", line);
}

/* What began to fail in the interval */
static void print_failed(const struct snapshot *now,
			 const struct snapshot *then, const struct filter *f,
			 FILE *out)
{
	const struct vm *vm, *old;
	char before[192];

	for (vm = now->vms; vm < now->vms + now->nr_vms; vm++) {
		if (!filter_vm(f, vm))
			continue;
		old = twins_then(then, now, vm);
		if (events_failed(vm) <= (old ? events_failed(old) : 0))
			continue;
		snprintf(before, sizeof(before), "# %s (%s): ", vm->name,
			 vm->id);
		events_print_failed(vm, now, before, out);
	}
}

static void print_rows(const struct options *o, const struct rows *rows,
		       const struct snapshot *now, FILE *out)
{
	struct layout l;
	char line[512];
	size_t i;

	table_layout(&l, rows, o->unit, o->pmu, 0);
	l.one_word = true;
	events_choose(&l.events, now);
	table_names(&l, line, sizeof(line));
	if (!o->no_header)
		fprintf(out, "%s\n", line);
	for (i = 0; i < rows->nr; i++) {
		table_row(&l, &rows->row[i], line, sizeof(line));
		fprintf(out, "%s\n", line);
	}
}

int block_print(const struct options *o, const struct snapshot *now,
		const struct snapshot *then, const struct snapshot *d,
		FILE *out)
{
	struct rows rows;
	struct whole w;

	if (rows_make(&rows, d, &o->filter, false)) {
		rows_free(&rows);
		return -1;
	}
	whole_make(&w, d, &o->filter, !then);
	if (!o->no_header) {
		print_first(&w, !then, out);
		print_second(&w, now, then, d, &o->filter, out);
	}
	print_armed(now, out);
	if (then) {
		block_notes(&o->filter, now, then, d, print_note, out);
		print_failed(now, then, &o->filter, out);
	}
	if (rows.nr_left_out && !o->no_header)
		fprintf(out, "# %zu row%s left out (--top, --min)\n",
			rows.nr_left_out, PLURAL(rows.nr_left_out));
	print_rows(o, &rows, now, out);
	rows_free(&rows);
	return 0;
}
