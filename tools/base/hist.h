/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps histograms of which only the buckets that are not empty take memory. */
#ifndef KVMHOT_BASE_HIST_H
#define KVMHOT_BASE_HIST_H

#include <linux/types.h>

/*
 * 'timed' to 'max' are of the exits in the buckets, nothing else.  Of 256 buckets
 * most are empty: only from the first to the last that is not are they kept.
 * All 0 is a good one, without exits.
 */
struct hist {
	__u64 timed, cycles, min, max;
	unsigned int first, nr;
	__u64 *bucket;		/* see hist_count() and hist_free() */
};

/* How many are in the bucket I? */
static inline __u64 hist_count(const struct hist *h, unsigned int i)
{
	return i - h->first < h->nr ? h->bucket[i - h->first] : 0;
}

void hist_free(struct hist *h);
/* H gets NR buckets from FIRST on, a copy: 0, or -1 without memory, not told */
int hist_set(struct hist *h, unsigned int first, unsigned int nr,
	     const __u64 *bucket);
/* 0, or -1 without memory, not told */
int hist_add(struct hist *to, const struct hist *h);
__u64 hist_quantile(const struct hist *h, unsigned int per_mille);

#endif /* KVMHOT_BASE_HIST_H */
