// SPDX-License-Identifier: GPL-2.0
/* kvmhot hist: the distribution of one reason's KVM cost, and of its user. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmds.h"
#include "fmt.h"
#include "reasons.h"
#include "source.h"

#define MAX_ROWS	24
#define BAR_WIDTH	40

/* 'L2:' begins what is of level 2: the level, and *word behind it. */
static unsigned int parse_level(const char **word)
{
	if (strncasecmp(*word, "L2:", 3))
		return 1;
	*word += 3;
	return 2;
}

/* N or REASON_N, be there such a reason or not */
static bool is_number(const char *word, unsigned long *number)
{
	char *end;

	if (!strncasecmp(word, "REASON_", 7))
		word += 7;
	if (*word < '0' || *word > '9')
		return false;
	*number = strtoul(word, &end, 10);
	return !*end;
}

/* Is it a reason at all, whether it occurred or not? */
static bool is_reason(const char *word)
{
	unsigned long i;

	parse_level(&word);
	if (is_number(word, &i))
		return true;
	for (i = 0; i <= KVMHOT_REASON_LAST; i++)
		if (kvmhot_reason_name(i) &&
		    !strcasecmp(kvmhot_reason_name(i), word))
			return true;
	return false;
}

/* The reason that was asked for, or the costliest one, if it has timed exits. */
static const struct reason *find_reason(const struct vm *vm, const char *word)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	unsigned int level = 1;
	unsigned long number;

	if (word)
		level = parse_level(&word);
	for (r = vm->reasons; r < end; r++) {
		if (!r->hist.timed)
			continue;
		if (!word)
			return r;
		if (r->level != level)
			continue;
		if (!strcasecmp(r->name + (level == 2 ? 3 : 0), word))
			return r;
		if (is_number(word, &number) && number == r->number)
			return r;
	}
	return NULL;
}

static void print_head(const struct vm *vm, const struct reason *r, int vcpu)
{
	printf("%s (%s), %s, ", vm->name, vm->id, r->name);
	if (vcpu == ALL_VCPUS)
		printf("%u vCPU%s", vm->nr_vcpus, PLURAL(vm->nr_vcpus));
	else
		printf("vCPU %d", vcpu);
	printf(": KVM cost of %llu exit%s\n", r->hist.timed,
	       PLURAL(r->hist.timed));
}

/* Whoever did not ask for this one must know how it was chosen. */
static void print_choice(const struct options *o)
{
	if (!o->vm && !o->reason)
		puts("The costliest reason of the costliest VM (others: -p, -r):");
	else if (!o->reason)
		puts("The costliest reason of the VM (others: -r):");
	else if (!o->vm)
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
	static const int per_mille[] = { 500, 900, 990, 999 };
	double us = 1000.0 / vm->tsc_khz;
	__u64 value;
	size_t i;

	printf("%-7s %8s %8s %8s %8s %8s %8s %8s\n", "", "MIN", "MEAN", "P50",
	       "P90", "P99", "P99.9", "MAX");
	printf("%-7s %8s %8s", "cycles", fmt_count(h->min).text,
	       fmt_per(h->cycles, h->timed).text);
	for (i = 0; i < 4; i++) {
		value = summary_quantile(h, per_mille[i]);
		printf(" %8s", fmt_count(value).text);
	}
	printf(" %8s\n", fmt_count(h->max).text);
	printf("%-7s %8s %8s", "us", fmt_real(h->min * us).text,
	       fmt_real((double)h->cycles / h->timed * us).text);
	for (i = 0; i < 4; i++) {
		value = summary_quantile(h, per_mille[i]);
		printf(" %8s", fmt_real(value * us).text);
	}
	printf(" %8s\n\n", fmt_real(h->max * us).text);
}

static void print_row(unsigned int first, unsigned int last, __u64 count,
		      __u64 most)
{
	char high[24];

	if (last == KVMHOT_HIST_BUCKETS - 1)
		snprintf(high, sizeof(high), "and more");
	else
		snprintf(high, sizeof(high), "%llu", kvmhot_hist_high(last));
	printf("%11llu .. %-11s : %-10llu |%-*s|\n", kvmhot_hist_low(first),
	       high, count, BAR_WIDTH, fmt_bar(count, most, BAR_WIDTH).text);
}

/* The buckets from FIRST to LAST, so many (a divisor of 8) to a row. */
static void print_rows(const struct hist *h, unsigned int first,
		       unsigned int last, unsigned int per_row)
{
	__u64 rows[KVMHOT_HIST_BUCKETS] = { 0 }, most = 0;
	unsigned int i;

	for (i = first; i <= last; i++) {
		rows[i / per_row] += h->buckets[i];
		if (rows[i / per_row] > most)
			most = rows[i / per_row];
	}
	for (i = first / per_row; i <= last / per_row; i++)
		print_row(i * per_row, (i + 1) * per_row - 1, rows[i], most);
}

static void print_hist(const struct hist *h, const char *of)
{
	unsigned int first = kvmhot_hist_index(h->min);
	unsigned int last = kvmhot_hist_index(h->max);
	bool merge = last - first >= MAX_ROWS;

	printf("%11s    %-11s : %s%s\n", "CYCLES", "", of,
	       merge ? "      (8 buckets to a row: each is a power of two)" : "");
	print_rows(h, first, last, merge ? KVMHOT_HIST_SUB : 1);
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

static int show(struct snapshot *s, const struct options *o)
{
	const struct reason *r = NULL;
	const struct vm *vm = s->vms;

	if (o->vm) {
		vm = summary_find(s, o->vm);
		if (!vm)
			return EXIT_FAILED;
		r = find_reason(vm, o->reason);
	}
	/* VMs are in the order of cost: the first that has it. */
	for (; !o->vm && vm < s->vms + s->nr_vms; vm++) {
		r = find_reason(vm, o->reason);
		if (r)
			break;
	}
	if (!r && o->reason && !is_reason(o->reason)) {
		fprintf(stderr, "kvmhot: -r: no such exit reason: %s\n",
			o->reason);
		return EXIT_USAGE;
	}
	if (!r) {
		fprintf(stderr, "kvmhot: hist: no timed exits%s%s%s%s",
			o->reason ? " with reason " : "",
			o->reason ? o->reason : "",
			o->vm ? " of " : "", o->vm ? o->vm : "");
		if (o->vcpu != ALL_VCPUS)
			fprintf(stderr, " on vCPU %d", o->vcpu);
		fputc('\n', stderr);
		return EXIT_FAILED;
	}
	print_choice(o);
	print_head(vm, r, o->vcpu);
	print_beside(r);
	print_quantiles(vm, &r->hist);
	print_hist(&r->hist, "EXITS");
	print_user(vm, r);
	return EXIT_FINE;
}

int cmd_hist(const struct options *o)
{
	const char *word = o->reason;
	unsigned long number;
	struct snapshot s;
	int status;

	if (word)
		parse_level(&word);
	/* Reasons above the last share its row: it is not theirs alone. */
	if (word && is_number(word, &number) &&
	    number > KVMHOT_REASON_LAST) {
		fprintf(stderr, "kvmhot: -r: %s: exit reasons have numbers 0..%d\n",
			o->reason, KVMHOT_REASON_LAST);
		return EXIT_USAGE;
	}
	if (source_load(&s, o->root, o->vcpu))
		return EXIT_FAILED;
	status = show(&s, o);
	source_free(&s);
	return status;
}
