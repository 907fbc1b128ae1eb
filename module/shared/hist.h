/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Defines the buckets of a log-linear histogram.  The values 0..7 have a bucket each, and
 * every power of two above is cut into 8 equal buckets.  So any value is known to within
 * 1/16 (6.25 %) of itself.  Pure arithmetic, shared by the module and the reader, so that
 * both mean the same by a bucket.
 */
#ifndef KVMHOT_HIST_H
#define KVMHOT_HIST_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/bitops.h>
#endif

#define KVMHOT_HIST_GROUPS	32
#define KVMHOT_HIST_SUB		8
#define KVMHOT_HIST_BUCKETS	(KVMHOT_HIST_GROUPS * KVMHOT_HIST_SUB)

/* The last bucket is open: any greater value is counted as this one. */
#define KVMHOT_HIST_TOP		((1ULL << 34) - 1)

/**
 * kvmhot_hist_group() - the group of 8 buckets that a value falls into
 * @v: the value
 *
 * Return: 0 for values below 8, else one group for each power of two; 0..31.
 */
static inline unsigned int kvmhot_hist_group(__u64 v)
{
	if (v > KVMHOT_HIST_TOP)
		v = KVMHOT_HIST_TOP;
	/* With "| 7" all of 0 to 7 are in group 0; clz of 0 is undefined. */
#ifdef __KERNEL__
	return fls64(v | 7) - 3;
#else
	return 61 - __builtin_clzll(v | 7);
#endif
}

/**
 * kvmhot_hist_sub() - index of a value's bucket within its group
 * @v: the value
 *
 * Return: 0..7.
 */
static inline unsigned int kvmhot_hist_sub(__u64 v)
{
	unsigned int group = kvmhot_hist_group(v);

	if (v > KVMHOT_HIST_TOP)
		v = KVMHOT_HIST_TOP;
	/* Groups 0 and 1 both have buckets of width 1. */
	return (v >> (group - !!group)) & (KVMHOT_HIST_SUB - 1);
}

/**
 * kvmhot_hist_index() - index of a value's bucket
 * @v: the value
 *
 * Return: 0..255; never falls as @v rises.
 */
static inline unsigned int kvmhot_hist_index(__u64 v)
{
	return kvmhot_hist_group(v) * KVMHOT_HIST_SUB + kvmhot_hist_sub(v);
}

/**
 * kvmhot_hist_low() - the least value of a bucket
 * @index: the bucket, 0..255
 *
 * Return: the least value that kvmhot_hist_index() maps to @index.
 */
static inline __u64 kvmhot_hist_low(unsigned int index)
{
	unsigned int group = index / KVMHOT_HIST_SUB;
	__u64 sub = index % KVMHOT_HIST_SUB;

	return group ? (KVMHOT_HIST_SUB + sub) << (group - 1) : sub;
}

/**
 * kvmhot_hist_high() - the greatest value of a bucket
 * @index: the bucket, 0..255
 *
 * Return: the greatest value that kvmhot_hist_index() maps to @index.
 */
static inline __u64 kvmhot_hist_high(unsigned int index)
{
	if (index >= KVMHOT_HIST_BUCKETS - 1)
		return ~0ULL;
	return kvmhot_hist_low(index + 1) - 1;
}

/**
 * kvmhot_hist_value() - a value that stands for all values in a bucket
 * @index: the bucket, 0..255
 * @min: least value in the whole histogram
 * @max: greatest value in the whole histogram
 *
 * Return: the middle of the bucket, but within @min..@max; @max for the last bucket,
 * which has no middle.
 */
static inline __u64 kvmhot_hist_value(unsigned int index, __u64 min, __u64 max)
{
	__u64 low, value;

	if (index >= KVMHOT_HIST_BUCKETS - 1)
		return max;
	low = kvmhot_hist_low(index);
	value = low + (kvmhot_hist_high(index) - low) / 2;
	if (value < min)
		return min;
	return value > max ? max : value;
}

/**
 * kvmhot_hist_quantile() - a quantile, by nearest rank
 * @buckets: KVMHOT_HIST_BUCKETS counts
 * @count: sum of the counts
 * @num: numerator of the quantile, such as 999 of 999 / 1000
 * @den: denominator of the quantile; if @num >= @den, the result is @max
 * @min: least value that was counted
 * @max: greatest value that was counted
 *
 * Return: the value at rank ceil(@count * @num / @den), within 6.25 %; exact for values
 * below 16, and for the first and the last rank.  Values in the last, open bucket are
 * given as @max.  0 if @count is 0.
 */
static inline __u64 kvmhot_hist_quantile(const __u64 *buckets, __u64 count,
					 __u32 num, __u32 den, __u64 min,
					 __u64 max)
{
	unsigned int i;
	__u64 rank;

	if (!count)
		return 0;
	if (!num)
		return min;
	if (num >= den)
		return max;

	/* Multiply in two parts, as count * num may not fit in 64 bits. */
	rank = count % den * num;
	rank = count / den * num + rank / den + !!(rank % den);
	if (rank <= 1)
		return min;
	if (rank >= count)
		return max;

	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++) {
		if (buckets[i] >= rank)
			return kvmhot_hist_value(i, min, max);
		rank -= buckets[i];
	}
	return max;
}

#endif /* KVMHOT_HIST_H */
