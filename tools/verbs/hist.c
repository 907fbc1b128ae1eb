// SPDX-License-Identifier: GPL-2.0
/* kvmhot hist: shows the distributions of one reason's KVM cost, felt time and user. */
#include <stdio.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "base/hist.h"
#include "base/tell.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "show/histview.h"
#include "verbs/verbs.h"
#include "shared/hist.h"

#define MAX_ROWS	24
#define BAR_WIDTH	40

/* The reason that was asked for, or the costliest one, if it has timed exits. */
static const struct reason *find_reason(const struct vm *vm,
					const struct filter *f)
{
	const struct reason *r;

	for (r = vm->reasons; r < vm->reasons + vm->nr_reasons; r++)
		if (r->hist.timed && filter_reason(f, r))
			return r;
	return NULL;
}

static void print_head(const struct vm *vm, const struct reason *r)
{
	printf("%s (%s), %s, ", vm->name, vm->id, r->name);
	if (vm->vcpu == ALL_VCPUS)
		printf("%u vCPU%s", vm->nr_vcpus, PLURAL(vm->nr_vcpus));
	else
		printf("vCPU %d", vm->vcpu);
	printf(": KVM cost of %llu exit%s\n", r->hist.timed,
	       PLURAL(r->hist.timed));
}

/* Whoever did not ask for this one must know how it was chosen. */
static void print_choice(const struct filter *f)
{
	bool chosen = f->vms || f->guests;

	if (!chosen && !f->reasons)
		puts("The costliest reason of the costliest VM (others: -p, -r):");
	else if (!f->reasons)
		puts("The costliest reason of the VM (others: -r):");
	else if (!chosen)
		puts("The costliest VM that has this reason (others: -p):");
}

/* What its exits took that is no KVM cost, and in no histogram of theirs. */
static void print_beside(const struct reason *r)
{
	const __u64 *n = r->n;

	if (!n[R_HALT] && !n[R_WAIT])
		return;
	fputs("beside it:", stdout);
	if (n[R_HALT])
		printf(" halt %s cycles in %llu exit%s%s",
		       fmt_count(n[R_HALT_CYCLES]).text, n[R_HALT],
		       PLURAL(n[R_HALT]), n[R_WAIT] ? "," : "");
	if (n[R_WAIT])
		printf(" wait %s cycles in %llu exit%s",
		       fmt_count(n[R_WAIT_CYCLES]).text, n[R_WAIT],
		       PLURAL(n[R_WAIT]));
	putchar('\n');
}

static void print_quantiles(const struct vm *vm, const struct hist *h)
{
	struct histview_quantiles q;
	int i;

	histview_quantiles(&q, h, vm->tsc_khz);
	for (i = 0; i < 3; i++)
		puts(q.line[i]);
	putchar('\n');
}

static void print_hist(const struct hist *h, const char *of)
{
	bool merge = histview_height(h, 1) > MAX_ROWS;
	unsigned int i, per_row = merge ? KVMHOT_HIST_SUB : 1;
	struct histview_row rows[KVMHOT_HIST_BUCKETS];
	char line[128];
	__u64 most;

	histview_names(of, line, sizeof(line));
	printf("%s%s\n", line,
	       merge ? "      (8 buckets to a row: each is a power of two)" : "");
	most = histview_rows(h, per_row, rows);
	for (i = 0; i < histview_height(h, per_row); i++) {
		histview_row(&rows[i], line, sizeof(line));
		printf("%s|%-*s|\n", line, BAR_WIDTH,
		       fmt_bar(rows[i].count, most, BAR_WIDTH).text);
	}
}

/* How long the same exits kept the guest from running, halts aside. */
static void print_felt(const struct vm *vm, const struct reason *r)
{
	if (!r->felt.timed)
		return;
	printf("\n%s, felt by the guest: %llu exit%s\n", r->name,
	       r->felt.timed, PLURAL(r->felt.timed));
	print_quantiles(vm, &r->felt);
	print_hist(&r->felt, "EXITS");
}

/* The spans that its exits were outside of KVM_RUN, by what KVM asked for. */
static void print_user(const struct vm *vm, const struct reason *r)
{
	const struct spans *spans = &vm->spans[SP_USER];
	const struct span *s;

	for (s = spans->span; s < spans->span + spans->nr; s++) {
		if (s->reason != r->number || s->level != r->level)
			continue;
		printf("\n%s, user part, %s: %llu span%s\n", r->name, s->what,
		       s->hist.timed, PLURAL(s->hist.timed));
		print_quantiles(vm, &s->hist);
		print_hist(&s->hist, "SPANS");
	}
}

static int tell_none(const struct filter *f)
{
	char on[32] = "";

	if (f->vcpu != ALL_VCPUS)
		snprintf(on, sizeof(on), " on vCPU %d", f->vcpu);
	tell_error("hist: no timed exits%s%s%s%s%s",
		   f->reasons ? " with reason " : "",
		   f->reasons ? f->reasons : "", f->vms ? " of " : "",
		   f->vms ? f->vms : "", on);
	return EXIT_FAILED;
}

/* Of one VM and reason */
static void hist_print(const struct vm *vm, const struct reason *r)
{
	print_head(vm, r);
	print_beside(r);
	print_quantiles(vm, &r->hist);
	print_hist(&r->hist, "EXITS");
	print_felt(vm, r);
	print_user(vm, r);
}

static int show(const struct snapshot *s, const struct filter *f)
{
	const struct reason *r = NULL;
	const struct vm *vm;

	/* VMs are in the order of cost: the first that has it. */
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		if (!filter_vm(f, vm))
			continue;
		r = find_reason(vm, f);
		if (r)
			break;
	}
	if (!r)
		return tell_none(f);
	print_choice(f);
	hist_print(vm, r);
	return incomplete_status(s, NULL, false);
}

int hist_run(const struct options *o)
{
	int status = EXIT_FAILED;
	struct snapshot s;

	if (source_load(&s, o->root, o->filter.vcpu))
		return EXIT_FAILED;
	if (!filter_check(&o->filter, &s))
		status = show(&s, &o->filter);
	snapshot_free(&s);
	return status;
}
