// SPDX-License-Identifier: GPL-2.0
/* Takes the readings of top: of all VMs, or of one VM's vCPUs. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/tell.h"
#include "model/coverage.h"
#include "model/delta.h"
#include "model/filter.h"
#include "model/rows.h"
#include "model/twins.h"
#include "model/whole.h"
#include "read/source.h"
#include "read/store.h"
#include "term/term.h"
#include "top/notes.h"
#include "top/read.h"

/* The first interval, so that there are figures at once */
#define FIRST_DELAY	0.3
/* How long an ended VM is still shown */
#define ENDED_STAYS	60

struct top_reading *top_reading(struct top *t)
{
	return top_kind(t)->of_one ? &t->one : &t->all;
}

const struct top_reading *top_shown(const struct top *t)
{
	return top_kind(t)->of_one ? &t->one : &t->all;
}

bool top_is_known(const struct top *t)
{
	const struct top_reading *r = top_shown(t);

	return t->totals ? r->have_now : r->have_d;
}

void top_forget(struct top_reading *r)
{
	/* It shares with the other: first. */
	if (r->have_d)
		snapshot_free(&r->d);
	if (r->have_now)
		snapshot_free(&r->now);
	memset(r, 0, sizeof(*r));
}

void top_free(struct top *t)
{
	rows_free(&t->rows);
	free(t->raw.vms);
	top_forget(&t->one);
	top_forget(&t->all);
	free(t->ended);
}

