// SPDX-License-Identifier: GPL-2.0
/* Builds and sorts a tree of time. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "model/node.h"

/* Half a tree would be a wrong one. */
static void give_up(void)
{
	fputs("kvmhot: out of memory\n", stderr);
	exit(EXIT_FAILED);
}

struct node *node_new(const char *name)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		give_up();
	snprintf(n->name, sizeof(n->name), "%s", name);
	return n;
}

void node_free(struct node *n)
{
	struct node *next;

	for (; n; n = next) {
		next = n->next;
		node_free(n->child);
		free(n);
	}
}

struct node *node_add(struct node *parent, const char *name, __u64 cycles)
{
	struct node *n = node_new(name);

	if (cycles > parent->self)
		cycles = parent->self;
	parent->self -= cycles;
	n->total = cycles;
	n->self = cycles;
	n->next = parent->child;
	parent->child = n;
	return n;
}

void node_note(struct node *n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(n->note, sizeof(n->note), format, args);
	va_end(args);
}

void node_count(struct node *n, __u64 count)
{
	n->count = count;
	n->counted = true;
}

void node_hist(struct node *n, const struct hist *h)
{
	node_count(n, h->timed);
	n->has_hist = h->timed;
	n->p50 = hist_quantile(h, 500);
	n->p99 = hist_quantile(h, 990);
}

void node_add_hist(struct hist *sum, const struct hist *h)
{
	if (hist_add(sum, h))
		give_up();
}

void node_sum(struct node *n, struct hist *sum)
{
	node_hist(n, sum);
	hist_free(sum);
}

void node_stages(struct node *n, const struct reason *r, unsigned int stages)
{
	n->of = r ? OF_REASON : OF_VCPUS;
	n->reason = r;
	n->stages = stages;
}

/* The greatest first; those that are alike by name. */
static bool is_before(const struct node *a, const struct node *b)
{
	if (a->total != b->total)
		return a->total > b->total;
	return strcmp(a->name, b->name) < 0;
}

void node_sort(struct node *n)
{
	struct node *child, *next, **at, *sorted = NULL;

	for (child = n->child; child; child = next) {
		next = child->next;
		child->next = NULL;
		node_sort(child);
		if (!child->total && !child->count && !child->child) {
			node_free(child);
			continue;
		}
		for (at = &sorted; *at && is_before(*at, child);)
			at = &(*at)->next;
		child->next = *at;
		*at = child;
	}
	n->child = sorted;
}
