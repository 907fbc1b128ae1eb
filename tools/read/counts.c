// SPDX-License-Identifier: GPL-2.0
/* The rows of 'exits', 'hist' and 'vcpus'. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "read/parse.h"
#include "read/source.h"
#include "read/text.h"
#include "shared/hist.h"

const char * const exits_columns[NR_R] = {
	"exits", "timed", "open", "lost", "fast",
	"cycles", "min", "max",
	"wait", "wait_cycles", "wait_max",
	"user", "user_cycles", "user_max",
	"total",
	"halt", "halt_cycles", "halt_max",
};

const char * const vcpus_columns[NR_V] = {
	"exits", "dropped", "lost", "entries", "runs",
	"guest_cycles", "kvm_cycles", "wait_cycles", "user_cycles",
	"unknown_cycles", "ept", "ept_cycles", "bytes",
	"halt_cycles", "kvm_exits", "level2", "away_cycles",
};

struct reason *parse_find_reason(const struct text *t, struct vm *vm,
				 unsigned int number, unsigned int level)
{
	struct reason *r;
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		if (vm->reasons[i].number == number &&
		    vm->reasons[i].level == level)
			return &vm->reasons[i];
	r = vm->reasons;
	if (!(vm->nr_reasons % 16))
		r = realloc(r, (vm->nr_reasons + 16) * sizeof(*r));
	if (!r) {
		text_bad(t, "out of memory");
		return NULL;
	}
	vm->reasons = r;
	r = memset(&r[vm->nr_reasons++], 0, sizeof(*r));
	r->number = number;
	r->level = level;
	snprintf(r->name, sizeof(r->name), "%s%s", level == 2 ? "L2:" : "",
		 t->column[2]);
	tell_clean(r->name);
	return r;
}

int parse_reason(const struct text *t, struct vm *vm, int vcpu, struct keys *k,
		 unsigned int level_column, struct reason **r)
{
	__u64 number, level;
	int ret;

	*r = NULL;
	if (text_number(t, "reason", t->column[1], MOST_REASON, &number) ||
	    parse_level(t, level_column, &level))
		return -EBADMSG;
	ret = parse_key(t, k, vcpu, number << 2 | level);
	if (ret <= 0)
		return ret;
	*r = parse_find_reason(t, vm, number, level);
	return *r ? 0 : -EBADMSG;
}

static int merge_exits(const struct text *t, struct reason *r, const __u64 *n)
{
	int i;

	for (i = 0; i < NR_R; i++) {
		/* No sums, and the histogram has them, too. */
		if (i == R_MIN || i == R_MAX)
			continue;
		if (i == R_WAIT_MAX || i == R_USER_MAX || i == R_HALT_MAX) {
			if (n[i] > r->n[i])
				r->n[i] = n[i];
			continue;
		}
		if (parse_add(t, exits_columns[i], &r->n[i], n[i]))
			return -EBADMSG;
	}
	return 0;
}

int parse_exits(const struct text *t, unsigned int column, __u64 *n)
{
	__u64 sum;
	int i;

	for (i = 0; i < NR_R; i++)
		if (text_number(t, exits_columns[i], t->column[column + i],
				~0ULL, &n[i]))
			return -EBADMSG;
	sum = n[R_TIMED];
	if (parse_add(t, "open", &sum, n[R_OPEN]) ||
	    parse_add(t, "lost", &sum, n[R_LOST]))
		return -EBADMSG;
	if (n[R_EXITS] != sum)
		return text_bad(t, "exits is %llu, but timed + open + lost %llu",
				n[R_EXITS], sum);
	return 0;
}

int parse_exits_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	__u64 n[NR_R];

	if (parse_reason(t, vm, vcpu, k, 3 + NR_R, &r) ||
	    parse_exits(t, 3, n))
		return -EBADMSG;
	return r ? merge_exits(t, r, n) : 0;
}

/* LOW:COUNT and the blank behind it; *WORD: what comes then, or NULL */
static int parse_bucket(const struct text *t, char **word, __u64 *low,
			__u64 *count)
{
	char *bucket = *word, *colon, *end;

	for (colon = bucket; *colon && *colon != ' ' && *colon != ':'; colon++)
		;
	for (end = colon; *end && *end != ' '; end++)
		;
	*word = *end ? end + 1 : NULL;
	*end = '\0';
	if (colon == end)
		return text_bad(t, "bucket '%.40s' is not LOW:COUNT", bucket);
	*colon = '\0';
	return text_number(t, "bucket", bucket, ~0ULL, low) ||
	       text_number(t, "count", colon + 1, ~0ULL, count) ?
	       -EBADMSG : 0;
}