void top_hurry(struct top *t)
{
	t->due = clock_now();
	t->hurry = true;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* From reading to reading, this one and what was drawn before it included. */
static void take_cost(struct top *t)
{
	double at = clock_now(), cpu = cpu_seconds();

	if (t->cost_at > 0 && at > t->cost_at)
		t->cost = (cpu - t->cost_cpu) * 100 / (at - t->cost_at);
	t->cost_at = at;
	t->cost_cpu = cpu;
}

static int compare_ended(const void *a, const void *b)
{
	const struct top_ended *ea = a, *eb = b;

	return strcmp(ea->vm, eb->vm);
}

static const struct top_ended *find_ended(const struct top *t, const char *id)
{
	struct top_ended key;

	if (!t->nr_ended)
		return NULL;
	snprintf(key.vm, sizeof(key.vm), "%s", id);
	return bsearch(&key, t->ended, t->nr_ended, sizeof(*t->ended),
		       compare_ended);
}

bool top_is_hidden(const struct top *t, const struct vm *vm)
{
	const struct top_ended *e;

	if (vm->running || t->show_ended)
		return false;
	e = find_ended(t, vm->id);
	return e && clock_now() - e->at > ENDED_STAYS;
}

/* Those that had ended before the first reading did so some time ago. */
static int take_ended(struct top *t, const struct snapshot *s)
{
	double at = t->ended ? clock_now() : -2 * ENDED_STAYS;
	const struct top_ended *old;
	struct top_ended *ended;
	size_t i, nr = 0;

	ended = malloc(s->nr_vms * sizeof(*ended) + 1);
	if (!ended) {
		tell_error("out of memory");
		return -1;
	}
	for (i = 0; i < s->nr_vms; i++) {
		if (s->by_id[i]->running)
			continue;
		old = find_ended(t, s->by_id[i]->id);
		ended[nr].at = old ? old->at : at;
		strcpy(ended[nr++].vm, s->by_id[i]->id);
	}
	free(t->ended);
	t->ended = ended;
	t->nr_ended = nr;
	return 0;
}

static void make_head(const struct top *t, struct top_head *h,
		      const struct top_reading *r, const struct snapshot *then)
{
	const struct snapshot *s = then ? &r->d : &r->now;
	const struct filter one = { .vms = r->vm, .vcpu = ALL_VCPUS };
	__u64 before = then ? whole_missed(then) : 0;

	whole_make(&h->whole, s, &t->o.filter, !then);
	coverage_sum(&h->coverage, &r->now, then,
		     *r->vm ? &one : &t->o.filter);
	h->missed = whole_missed(&r->now);
	/* Less than before: another module, which missed these. */
	if (h->missed >= before)
		h->missed -= before;
	h->dropped = s->n[S_DROPPED];
	h->lost = h->whole.lost;
}

static int load(const struct top *t, const struct top_reading *r,
		struct snapshot *s)
{
	if (*r->vm)
		return source_load_vcpus(s, t->o.root, r->vm);
	return source_load_live(s, t->o.root, t->o.filter.vcpu);
}

/* Rows are of what is about to go. */
static void drop_rows(struct top *t)
{
	rows_free(&t->rows);
	free(t->raw.vms);
	memset(&t->raw, 0, sizeof(t->raw));
}

/* R becomes NOW, and what came since R was. */
static int take(struct top *t, struct top_reading *r,
		const struct snapshot *now)
{
	struct snapshot d = { 0 }, then = r->now;
	bool have_then = r->have_now;

	if (have_then && delta_make(&d, now, &then)) {
		snapshot_free(&d);
		return -1;
	}
	drop_rows(t);
	if (r->have_d)
		snapshot_free(&r->d);
	r->now = *now;
	r->d = d;
	r->have_now = true;
	r->have_d = have_then;
	r->clock = time(NULL);
	make_head(t, &r->head[OF_TOTALS], r, NULL);
	if (have_then) {
		make_head(t, &r->head[OF_INTERVAL], r, &then);
		top_note_changes(t, &r->now, &then, &r->d);
		snapshot_free(&then);
	}
	return 0;
}

/* Nothing of another module's is to be compared with this one's. */
static void start_afresh(struct top *t)
{
	char vm[sizeof(t->one.vm)];

	drop_rows(t);
	strcpy(vm, t->one.vm);
	top_forget(&t->one);
	strcpy(t->one.vm, vm);
	top_forget(&t->all);
	t->was_gone = false;
	if (store_is_copy(t->o.root))
		top_note(t, "%s is there again", t->o.root);
	else
		top_note(t, "kvmhot is loaded again: all counts began anew");
}

/* A VM that has ended is called what it was called when it ran. */
static void keep_names(const struct top *t, const struct top_reading *r,
		       struct snapshot *now)
{
	size_t i;

	if (r->have_now) {
		twins_keep_names(now, &r->now);
		return;
	}
	for (i = 0; *r->vm && i < now->nr_vms; i++)
		if (!now->vms[i].running)
			strcpy(now->vms[i].name, t->vm_name);
}

static int try_read(struct top *t)
{
	struct top_reading *r = top_reading(t);
	struct snapshot now;

	if (load(t, r, &now))
		return -1;
	if (t->was_gone)
		start_afresh(t);
	keep_names(t, r, &now);
	if ((*r->vm || !take_ended(t, &now)) &&
	    !take(t, r, &now))
		return 0;
	snapshot_free(&now);
	return -1;
}

static int fail(struct top *t, const char *error, double at)
{
	/* What a signal interrupts has not failed. */
	if (term_ended())
		return -1;
	snprintf(t->error, sizeof(t->error), "%s", error);
	if (!t->failed_at)
		t->failed_at = at;
	if (access(t->o.root, F_OK))
		t->was_gone = true;
	return -1;
}

int top_read(struct top *t)
{
	double at = clock_now();
	char error[sizeof(t->error)] = "";
	int ret;

	tell_redirect(error, sizeof(error));
	ret = try_read(t);
	tell_redirect(t->message, sizeof(t->message));
	take_cost(t);
	t->due = at + (t->hurry || !top_reading(t)->have_d ? FIRST_DELAY :
							     t->o.delay);
	t->hurry = false;
	if (ret)
		return fail(t, error, at);
	*t->error = '\0';
	t->failed_at = 0;
	return 0;
}
