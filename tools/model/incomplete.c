// SPDX-License-Identifier: GPL-2.0
/* Tells what lacks in the counts that a verb has shown: exit status 3. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "base/tell.h"
#include "model/incomplete.h"
#include "model/summary.h"

/* A list of what lacks, in words */
struct lacks {
	char text[1024];
	size_t len;
};

__printf(2, 3)
static void add(struct lacks *l, const char *format, ...)
{
	size_t room = sizeof(l->text) - l->len;
	va_list args;
	int len;

	len = snprintf(l->text + l->len, room, "%s", l->len ? "; " : "");
	if ((size_t)len < room) {
		va_start(args, format);
		len += vsnprintf(l->text + l->len + len, room - len, format,
				 args);
		va_end(args);
	}
	l->len += (size_t)len < room ? (size_t)len : room - 1;
}

static __u64 missed_before(const struct snapshot *since, const struct hook *h)
{
	size_t i;

	for (i = 0; since && i < since->nr_hooks; i++)
		if (!strcmp(since->hooks[i].name, h->name) &&
		    !strcmp(since->hooks[i].kind, h->kind))
			return since->hooks[i].missed;
	return 0;
}

/* Off: not wanted, or told by 'not enabled' or 'not armed'. */
static void add_hooks(struct lacks *l, const struct snapshot *s,
		      const struct snapshot *since)
{
	const struct hook *h;
	__u64 missed;

	for (h = s->hooks; h < s->hooks + s->nr_hooks; h++) {
		missed = summary_rise(h->missed, missed_before(since, h));
		if (missed)
			add(l, "%s (%s) missed %llu", h->name, h->kind, missed);
		if (strcmp(h->state, "armed") && strcmp(h->state, "off"))
			add(l, "%s (%s) is %s", h->name, h->kind, h->state);
	}
}

static void add_counts(struct lacks *l, const struct snapshot *s,
		       const struct snapshot *since)
{
	static const struct {
		int key;
		const char *what;
	} losses[] = {
		{ S_DROPPED, "exits dropped" },
		{ S_DROPPED_SPANS, "spans dropped" },
		{ S_DROPPED_COUNTS, "exits' counts of events dropped" },
	};
	__u64 vcpus = 0, lost;
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		lost = summary_rise(s->n[losses[i].key],
				    since ? since->n[losses[i].key] : 0);
		if (lost)
			add(l, "%llu %s", lost, losses[i].what);
	}
	/* One of each vCPU is the one that it was in when kvmhot came. */
	for (i = 0; i < s->nr_vms; i++)
		vcpus += s->vms[i].all_vcpus;
	lost = summary_rise(s->n[S_LOST], since ? since->n[S_LOST] : 0);
	if (lost > vcpus)
		add(l, "%llu exits lost", lost);
}

static void add_events(struct lacks *l, const struct snapshot *s)
{
	const struct event *e;

	for (e = s->events; e < s->events + s->nr_events; e++)
		if (!strcmp(e->state, "refused") || !strcmp(e->state, "failed"))
			add(l, "event %s: %s", e->name, e->state);
}

int incomplete_status(const struct snapshot *s, const struct snapshot *since,
		      bool pmu)
{
	struct lacks l = { .len = 0 };

	if (!s->n[S_ENABLED])
		add(&l, "not enabled");
	else if (!s->n[S_ARMED])
		add(&l, "not armed");
	if (snapshot_kprobes_off(s))
		add(&l, "kprobes are not hit");
	if (!s->n[S_TSC_STABLE])
		add(&l, "the TSC is not stable");
	add_hooks(&l, s, since);
	add_counts(&l, s, since);
	if (pmu)
		add_events(&l, s);
	if (l.len)
		tell_error("counts are incomplete: %s (see kvmhot check)",
			   l.text);
	return l.len ? EXIT_INCOMPLETE : EXIT_FINE;
}
