// SPDX-License-Identifier: GPL-2.0
/* kvmhot tree: prints a call graph of time, counted and not sampled. */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "model/events.h"
#include "model/filter.h"
#include "model/graph.h"
#include "model/incomplete.h"
#include "model/node.h"
#include "model/options.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "verbs/verbs.h"

/* Deeper than any tree of graph.c */
#define MAX_DEPTH	16

struct lines {
	const char *side, *last_side, *fork, *last_fork;
};

static const struct lines ascii = { "|  ", "   ", "|- ", "`- " };
static const struct lines utf8 = { "│  ", "   ", "├─ ", "└─ " };

/* What is the same for all lines of a tree. */
struct drawing {
	const struct lines *lines;
	const struct vm *vm;
	struct chosen events;
	__u64 whole, tsc_khz;
	int width;		/* of a number of cycles */
	bool all;
	bool last[MAX_DEPTH];	/* is the node at a depth its parent's last? */
	unsigned int hidden;
};

/*
 * Below 1 % of its parent: of the whole all that an idle VM does is less.  What
 * the whole and KVM_RUN consist of is always there.
 */
static bool is_hidden(const struct drawing *d, const struct node *parent,
		      const struct node *n, unsigned int depth)
{
	return !d->all && depth > 2 && n->total < parent->total / 100;
}

static unsigned int count(const struct node *n)
{
	const struct node *child;
	unsigned int nr = 1;

	for (child = n->child; child; child = child->next)
		nr += count(child);
	return nr;
}

/* What an event counted in a node: false if that is not known. */
static bool count_event(const struct vm *vm, const struct node *n,
			const struct event *e, __u64 *sum)
{
	const struct counts *c = events_of_reason(vm, n->reason, e);
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;

	*sum = 0;
	/* Of what does not count the guest, that is none of its figures. */
	if (!c || !n->stages ||
	    (n->stages == STAGE(ST_GUEST) && !events_has_guest(e)))
		return false;
	if (n->of != OF_REASONS) {
		*sum = events_sum(c, n->stages);
		return true;
	}
	for (r = vm->reasons; r < end; r++) {
		c = events_of_reason(vm, r, e);
		if (c)
			*sum += events_sum(c, n->stages);
	}
	return true;
}

static void print_events(const struct drawing *d, const struct node *n)
{
	const struct chosen *e = &d->events;
	__u64 count, cycles;
	bool known;

	if (e->instructions) {
		known = count_event(d->vm, n, e->instructions, &count);
		printf(" %5s", known ? fmt_count(count).text : "-");
	}
	if (e->ipc_cycles) {
		known = count_event(d->vm, n, e->ipc_instructions, &count) &&
			count_event(d->vm, n, e->ipc_cycles, &cycles);
		printf(" %5s", known ? fmt_per(count, cycles).text : "-");
	}
}

static void print_line(const struct drawing *d, const struct node *n,
		       unsigned int depth)
{
	const struct lines *l = d->lines;
	unsigned int i;

	printf("%6s %6s %*llu %*llu %6s %5s %5s",
	       fmt_percent(n->total, d->whole).text,
	       fmt_ms(n->total, d->tsc_khz).text, d->width, n->total,
	       d->width, n->self, n->counted ? fmt_count(n->count).text : "-",
	       n->has_hist ? fmt_count(n->p50).text : "-",
	       n->has_hist ? fmt_count(n->p99).text : "-");
	print_events(d, n);
	fputs("  ", stdout);
	for (i = 1; i < depth; i++)
		fputs(d->last[i] ? l->last_side : l->side, stdout);
	if (depth)
		fputs(d->last[depth] ? l->last_fork : l->fork, stdout);
	printf("%s%s%s\n", n->name, n->note[0] ? " " : "", n->note);
}

static void print_node(struct drawing *d, const struct node *n,
		       unsigned int depth)
{
	const struct node *child;

	print_line(d, n, depth);
	if (depth + 1 == MAX_DEPTH)
		return;
	for (child = n->child; child; child = child->next) {
		if (is_hidden(d, n, child, depth + 1)) {
			d->hidden += count(child);
			continue;
		}
		/* They are in the order of size: those behind it are hidden. */
		d->last[depth + 1] = !child->next ||
				     is_hidden(d, n, child->next, depth + 1);
		print_node(d, child, depth + 1);
	}
}

static void print_tree(struct drawing *d, const struct vm *vm, int vcpu)
{
	struct node *root = graph_make(vm, vcpu);

	d->whole = root->total;
	d->tsc_khz = vm->tsc_khz;
	d->vm = vm;
	d->width = snprintf(NULL, 0, "%llu", root->total);
	if (d->width < 5)
		d->width = 5;
	printf("%6s %6s %*s %*s %6s %5s %5s%s%s\n", "TOTAL%", "MS", d->width,
	       "TOTAL", d->width, "SELF", "COUNT", "P50", "P99",
	       d->events.instructions ? " INSTR" : "",
	       d->events.ipc_cycles ? "   IPC" : "");
	print_node(d, root, 0);
	node_free(root);
}

int tree_run(const struct options *o)
{
	struct drawing d = { .lines = &ascii, .all = o->all };
	const char *before = "";
	int status = EXIT_FAILED;
	const struct vm *vm;
	struct snapshot s;

	if (setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		d.lines = &utf8;
	if (source_load(&s, o->root, o->filter.vcpu))
		return EXIT_FAILED;
	if (filter_check(&o->filter, &s))
		goto out;
	events_choose(&d.events, &s);
	for (vm = s.vms; vm < s.vms + s.nr_vms; vm++) {
		if (!filter_vm(&o->filter, vm))
			continue;
		fputs(before, stdout);
		print_tree(&d, vm, o->filter.vcpu);
		before = "\n";
	}
	if (d.hidden)
		printf("and %u line%s below 1 %% of the one above (--all)\n", d.hidden,
		       PLURAL(d.hidden));
	status = incomplete_status(&s, NULL, false);
out:
	snapshot_free(&s);
	return status;
}
