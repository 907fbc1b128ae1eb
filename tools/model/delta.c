// SPDX-License-Identifier: GPL-2.0
/* Computes what happened between two readings, which is never negative. */
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "model/delta.h"
#include "model/summary.h"
#include "model/twins.h"
#include "shared/hist.h"

static const struct reason *find_reason(const struct vm *vm,
					const struct reason *like)
{
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		if (vm->reasons[i].number == like->number &&
		    vm->reasons[i].level == like->level)
			return &vm->reasons[i];
	return NULL;
}

/*
 * H, which is as NOW's: the least and the greatest are known only as far as their
 * buckets are.
 */
static int subtract_hist(struct hist *h, const struct hist *now,
			 const struct hist *then)
{
	__u64 left[KVMHOT_HIST_BUCKETS];
	unsigned int i, first = 0, end = 0;

	h->timed = 0;
	h->cycles = summary_rise(now->cycles, then->cycles);
	for (i = 0; i < now->nr; i++) {
		left[i] = summary_rise(now->bucket[i],
				       hist_count(then, now->first + i));
		if (!left[i])
			continue;
		if (!end)
			first = i;
		h->timed += left[i];
		end = i + 1;
	}
	if (!end)
		return 0;
	h->min = kvmhot_hist_value(now->first + first, now->min, now->max);
	h->max = kvmhot_hist_value(now->first + end - 1, h->min, now->max);
	return hist_set(h, now->first + first, end - first, left + first);
}

static int subtract_reason(struct reason *r, const struct reason *now,
			   const struct reason *then)
{
	int i;

	for (i = 0; i < NR_R; i++)
		r->n[i] = summary_rise(r->n[i], then->n[i]);
	/* Of an interval these are not known. */
	r->n[R_WAIT_MAX] = 0;
	r->n[R_USER_MAX] = 0;
	r->n[R_HALT_MAX] = 0;
	for (i = 0; i < NR_ST; i++)
		r->stages[i] = summary_rise(r->stages[i], then->stages[i]);
	r->ept = summary_rise(r->ept, then->ept);
	return subtract_hist(&r->hist, &now->hist, &then->hist) ||
	       subtract_hist(&r->felt, &now->felt, &then->felt) ? -1 : 0;
}

static bool counts_have_fallen(const struct counts *now,
			       const struct counts *then)
{
	int i;

	for (i = 0; i < NR_ST; i++)
		if (now->stages[i] < then->stages[i])
			return true;
	return now->exits < then->exits;
}

static void subtract_counts(struct counts *c, const struct counts *then)
{
	int i;

	c->exits -= then->exits;
	for (i = 0; i < NR_ST; i++)
		c->stages[i] -= then->stages[i];
}

/*
 * Was the list written in between, after 'status' was read?  Then what there
 * was is gone, and all that is there came since.  What failed has no counts, in
 * NOW as in THEN.
 */
static bool is_same_list(const struct vm *now, const struct vm *then)
{
	const struct reason *r, *old;
	size_t i, j;

	if (now->nr_counters < then->nr_counters)
		return false;
	for (i = 0; i < then->nr_counters; i++) {
		if (strcmp(now->counters[i].name, then->counters[i].name) ||
		    now->counters[i].failed < then->counters[i].failed)
			return false;
		if (!now->counters[i].failed &&
		    counts_have_fallen(&now->counts[i], &then->counts[i]))
			return false;
	}
	for (j = 0; j < then->nr_reasons; j++) {
		old = &then->reasons[j];
		r = find_reason(now, old);
		if (!r || r->nr_counts < old->nr_counts)
			return false;
		for (i = 0; i < old->nr_counts; i++)
			if (!now->counters[i].failed &&
			    counts_have_fallen(&r->counts[i], &old->counts[i]))
				return false;
	}
	return true;
}

static bool has_fallen(const struct vm *now, const struct vm *then)
{
	const struct reason *r;
	size_t i;

	for (i = 0; i < then->nr_reasons; i++) {
		r = find_reason(now, &then->reasons[i]);
		if (!r || r->n[R_EXITS] < then->reasons[i].n[R_EXITS])
			return true;
	}
	return false;
}

/* With room to spare, so that NULL is for want of memory only. */
static void *copy(const void *from, size_t nr, size_t size)
{
	void *to = malloc(nr * size + 1);

	if (to && nr)
		memcpy(to, from, nr * size);
	return to;
}

/* D has the same pointers as NOW, which keeps its own. */
static int copy_vm(struct vm *d, const struct vm *now)
{
	struct reason *r;

	/* No interval's are told. */
	memset(d->spans, 0, sizeof(d->spans));
	d->nr_reasons = 0;
	d->counters = copy(now->counters, now->nr_counters,
			   sizeof(*d->counters));
	d->counts = copy(now->counts, now->nr_counters, sizeof(*d->counts));
	d->reasons = copy(now->reasons, now->nr_reasons, sizeof(*d->reasons));
	if (!d->counters || !d->counts || !d->reasons)
		return -1;
	for (; d->nr_reasons < now->nr_reasons; d->nr_reasons++) {
		r = &d->reasons[d->nr_reasons];
		/* They are NOW's still. */
		r->hist.bucket = NULL;
		r->hist.nr = 0;
		r->felt.bucket = NULL;
		r->felt.nr = 0;
		r->counts = copy(r->counts, r->nr_counts, sizeof(*r->counts));
		if (!r->counts)
			return -1;
	}
	return 0;
}