int parse_counts(const struct text *t, char *word, struct hist *h)
{
	__u64 buckets[KVMHOT_HIST_BUCKETS], low, count, mean, sum = 0;
	unsigned int index, first = 0, next = 0;

	if (!h->timed)
		return strcmp(word, "-") ?
		       text_bad(t, "timed is 0, but there are buckets") : 0;
	while (word) {
		if (parse_bucket(t, &word, &low, &count) ||
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
		if (!next) {
			first = index;
			next = index;
		}
		while (next < index)
			buckets[next++] = 0;
		buckets[next++] = count;
	}
	if (sum != h->timed)
		return text_bad(t, "timed is %llu, but the sum of the buckets %llu",
				h->timed, sum);
	if (kvmhot_hist_index(h->max) != next - 1)
		return text_bad(t, "max is %llu, but the last bucket %llu",
				h->max, kvmhot_hist_low(next - 1));
	mean = h->cycles / h->timed;
	if (mean < h->min || mean > h->max)
		return text_bad(t, "cycles / timed is not between min and max");
	return hist_set(h, first, next - first, buckets + first) ?
	       text_bad(t, "out of memory") : 0;
}

int parse_buckets(const struct text *t, unsigned int column,
		  unsigned int buckets, struct hist *h)
{
	char * const *word = t->column + column;

	memset(h, 0, sizeof(*h));
	if (text_number(t, "timed", word[0], ~0ULL, &h->timed) ||
	    text_number(t, "cycles", word[1], ~0ULL, &h->cycles) ||
	    text_number(t, "min", word[2], ~0ULL, &h->min) ||
	    text_number(t, "max", word[3], ~0ULL, &h->max))
		return -EBADMSG;
	if (!h->timed)
		return text_bad(t, "timed is 0");
	return parse_counts(t, t->column[buckets], h);
}

int parse_felt(struct text *t, unsigned int column, __u64 timed, struct hist *h)
{
	char * const *word = t->column + column;

	memset(h, 0, sizeof(*h));
	if (!t->has_felt)
		return 0;
	h->timed = timed;
	if (parse_columns(t, column + 4) ||
	    text_number(t, "felt_cycles", word[0], ~0ULL, &h->cycles) ||
	    text_number(t, "felt_min", word[1], ~0ULL, &h->min) ||
	    text_number(t, "felt_max", word[2], ~0ULL, &h->max))
		return -EBADMSG;
	/* Else 'min' would be taken for that of the KVM cost. */
	t->in = "felt_buckets: ";
	return parse_counts(t, word[3], h);
}

int parse_merge(const struct text *t, struct hist *to, const struct hist *h)
{
	__u64 timed = to->timed, cycles = to->cycles;

	/* No bucket can overflow if their sum does not. */
	if (parse_add(t, "timed", &timed, h->timed) ||
	    parse_add(t, "cycles", &cycles, h->cycles))
		return -EBADMSG;
	return hist_add(to, h) ? text_bad(t, "out of memory") : 0;
}

/* TO: NULL if the row is not wanted */
static int move_hist(const struct text *t, struct hist *to, struct hist *h)
{
	int ret = to ? parse_merge(t, to, h) : 0;

	hist_free(h);
	return ret;
}

int parse_hist_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	struct hist h;

	return parse_reason(t, vm, vcpu, k, 8, &r) ||
	       parse_buckets(t, 3, 7, &h) ||
	       move_hist(t, r ? &r->hist : NULL, &h) ||
	       parse_felt(t, 9, h.timed, &h) ||
	       move_hist(t, r ? &r->felt : NULL, &h) ? -EBADMSG : 0;
}

int parse_vcpus_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	__u64 tid, value;
	int i, wanted;

	wanted = parse_key(t, k, vcpu, 0);
	if (wanted < 0 ||
	    text_number(t, "tid", t->column[1], INT_MAX, &tid))
		return -EBADMSG;
	vm->nr_vcpus += wanted;
	vm->all_vcpus++;
	for (i = 0; i < NR_V; i++) {
		if (text_number(t, vcpus_columns[i], t->column[2 + i], ~0ULL,
				&value))
			return -EBADMSG;
		if (wanted && parse_add(t, vcpus_columns[i], &vm->n[i], value))
			return -EBADMSG;
	}
	return 0;
}
