// SPDX-License-Identifier: GPL-2.0
/* Parses the columns that make a histogram. */
#include <errno.h>
#include <string.h>

#include "read/buckets.h"
#include "read/parse.h"
#include "shared/hist.h"

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

int buckets_counts(const struct text *t, char *word, struct hist *h)
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

int buckets_parse(const struct text *t, unsigned int column,
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
	return buckets_counts(t, t->column[buckets], h);
}

int buckets_felt(struct text *t, unsigned int column, __u64 timed, struct hist *h)
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
	return buckets_counts(t, word[3], h);
}

int buckets_merge(const struct text *t, struct hist *to, const struct hist *h)
{
	__u64 timed = to->timed, cycles = to->cycles;

	/* No bucket can overflow if their sum does not. */
	if (parse_add(t, "timed", &timed, h->timed) ||
	    parse_add(t, "cycles", &cycles, h->cycles))
		return -EBADMSG;
	return hist_add(to, h) ? text_bad(t, "out of memory") : 0;
}