static void subtract_events(struct vm *d, const struct vm *then)
{
	const struct reason *old;
	size_t i, j;

	for (i = 0; i < then->nr_counters; i++)
		if (!d->counters[i].failed)
			subtract_counts(&d->counts[i], &then->counts[i]);
	for (j = 0; j < d->nr_reasons; j++) {
		old = find_reason(then, &d->reasons[j]);
		for (i = 0; old && i < old->nr_counts; i++)
			if (!d->counters[i].failed)
				subtract_counts(&d->reasons[j].counts[i],
						&old->counts[i]);
	}
}

static int copy_hists(struct reason *r, const struct reason *now)
{
	const struct hist *h = &now->hist, *felt = &now->felt;

	return hist_set(&r->hist, h->first, h->nr, h->bucket) ||
	       hist_set(&r->felt, felt->first, felt->nr, felt->bucket) ? -1 : 0;
}

/* THEN: NULL, if all that there is came since */
static int subtract_reasons(struct vm *d, const struct vm *now,
			    const struct vm *then)
{
	const struct reason *r, *old;
	size_t i;

	for (i = 0; i < d->nr_reasons; i++) {
		r = &now->reasons[i];
		old = then ? find_reason(then, r) : NULL;
		if (old ? subtract_reason(&d->reasons[i], r, old) :
			  copy_hists(&d->reasons[i], r))
			return -1;
	}
	return 0;
}

/*
 * A stage that was not over may turn out to be another: then it falls, by what the
 * other has too much.  Together they are the time that passed.
 */
static void settle(__u64 *d, const __u64 *now, const __u64 *then,
		   const int *stages, int nr, int unknown, int other)
{
	__u64 fallen = 0, part;
	int i;

	for (i = 0; i < nr; i++)
		fallen += summary_rise(then[stages[i]], now[stages[i]]);
	part = fallen < d[unknown] ? fallen : d[unknown];
	d[unknown] -= part;
	fallen -= part;
	d[other] -= fallen < d[other] ? fallen : d[other];
}

static void subtract_times(struct vm *d, const struct vm *now,
			   const struct vm *then)
{
	static const int sums[] = {
		V_GUEST, V_KVM, V_WAIT, V_USER, V_AWAY, V_HALT,
		V_UNKNOWN,
	};
	int stages[NR_ST], i;

	for (i = 0; i < NR_V; i++)
		d->n[i] = summary_rise(now->n[i], then->n[i]);
	for (i = 0; i < NR_ST; i++) {
		d->stages[i] = summary_rise(now->stages[i], then->stages[i]);
		stages[i] = i;
	}
	settle(d->n, now->n, then->n, sums, sizeof(sums) / sizeof(*sums),
	       V_UNKNOWN, V_KVM);
	settle(d->stages, now->stages, then->stages, stages, NR_ST, ST_UNKNOWN,
	       ST_HANDLE);
}

static int subtract_vm(struct vm *d, const struct vm *now,
		       const struct vm *then, bool list_written)
{
	*d = *now;
	if (copy_vm(d, now))
		return -1;
	d->restarted = then && (then->since != now->since ||
				has_fallen(now, then));
	/* All that it has came since its 'since'. */
	if (!then || d->restarted)
		return subtract_reasons(d, now, NULL);

	/* A VM that has ended has as its time that of its last edge. */
	d->since = then->now < now->now ? then->now : now->now;
	subtract_times(d, now, then);
	if (!list_written && is_same_list(now, then))
		subtract_events(d, then);
	return subtract_reasons(d, now, then);
}

static int make(struct snapshot *d, const struct snapshot *now,
		const struct snapshot *then)
{
	const struct vm *vm;
	size_t i;

	d->vms = calloc(now->nr_vms + 1, sizeof(*d->vms));
	if (!d->vms)
		return -1;
	for (i = 0; i < now->nr_vms; i++) {
		vm = &now->vms[i];
		d->nr_vms++;
		if (subtract_vm(&d->vms[i], vm,
				twins_then(then, now, vm),
				d->n[S_EVENTS_NUMBER]))
			return -1;
	}
	return 0;
}

int delta_make(struct snapshot *d, const struct snapshot *now,
	       const struct snapshot *then)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->root = now->root;
	for (i = 0; i < NR_S; i++)
		d->n[i] = summary_rise(now->n[i], then->n[i]);
	if (!make(d, now, then))
		return snapshot_sort(d);
	tell_error("out of memory");
	return -1;
}
