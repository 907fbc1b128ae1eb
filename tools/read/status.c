// SPDX-License-Identifier: GPL-2.0
/* Parses the file 'status': keys, hooks, events, and what KVM counted. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/parse.h"
#include "read/status.h"
#include "read/text.h"

/* Of hooks, and of events: far more than any module has */
#define MOST_ROWS	256

static const char * const status_keys[NR_S] = {
	"enabled", "armed", "tsc_khz", "tsc_stable", "exits", "dropped",
	"lost", "forgotten_vms", "forgotten_exits", "detail",
	"events_number", "dropped_counts", "dropped_spans", "generation",
	"own_exit_cycles", "own_exit_p99", "own_run_cycles", "own_rounds",
	"kprobes_hit",
};

/* hook NAME MODULE KIND STATE HITS MISSED ERROR NOTE */
static int parse_hook(struct text *t, struct snapshot *s)
{
	struct hook *h;
	__u64 hits;

	if (t->nr_columns < 9)
		return text_bad(t, "%u columns, not 9", t->nr_columns);
	if (s->nr_hooks == MOST_ROWS)
		return text_bad(t, "more than %d hooks", MOST_ROWS);
	h = realloc(s->hooks, (s->nr_hooks + 1) * sizeof(*h));
	if (!h)
		return text_bad(t, "out of memory");
	s->hooks = h;
	h += s->nr_hooks;
	if (text_number(t, "hits", t->column[5], ~0ULL, &hits) ||
	    text_number(t, "missed", t->column[6], ~0ULL, &h->missed) ||
	    parse_error(t, 7, &h->error))
		return -EBADMSG;
	snprintf(h->name, sizeof(h->name), "%s", t->column[1]);
	snprintf(h->kind, sizeof(h->kind), "%s", t->column[3]);
	snprintf(h->state, sizeof(h->state), "%s", t->column[4]);
	snprintf(h->note, sizeof(h->note), "%s", t->column[8]);
	tell_clean(h->name);
	tell_clean(h->kind);
	tell_clean(h->state);
	tell_clean(h->note);
	s->nr_hooks++;
	return 0;
}

/* Hexadecimal, be it with 0x or not; of no use here but to be right. */
static int check_config(const struct text *t, const char *word)
{
	const char *digits = word + (strncmp(word, "0x", 2) ? 0 : 2);

	if (*digits && !digits[strspn(digits, "0123456789abcdefABCDEF")])
		return 0;
	return text_bad(t, "config: '%.40s' is not a hexadecimal number", word);
}

/* event NAME STATE ERROR TYPE CONFIG WHERE COUNTING FAILED NOTE */
static int parse_event(struct text *t, struct snapshot *s)
{
	struct event *e;
	__u64 type;
	size_t i;

	if (t->nr_columns < 10)
		return text_bad(t, "%u columns, not 10", t->nr_columns);
	if (s->nr_events == MOST_ROWS)
		return text_bad(t, "more than %d events", MOST_ROWS);
	for (i = 0; i < s->nr_events; i++)
		if (!strcmp(s->events[i].name, t->column[1]))
			return text_bad(t, "event %.40s: a second time",
					t->column[1]);
	e = realloc(s->events, (s->nr_events + 1) * sizeof(*e));
	if (!e)
		return text_bad(t, "out of memory");
	s->events = e;
	e += s->nr_events;
	if (!*t->column[1] || strlen(t->column[1]) >= sizeof(e->name))
		return text_bad(t, "'%.40s' is not an event's name",
				t->column[1]);
	if (parse_error(t, 3, &e->error) ||
	    text_number(t, "type", t->column[4], UINT_MAX, &type) ||
	    check_config(t, t->column[5]) ||
	    text_number(t, "counting", t->column[7], ~0ULL, &e->counting) ||
	    text_number(t, "failed", t->column[8], ~0ULL, &e->failed))
		return -EBADMSG;
	strcpy(e->name, t->column[1]);
	snprintf(e->state, sizeof(e->state), "%s", t->column[2]);
	snprintf(e->where, sizeof(e->where), "%s", t->column[6]);
	snprintf(e->note, sizeof(e->note), "%s", t->column[9]);
	tell_clean(e->name);
	tell_clean(e->state);
	tell_clean(e->where);
	tell_clean(e->note);
	s->nr_events++;
	return 0;
}

