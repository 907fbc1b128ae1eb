/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram: the values 0..7 have a bucket each, every power of
 * two above is cut into 8 equal buckets.  Any value is therefore known to
 * within 1/16 (6.25 %) of itself.  Pure arithmetic, shared by the module and
 * by the reader, so that both mean the same by a bucket.
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

/* The last bucket is open: all that is greater than this is counted as this. */
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
	/* Or 7, so that 0 (of which clz is undefined) to 7 are alike. */
#ifdef __KERNEL__
	return fls64(v | 7) - 3;
#else
	return 61 - __builtin_clzll(v | 7);
#endif
}

/**
 * kvmhot_hist_sub() - the place of a value's bucket within its group
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
 * kvmhot_hist_index() - the bucket of a value
 * @v: the value
 *
 * Return: 0..255, never falling as @v rises.
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
 * kvmhot_hist_value() - one value to stand for all in a bucket
 * @index: the bucket, 0..255
 * @min: least value in the whole histogram
 * @max: greatest value in the whole histogram
 *
 * Return: the middle of the bucket, but not outside @min..@max; @max for the
 * last bucket, which has no middle.
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
 * @count: their sum
 * @num: the quantile wanted is @num / @den ...
 * @den: ... for instance 999 / 1000; from @num = @den on it is @max
 * @min: least value counted
 * @max: greatest value counted
 *
 * Return: the value at rank ceil(@count * @num / @den), within 6.25 %; exact
 * for values below 16 and for the first and the last rank.  Values in the
 * last, open bucket are given as @max.  0 if @count is 0.
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

	/* In two parts, as count * num may not fit in 64 bits. */
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
