// SPDX-License-Identifier: GPL-2.0
/* Computes figures from what events counted, and chooses those that have columns. */
#include <stdio.h>
#include <string.h>

#include "model/events.h"

bool events_is_called(const char *name, const char *base)
{
	size_t len = strlen(base);

	return !strncmp(name, base, len) && (!name[len] || name[len] == ':');
}

static bool is_misses(const char *name)
{
	size_t len = strcspn(name, ":/");

	return name[len] != '/' && len > 7 &&
	       !strncmp(name + len - 7, "-misses", 7);
}

static bool has_host(const struct event *e)
{
	return strncmp(e->where, "guest", 5);
}

bool events_has_guest(const struct event *e)
{
	return strncmp(e->where, "host", 4);
}

bool events_is_whole(const struct event *e)
{
	return !strcmp(e->where, "host") || !strcmp(e->where, "all");
}

const struct event *events_find(const struct snapshot *s, const char *base)
{
	const struct event *e;

	for (e = s->events; e < s->events + s->nr_events; e++)
		if (has_host(e) && events_is_called(e->name, base))
			return e;
	return NULL;
}

/* The first two that are of the same */
static void choose_ipc(struct chosen *c, const struct snapshot *s)
{
	const struct event *i, *j, *end = s->events + s->nr_events;

	for (i = s->events; i < end; i++) {
		if (!has_host(i) || !events_is_called(i->name, "instructions"))
			continue;
		for (j = s->events; j < end; j++) {
			if (!events_is_called(j->name, "cycles") ||
			    strcmp(i->where, j->where))
				continue;
			c->ipc_instructions = i;
			c->ipc_cycles = j;
			return;
		}
	}
}

void events_choose(struct chosen *c, const struct snapshot *s)
{
	const struct event *e;

	memset(c, 0, sizeof(*c));
	c->instructions = events_find(s, "instructions");
	for (e = s->events; e < s->events + s->nr_events; e++)
		if (!c->misses && has_host(e) && is_misses(e->name))
			c->misses = e;
	choose_ipc(c, s);
}

/* The place of its counts, or 0, which is tsc's, if they are not known. */
static size_t find(const struct vm *vm, const struct event *e)
{
	size_t i;

	for (i = 1; e && i < vm->nr_counters; i++)
		if (!strcmp(vm->counters[i].name, e->name))
			return vm->counters[i].failed ? 0 : i;
	return 0;
}

const struct counts *events_of_reason(const struct vm *vm,
				      const struct reason *r,
				      const struct event *e)
{
	size_t i = find(vm, e);

	if (!i)
		return NULL;
	if (!r)
		return vm->counters[i].vcpus ? &vm->counts[i] : NULL;
	return i < r->nr_counts && r->counts[i].exits ? &r->counts[i] : NULL;
}

__u64 events_sum(const struct counts *c, unsigned int stages)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < NR_ST; i++)
		if (stages & STAGE(i))
			sum += c->stages[i];
	return sum;
}

struct cell events_per_exit(const struct counts *c, unsigned int stages)
{
	if (!c)
		return (struct cell){ "-" };
	return fmt_ratio(events_sum(c, stages), c->exits);
}

struct cell events_ipc(const struct vm *vm, const struct reason *r,
		       const struct chosen *c, unsigned int stages)
{
	const struct counts *n = events_of_reason(vm, r, c->ipc_instructions);
	const struct counts *of = events_of_reason(vm, r, c->ipc_cycles);

	if (!n || !of)
		return (struct cell){ "-" };
	return fmt_per(events_sum(n, stages), events_sum(of, stages));
}

static bool is_refused(const struct snapshot *s, const char *name)
{
	const struct event *e;

	for (e = s->events; e < s->events + s->nr_events; e++)
		if (!strcmp(e->name, name))
			return !strcmp(e->state, "refused");
	return false;
}

void events_print_failed(const struct vm *vm, const struct snapshot *s,
			 const char *before, FILE *out)
{
	const struct counter *c, *end = vm->counters + vm->nr_counters;

	for (c = vm->counters; c < end; c++) {
		if (!c->failed || (s && is_refused(s, c->name)))
			continue;
		fprintf(out, "%sevent %s: not known, %s", before, c->name,
			c->state);
		if (c->error)
			fprintf(out, " (%s)", fmt_errno(c->error).text);
		fprintf(out, " on %u of %u vCPU%s\n", c->failed, vm->nr_vcpus,
			PLURAL(vm->nr_vcpus));
	}
}

unsigned int events_failed(const struct vm *vm)
{
	unsigned int failed = 0;
	size_t i;

	for (i = 0; i < vm->nr_counters; i++)
		failed += vm->counters[i].failed;
	return failed;
}