static struct coverage *add_coverage(const struct text *t, struct snapshot *s)
{
	size_t nr = s->nr_coverages;
	struct coverage *c;

	/* Room for a power of two of them */
	if (!(nr & (nr - 1))) {
		c = realloc(s->coverages, (nr ? 2 * nr : 1) * sizeof(*c));
		if (!c) {
			text_bad(t, "out of memory");
			return NULL;
		}
		s->coverages = c;
	}
	return memset(&s->coverages[nr], 0, sizeof(*c));
}

static int compare_coverages(const void *a, const void *b)
{
	const struct coverage *ca = *(const struct coverage **)a;
	const struct coverage *cb = *(const struct coverage **)b;
	int ret = strcmp(ca->id, cb->id);

	return ret ? ret : (ca->line > cb->line) - (ca->line < cb->line);
}

/* All at once: there may be a thousand of them. */
static int check_coverages(struct text *t, const struct snapshot *s)
{
	const struct coverage **c;
	size_t i;
	int ret = 0;

	c = malloc(s->nr_coverages * sizeof(*c) + 1);
	if (!c)
		return text_bad(t, "out of memory");
	for (i = 0; i < s->nr_coverages; i++)
		c[i] = &s->coverages[i];
	qsort(c, s->nr_coverages, sizeof(*c), compare_coverages);
	for (i = 1; !ret && i < s->nr_coverages; i++) {
		if (strcmp(c[i]->id, c[i - 1]->id))
			continue;
		t->line = c[i]->line;
		ret = text_bad(t, "vm %s: a second time", c[i]->id);
	}
	free(c);
	return ret;
}

/* vm PID-FD EXITS KVM_EXITS [CLEARED] */
static int parse_coverage(struct text *t, struct snapshot *s)
{
	struct coverage *c;

	if (t->nr_columns < 4)
		return text_bad(t, "%u columns, not 4", t->nr_columns);
	if (!*t->column[1] || strlen(t->column[1]) >= sizeof(c->id))
		return text_bad(t, "'%.40s' is not a VM's name", t->column[1]);
	c = add_coverage(t, s);
	if (!c)
		return -EBADMSG;
	strcpy(c->id, t->column[1]);
	c->line = t->line;
	if (text_number(t, "exits", t->column[2], ~0ULL, &c->exits) ||
	    text_number(t, "kvm_exits", t->column[3], ~0ULL, &c->kvm_exits) ||
	    (t->nr_columns > 4 &&
	     text_number(t, "cleared", t->column[4], ~0ULL, &c->cleared)))
		return -EBADMSG;
	s->nr_coverages++;
	return 0;
}

static int parse_status_row(struct text *t, struct snapshot *s, bool *seen)
{
	const char *key = t->column[0];
	int i;

	if (!strcmp(key, "hook"))
		return parse_hook(t, s);
	if (!strcmp(key, "event"))
		return parse_event(t, s);
	if (!strcmp(key, "vm"))
		return parse_coverage(t, s);
	for (i = 0; i < NR_S; i++) {
		if (strcmp(key, status_keys[i]))
			continue;
		if (seen[i])
			return text_bad(t, "%s: a second time", key);
		seen[i] = true;
		return text_number(t, key, t->column[1], ~0ULL, &s->n[i]);
	}
	return 0;
}

int status_parse(const char *root, struct snapshot *s)
{
	bool seen[NR_S] = { 0 };
	struct text t;
	char *rest;
	int ret, i;

	ret = text_open(&t, root, "status", "status", &rest);
	if (ret)
		return ret;
	s->n[S_KPROBES_HIT] = KPROBES_UNKNOWN;
	ret = parse_skip_names(&t);
	while (!ret && (ret = text_row(&t, 2)) > 0)
		ret = parse_status_row(&t, s, seen);
	if (!ret)
		ret = check_coverages(&t, s);
	t.line = 0;
	for (i = 0; !ret && i < NR_S; i++)
		if (!seen[i] && i < S_EVENTS_NUMBER)
			ret = text_bad(&t, "no row '%s'", status_keys[i]);
	return ret;
}
