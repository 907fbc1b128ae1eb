// SPDX-License-Identifier: GPL-2.0
/*
 * export --json: writes all that was read, raw, as one object; kvmhot.schema.json has
 * its schema.  Integers are exact as text: a reader that takes numbers for
 * doubles, as jq 1.6 does, rounds those beyond 2^53.
 */
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <sys/utsname.h>

#include "base/hist.h"
#include "export/export.h"
#include "export/writers.h"
#include "model/own.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "read/stages.h"
#include "shared/hist.h"
#include "shared/version.h"

#define SCHEMA	"kvmhot/1"

/* DEPTH of what is open; COMMA: something is there already. */
struct json {
	FILE *to;
	int depth;
	bool comma;
};

static void put_string(struct json *j, const char *s)
{
	putc('"', j->to);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(j->to, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			fprintf(j->to, "\\u%04x", *s);
		else
			putc(*s, j->to);
	}
	putc('"', j->to);
}

/* What goes in front of a value; KEY: NULL in an array. */
static void json_key(struct json *j, const char *key)
{
	if (j->comma)
		putc(',', j->to);
	/* A line for each member that people may look for. */
	if (key && j->depth == 1)
		putc('\n', j->to);
	if (key) {
		put_string(j, key);
		putc(':', j->to);
	}
	j->comma = true;
}

static void json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	if (!key && bracket == '{' && j->depth)
		putc('\n', j->to);
	putc(bracket, j->to);
	j->depth++;
	j->comma = false;
}

static void json_close(struct json *j, char bracket)
{
	putc(bracket, j->to);
	j->depth--;
	j->comma = true;
}

static void json_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	put_string(j, s);
}

static void json_number(struct json *j, const char *key, __u64 n)
{
	json_key(j, key);
	fprintf(j->to, "%llu", n);
}

static void json_null(struct json *j, const char *key)
{
	json_key(j, key);
	fputs("null", j->to);
}

/* A number, or null if it is not known */
static void json_if(struct json *j, const char *key, bool known, __u64 n)
{
	if (known)
		json_number(j, key, n);
	else
		json_null(j, key);
}

static void json_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	fputs(b ? "true" : "false", j->to);
}

static void put_stages(struct json *j, const __u64 *stages)
{
	int i;

	json_open(j, "stages", '{');
	for (i = 0; i < NR_ST; i++)
		json_number(j, stages_names[i], stages[i]);
	json_close(j, '}');
}

/* Of a saved copy nobody knows when and where. */
static void put_origin(struct json *j, const struct export *e)
{
	struct utsname u;
	struct timespec t;

	if (!e->live || uname(&u) || clock_gettime(CLOCK_REALTIME, &t)) {
		json_null(j, "time");
		json_null(j, "host");
		json_null(j, "kernel");
		return;
	}
	json_key(j, "time");
	fprintf(j->to, "%lld.%06ld", (long long)t.tv_sec, t.tv_nsec / 1000);
	json_text(j, "host", u.nodename);
	json_text(j, "kernel", u.release);
}

static void put_status(struct json *j, const struct snapshot *s)
{
	static const struct {
		const char *key;
		int row;
	} losses[] = {
		{ "dropped", S_DROPPED },
		{ "lost", S_LOST },
		{ "dropped_spans", S_DROPPED_SPANS },
		{ "dropped_counts", S_DROPPED_COUNTS },
		{ "forgotten_vms", S_FORGOTTEN_VMS },
		{ "forgotten_exits", S_FORGOTTEN_EXITS },
	};
	bool known = own_is_known(s);
	size_t i;

	json_number(j, "tsc_khz", s->n[S_TSC_KHZ]);
	json_bool(j, "tsc_stable", s->n[S_TSC_STABLE]);
	json_bool(j, "enabled", s->n[S_ENABLED]);
	json_bool(j, "armed", s->n[S_ARMED]);
	if (s->n[S_KPROBES_HIT] == KPROBES_UNKNOWN)
		json_null(j, "kprobes_hit");
	else
		json_bool(j, "kprobes_hit", s->n[S_KPROBES_HIT]);
	json_bool(j, "detail", s->n[S_DETAIL]);
	json_number(j, "generation", s->n[S_GENERATION]);
	json_number(j, "exits", s->n[S_EXITS]);
	json_if(j, "own_exit_cycles", known, s->n[S_OWN_EXIT]);
	json_if(j, "own_exit_p99", known, s->n[S_OWN_P99]);
	json_if(j, "own_run_cycles", known, s->n[S_OWN_RUN]);
	json_number(j, "own_rounds", s->n[S_OWN_ROUNDS]);
	json_open(j, "losses", '{');
	for (i = 0; i < sizeof(losses) / sizeof(*losses); i++)
		json_number(j, losses[i].key, s->n[losses[i].row]);
	json_close(j, '}');
}

