// SPDX-License-Identifier: GPL-2.0
/* Keeps histograms of which only the buckets that are not empty take memory. */
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "shared/hist.h"

void hist_free(struct hist *h)
{
	free(h->bucket);
	h->bucket = NULL;
	h->nr = 0;
}

int hist_set(struct hist *h, unsigned int first, unsigned int nr,
	     const __u64 *bucket)
{
	h->bucket = NULL;
	h->first = first;
	h->nr = 0;
	if (!nr)
		return 0;
	h->bucket = malloc(nr * sizeof(*bucket));
	if (!h->bucket)
		return -1;
	memcpy(h->bucket, bucket, nr * sizeof(*bucket));
	h->nr = nr;
	return 0;
}

/* Buckets from FIRST up to END are to be there, those that are included. */
static int widen(struct hist *h, unsigned int first, unsigned int end)
{
	__u64 *bucket;

	if (h->nr && h->first < first)
		first = h->first;
	if (h->nr && h->first + h->nr > end)
		end = h->first + h->nr;
	if (end - first == h->nr)
		return 0;
	bucket = calloc(end - first, sizeof(*bucket));
	if (!bucket)
		return -1;
	if (h->nr)
		memcpy(bucket + (h->first - first), h->bucket,
		       h->nr * sizeof(*bucket));
	free(h->bucket);
	h->bucket = bucket;
	h->first = first;
	h->nr = end - first;
	return 0;
}

int hist_add(struct hist *to, const struct hist *h)
{
	unsigned int i;

	if (!h->timed)
		return 0;
	if (widen(to, h->first, h->first + h->nr))
		return -1;
	if (!to->timed || h->min < to->min)
		to->min = h->min;
	if (h->max > to->max)
		to->max = h->max;
	to->timed += h->timed;
	to->cycles += h->cycles;
	for (i = 0; i < h->nr; i++)
		to->bucket[h->first - to->first + i] += h->bucket[i];
	return 0;
}

__u64 hist_quantile(const struct hist *h, unsigned int per_mille)
{
	/* All 0 between two calls */
	static __u64 all[KVMHOT_HIST_BUCKETS];
	__u64 value;

	if (h->nr)
		memcpy(all + h->first, h->bucket, h->nr * sizeof(*all));
	value = kvmhot_hist_quantile(all, h->timed, per_mille, 1000, h->min,
				     h->max);
	memset(all + h->first, 0, h->nr * sizeof(*all));
	return value;
}
