// SPDX-License-Identifier: GPL-2.0
/* The rows of 'exits' and 'hist', one for each vCPU and exit reason. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

static const char * const exits_columns[NR_R] = {
	"exits", "timed", "open", "lost", "fast",
	"cycles", "min", "max",
	"wait", "wait_cycles", "wait_max",
	"user", "user_cycles", "user_max",
	"total",
};

/* vcpu, reason and name begin a row: *r, or NULL if it is not wanted. */
static int parse_reason(struct text *t, struct vm *vm, int vcpu,
			struct keys *k, struct reason **r)
{
	struct reason *reasons;
	__u64 id, number;
	size_t i;

	*r = NULL;
	if (text_number(t, "vcpu", t->column[0], INT_MAX, &id) ||
	    text_number(t, "reason", t->column[1], UINT_MAX, &number) ||
	    parse_key(t, k, id, number))
		return -EBADMSG;
	if (vcpu != ALL_VCPUS && vcpu != (int)id)
		return 0;
	for (i = 0; i < vm->nr_reasons; i++) {
		if (vm->reasons[i].number == number) {
			*r = &vm->reasons[i];
			return 0;
		}
	}
	reasons = realloc(vm->reasons, (i + 1) * sizeof(*reasons));
	if (!reasons)
		return text_bad(t, "out of memory");
	vm->reasons = reasons;
	vm->nr_reasons++;
	*r = memset(&reasons[i], 0, sizeof(*reasons));
	(*r)->number = number;
	snprintf((*r)->name, sizeof((*r)->name), "%s", t->column[2]);
	names_clean((*r)->name);
	return 0;
}

static int merge_exits(const struct text *t, struct reason *r, const __u64 *n)
{
	int i;

	for (i = 0; i < NR_R; i++) {
		/* No sums; of the KVM cost, the histogram has them, too. */
		if (i == R_MIN || i == R_MAX || i == R_WAIT_MAX ||
		    i == R_USER_MAX)
			continue;
		if (parse_add(t, exits_columns[i], &r->n[i], n[i]))
			return -EBADMSG;
	}
	return 0;
}

static int parse_exits_row(struct text *t, struct vm *vm, int vcpu,
			   struct keys *k)
{
	struct reason *r;
	__u64 n[NR_R], sum;
	int i;

	if (parse_reason(t, vm, vcpu, k, &r))
		return -EBADMSG;
	for (i = 0; i < NR_R; i++)
		if (text_number(t, exits_columns[i], t->column[3 + i], ~0ULL,
				&n[i]))
			return -EBADMSG;
	sum = n[R_TIMED];
	if (parse_add(t, "open", &sum, n[R_OPEN]) ||
	    parse_add(t, "lost", &sum, n[R_LOST]))
		return -EBADMSG;
	if (n[R_EXITS] != sum)
		return text_bad(t, "exits is %llu, but timed + open + lost %llu",
				n[R_EXITS], sum);
	return r ? merge_exits(t, r, n) : 0;
}

int parse_exits(const char *path, struct vm *vm, int vcpu)
{
	struct keys k = { 0 };
	struct text t;
	int ret;

	ret = parse_begin(&t, path, "exits", vm);
	if (ret)
		return ret;
	while ((ret = text_row(&t, 3 + NR_R)) > 0) {
		ret = parse_exits_row(&t, vm, vcpu, &k);
		if (ret)
			break;
	}
	return parse_end(&t, &k, ret);
}

/* LOW:COUNT, in the order of LOW */
static int parse_buckets(const struct text *t, char *word, struct hist *h)
{
	unsigned int index, next = 0;
	__u64 low, count, sum = 0;
	char *bucket, *colon;

	while ((bucket = strsep(&word, " "))) {
		colon = strchr(bucket, ':');
		if (!colon)
			return text_bad(t, "bucket '%.40s' is not LOW:COUNT",
					bucket);
		*colon = '\0';
		if (text_number(t, "bucket", bucket, ~0ULL, &low) ||
		    text_number(t, "count", colon + 1, ~0ULL, &count) ||
		    parse_add(t, "counts", &sum, count))
			return -EBADMSG;
		index = kvmhot_hist_index(low);
		if (kvmhot_hist_low(index) != low)
			return text_bad(t, "no bucket begins at %llu", low);
		if (index < next)
			return text_bad(t, "bucket %llu is not in order", low);
		if (!count)
			return text_bad(t, "bucket %llu is empty", low);
		if (!next && index != kvmhot_hist_index(h->min))
			return text_bad(t, "min is %llu, but the first bucket %llu",
					h->min, low);
		h->buckets[index] = count;
		next = index + 1;
	}
	if (sum != h->timed)
		return text_bad(t, "timed is %llu, but the sum of the buckets %llu",
				h->timed, sum);
	if (kvmhot_hist_index(h->max) != next - 1)
		return text_bad(t, "max is %llu, but the last bucket %llu",
				h->max, kvmhot_hist_low(next - 1));
	return 0;
}

static int merge_hist(const struct text *t, struct hist *to,
		      const struct hist *h)
{
	int i;

	if (!to->timed || h->min < to->min)
		to->min = h->min;
	if (h->max > to->max)
		to->max = h->max;
	/* No bucket can overflow if their sum does not. */
	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++)
		to->buckets[i] += h->buckets[i];
	if (parse_add(t, "timed", &to->timed, h->timed))
		return -EBADMSG;
	return parse_add(t, "cycles", &to->cycles, h->cycles);
}

static int parse_hist_row(struct text *t, struct vm *vm, int vcpu,
			  struct keys *k)
{
	struct hist h = { 0 };
	struct reason *r;
	__u64 mean;

	if (parse_reason(t, vm, vcpu, k, &r) ||
	    text_number(t, "timed", t->column[3], ~0ULL, &h.timed) ||
	    text_number(t, "cycles", t->column[4], ~0ULL, &h.cycles) ||
	    text_number(t, "min", t->column[5], ~0ULL, &h.min) ||
	    text_number(t, "max", t->column[6], ~0ULL, &h.max))
		return -EBADMSG;
	if (!h.timed)
		return text_bad(t, "timed is 0");
	if (parse_buckets(t, t->column[7], &h))
		return -EBADMSG;
	mean = h.cycles / h.timed;
	if (mean < h.min || mean > h.max)
		return text_bad(t, "cycles / timed is not between min and max");
	return r ? merge_hist(t, &r->hist, &h) : 0;
}

int parse_hist(const char *path, struct vm *vm, int vcpu)
{
	struct keys k = { 0 };
	struct text t;
	int ret;

	ret = parse_begin(&t, path, "hist", vm);
	if (ret)
		return ret;
	while ((ret = text_row(&t, 8)) > 0) {
		ret = parse_hist_row(&t, vm, vcpu, &k);
		if (ret)
			break;
	}
	return parse_end(&t, &k, ret);
}