static void put_hooks(struct json *j, const struct snapshot *s)
{
	const struct hook *h;

	json_open(j, "hooks", '[');
	for (h = s->hooks; h < s->hooks + s->nr_hooks; h++) {
		json_open(j, NULL, '{');
		json_text(j, "name", h->name);
		json_text(j, "kind", h->kind);
		json_text(j, "state", h->state);
		json_number(j, "missed", h->missed);
		json_number(j, "error", h->error);
		json_text(j, "note", h->note);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_events(struct json *j, const struct snapshot *s)
{
	const struct event *v;

	json_open(j, "events", '[');
	for (v = s->events; v < s->events + s->nr_events; v++) {
		json_open(j, NULL, '{');
		json_text(j, "name", v->name);
		json_text(j, "state", v->state);
		json_text(j, "where", v->where);
		json_number(j, "error", v->error);
		json_number(j, "counting", v->counting);
		json_number(j, "failed", v->failed);
		json_text(j, "note", v->note);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* What events counted, by name; of one that failed on a vCPU nothing is known. */
static void put_counts(struct json *j, const struct vm *vm,
		       const struct counts *counts, size_t nr)
{
	size_t i;

	json_open(j, "counts", '{');
	for (i = 0; i < nr; i++) {
		if (vm->counters[i].failed)
			continue;
		json_open(j, vm->counters[i].name, '{');
		json_number(j, "exits", counts[i].exits);
		put_stages(j, counts[i].stages);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void put_quantiles(struct json *j, const struct hist *h)
{
	json_if(j, "min", h->timed, h->min);
	json_if(j, "max", h->timed, h->max);
	json_if(j, "p50", h->timed, hist_quantile(h, 500));
	json_if(j, "p95", h->timed, hist_quantile(h, 950));
	json_if(j, "p99", h->timed, hist_quantile(h, 990));
}

/* [least value, greatest value or null if the bucket is open, count] */
static void put_histogram(struct json *j, const struct hist *h)
{
	unsigned int i;

	put_quantiles(j, h);
	json_open(j, "histogram", '[');
	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++) {
		if (!hist_count(h, i))
			continue;
		json_open(j, NULL, '[');
		json_number(j, NULL, kvmhot_hist_low(i));
		json_if(j, NULL, i < KVMHOT_HIST_BUCKETS - 1,
			kvmhot_hist_high(i));
		json_number(j, NULL, hist_count(h, i));
		json_close(j, ']');
	}
	json_close(j, ']');
}

static void put_felt(struct json *j, const struct hist *h)
{
	if (!h->timed)
		return;
	json_open(j, "felt", '{');
	json_number(j, "cycles", h->cycles);
	put_histogram(j, h);
	json_close(j, '}');
}

static void put_span(struct json *j, int kind, const struct span *s)
{
	json_open(j, NULL, '{');
	switch (kind) {
	case SP_USER:
		json_number(j, "run", s->row & 0xffff);
		json_text(j, "run_name", s->what);
		json_number(j, "away_cycles", s->away);
		break;
	case SP_EPT:
		json_text(j, "access", s->what);
		json_number(j, "level", s->level);
		put_stages(j, s->stages);
		json_number(j, "ept_cycles", s->ept);
		break;
	case SP_HALT:
		json_text(j, "stage", s->what);
		break;
	case SP_IOCTL:
		json_number(j, "cmd", s->row >> 8);
		json_text(j, "name", s->what);
		json_text(j, "result", s->name);
		break;
	}
	json_number(j, "timed", s->hist.timed);
	json_number(j, "cycles", s->hist.cycles);
	put_histogram(j, &s->hist);
	json_close(j, '}');
}

/* Those of one reason, or if it is NULL all. */
static void put_spans(struct json *j, const char *key, const struct vm *vm,
		      int kind, const struct reason *r)
{
	const struct spans *spans = &vm->spans[kind];
	const struct span *s;

	json_open(j, key, '[');
	for (s = spans->span; s < spans->span + spans->nr; s++)
		if (!r || (s->reason == r->number && s->level == r->level))
			put_span(j, kind, s);
	json_close(j, ']');
}

/* COUNT of them have it: a maximum of some that is 0 was not read. */
static void put_part(struct json *j, const char *what, const struct reason *r,
		     int count)
{
	char key[32];

	json_number(j, what, r->n[count]);
	snprintf(key, sizeof(key), "%s_cycles", what);
	json_number(j, key, r->n[count + 1]);
	snprintf(key, sizeof(key), "%s_max", what);
	json_if(j, key, !r->n[count] || r->n[count + 2], r->n[count + 2]);
}

static void put_reason(struct json *j, const struct vm *vm,
		       const struct reason *r)
{
	json_open(j, NULL, '{');
	json_number(j, "reason", r->number);
	json_text(j, "name", export_name(r));
	json_number(j, "level", r->level);
	json_number(j, "exits", r->n[R_EXITS]);
	json_number(j, "timed", r->n[R_TIMED]);
	json_number(j, "open", r->n[R_OPEN]);
	json_number(j, "lost", r->n[R_LOST]);
	json_number(j, "fast", r->n[R_FAST]);
	json_number(j, "cycles", r->n[R_CYCLES]);
	put_part(j, "wait", r, R_WAIT);
	put_part(j, "user", r, R_USER);
	json_number(j, "total", r->n[R_TOTAL]);
	put_part(j, "halt", r, R_HALT);
	put_stages(j, r->stages);
	json_number(j, "ept_cycles", r->ept);
	put_histogram(j, &r->hist);
	put_felt(j, &r->felt);
	put_spans(j, "user_spans", vm, SP_USER, r);
	put_counts(j, vm, r->counts, r->nr_counts);
	json_close(j, '}');
}

static void put_sums(struct json *j, const struct vm *vm)
{
	static const char * const names[NR_V] = {
		"exits", "dropped", "lost", "entries", "runs", "guest_cycles",
		"kvm_cycles", "wait_cycles", "user_cycles", "unknown_cycles",
		"ept", "ept_cycles", "bytes", "halt_cycles", "kvm_exits",
		"level2", "away_cycles",
	};
	int i;

	json_open(j, "sums", '{');
	for (i = 0; i < NR_V; i++)
		json_number(j, names[i], vm->n[i]);
	json_close(j, '}');
	put_stages(j, vm->stages);
}

static void put_coverage(struct json *j, const struct coverage *c)
{
	if (!c) {
		json_null(j, "coverage");
		return;
	}
	json_open(j, "coverage", '{');
	json_number(j, "exits", c->exits);
	json_number(j, "kvm_exits", c->kvm_exits);
	json_number(j, "cleared", c->cleared);
	json_close(j, '}');
}

static int put_vm(struct json *j, const struct export *e, const struct vm *vm)
{
	struct export_rows rows;
	size_t i;

	if (export_rows(e, vm, &rows))
		return -1;
	json_open(j, NULL, '{');
	json_text(j, "id", vm->id);
	json_number(j, "pid", vm->pid);
	json_text(j, "name", vm->name);
	json_text(j, "comm", vm->comm);
	json_text(j, "state", vm->running ? "running" : "ended");
	json_number(j, "tsc_khz", vm->tsc_khz);
	json_number(j, "since", vm->since);
	json_number(j, "now", vm->now);
	json_key(j, "seconds");
	export_real(j->to, summary_seconds(vm));
	json_number(j, "vcpus", vm->nr_vcpus);
	put_sums(j, vm);
	put_coverage(j, export_coverage(e, vm));
	json_open(j, "reasons", '[');
	for (i = 0; i < rows.nr; i++)
		put_reason(j, vm, rows.r[i]);
	json_close(j, ']');
	put_spans(j, "ept", vm, SP_EPT, NULL);
	put_spans(j, "halt", vm, SP_HALT, NULL);
	put_spans(j, "ioctl", vm, SP_IOCTL, NULL);
	put_counts(j, vm, vm->counts, vm->nr_counters);
	json_close(j, '}');
	export_rows_free(&rows);
	return 0;
}

int json_write(const struct export *e)
{
	struct json j = { .to = e->to };
	const struct vm *vm = NULL;

	json_open(&j, NULL, '{');
	json_text(&j, "schema", SCHEMA);
	json_text(&j, "version", KVMHOT_VERSION);
	json_number(&j, "abi", KVMHOT_ABI);
	put_origin(&j, e);
	put_status(&j, e->s);
	put_hooks(&j, e->s);
	put_events(&j, e->s);
	json_open(&j, "vms", '[');
	while ((vm = export_next_vm(e, vm)))
		if (put_vm(&j, e, vm))
			return -1;
	json_close(&j, ']');
	json_close(&j, '}');
	putc('\n', e->to);
	return 0;
}
