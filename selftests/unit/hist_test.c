// SPDX-License-Identifier: GPL-2.0
/*
 * module/shared/hist.h against a plain reckoning of its own: buckets by dividing,
 * quantiles by sorting.
 */
#include <stdlib.h>
#include <string.h>

#include "shared/hist.h"
#include "rnd.h"
#include "tap.h"

#define NR_VALUES	20000
#define OPEN		(15ULL << 30)

/* Of all magnitudes alike. */
static __u64 rnd_log(void)
{
	return rnd() >> (rnd() % 64);
}

/* The bucket of V from the words of module/ABI. */
static unsigned int plain_index(__u64 v)
{
	unsigned int index = 8;
	__u64 low = 8;

	if (v < 8)
		return v;
	if (v >= OPEN)
		return 255;
	for (; v >= 2 * low; low *= 2)
		index += 8;
	return index + (v - low) / (low / 8);
}

static bool test_edges(void)
{
	unsigned int i;

	if (kvmhot_hist_low(0) != 0 || kvmhot_hist_low(255) != OPEN ||
	    kvmhot_hist_high(255) != ~0ULL)
		return tap_why("ends: %llu, %llu, %llu", kvmhot_hist_low(0),
			       kvmhot_hist_low(255), kvmhot_hist_high(255));
	for (i = 0; i < 256; i++) {
		__u64 low = kvmhot_hist_low(i), high = kvmhot_hist_high(i);

		if (low > high || kvmhot_hist_index(low) != i ||
		    kvmhot_hist_index(high) != i)
			return tap_why("bucket %u: %llu..%llu", i, low, high);
		if (i && kvmhot_hist_high(i - 1) + 1 != low)
			return tap_why("bucket %u: a gap before %llu", i, low);
		if (i >= 8 && i < 255 && (high - low + 1) * 8 > low)
			return tap_why("bucket %u: too wide", i);
	}
	return true;
}

static bool check_index(__u64 v)
{
	unsigned int index = kvmhot_hist_index(v);

	if (index == plain_index(v) && index == kvmhot_hist_group(v) * 8 +
	    kvmhot_hist_sub(v) && kvmhot_hist_sub(v) < 8 &&
	    kvmhot_hist_group(v) < 32)
		return true;
	return tap_why("%llu: bucket %u, not %u", v, index, plain_index(v));
}

static bool test_powers(void)
{
	int i, j;

	for (i = 0; i < 64; i++)
		for (j = -1; j <= 1; j++)
			if (!check_index((1ULL << i) + j))
				return false;
	return check_index(0) && check_index(~0ULL) && check_index(~0ULL - 1) &&
	       check_index(OPEN - 1) && check_index(OPEN);
}

static bool test_small(void)
{
	__u64 v;

	for (v = 0; v < 100000; v++)
		if (!check_index(v))
			return false;
	return true;
}

static bool test_random(void)
{
	int i;

	for (i = 0; i < 1000000; i++)
		if (!check_index(rnd_log()))
			return false;
	return true;
}

static bool test_value(void)
{
	/* 32..35 is one bucket: its middle, and what the bounds make of it */
	unsigned int i = kvmhot_hist_index(32);

	return kvmhot_hist_value(i, 0, 1000) == 33 &&
	       kvmhot_hist_value(i, 35, 1000) == 35 &&
	       kvmhot_hist_value(i, 0, 32) == 32 &&
	       kvmhot_hist_value(7, 0, 1000) == 7 &&
	       kvmhot_hist_value(255, 5, OPEN * 9) == OPEN * 9;
}

static int compare(const void *a, const void *b)
{
	const __u64 *va = a, *vb = b;

	return (*va > *vb) - (*va < *vb);
}

static __u64 plain_rank(__u64 count, __u32 num, __u32 den)
{
	unsigned __int128 product = (unsigned __int128)count * num;

	return product / den + !!(product % den);
}

/* The values, which are sorted, by both ways for many quantiles. */
static bool check_quantiles(__u64 *v, __u64 count, const char *what)
{
	static const __u32 q[][2] = {
		{ 0, 1 }, { 1, 1 }, { 1, 2 }, { 9, 10 }, { 95, 100 },
		{ 99, 100 }, { 999, 1000 }, { 9999, 10000 }, { 1, 1000 },
		{ 1, 3 }, { 2, 3 }, { 1, 4294967295U }, { 7, 4294967295U },
		{ 4294967294U, 4294967295U }, { 500, 1000 }, { 5, 4 },
	};
	__u64 buckets[KVMHOT_HIST_BUCKETS] = { 0 }, i, exact, got, off, max;

	qsort(v, count, sizeof(*v), compare);
	max = v[count ? count - 1 : 0];
	for (i = 0; i < count; i++)
		buckets[plain_index(v[i])]++;
	for (i = 0; i < sizeof(q) / sizeof(*q); i++) {
		__u64 rank = plain_rank(count, q[i][0], q[i][1]);

		exact = rank > count ? max : v[rank ? rank - 1 : 0];
		got = kvmhot_hist_quantile(buckets, count, q[i][0], q[i][1],
					   v[0], max);
		if (exact >= OPEN)
			exact = max;
		off = got > exact ? got - exact : exact - got;
		if (off > exact / 16 || (exact < 16 && off) ||
		    ((rank <= 1 || rank >= count) && off))
			return tap_why("%s: %llu values, %u/%u: %llu, not %llu",
				       what, count, q[i][0], q[i][1], got,
				       exact);
	}
	return true;
}

static __u64 make_equal(__u64 i)
{
	(void)i;
	return 1234567;
}

static __u64 make_two(__u64 i)
{
	return i % 100 ? 1500 : 900000000;
}

static __u64 make_uniform(__u64 i)
{
	(void)i;
	return 1000 + rnd() % 4000;
}

static __u64 make_magnitudes(__u64 i)
{
	(void)i;
	return rnd_log();
}

/* One in 2, 4, 8 ... is twice as long: a heavy tail. */
static __u64 make_tail(__u64 i)
{
	(void)i;
	return (800 + rnd() % 400) << __builtin_ctzll(rnd() | 1ULL << 40);
}

static __u64 make_small(__u64 i)
{
	return i % 17;
}

static __u64 make_powers(__u64 i)
{
	return (1ULL << i % 34) + i % 3 - 1;
}

/* The ends of the buckets are farthest from the middle. */
static __u64 make_ends(__u64 i)
{
	unsigned int index = rnd() % 255;

	return i & 1 ? kvmhot_hist_low(index) : kvmhot_hist_high(index);
}

static bool test_quantiles(__u64 (*make)(__u64 i), const char *what)
{
	static const __u64 counts[] = {
		1, 2, 3, 10, 99, 100, 101, 1000, NR_VALUES,
	};
	static __u64 v[NR_VALUES];
	unsigned int i;
	__u64 j;

	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		for (j = 0; j < counts[i]; j++)
			v[j] = make(j);
		if (!check_quantiles(v, counts[i], what))
			return false;
	}
	return true;
}

/* Counts that no product of fits in 64 bits. */
static bool test_huge(void)
{
	__u64 buckets[KVMHOT_HIST_BUCKETS] = { 0 }, count = 1ULL << 63, got;
	__u32 den = 4000000000U, num;
	unsigned int i;

	/* 3, 5 and 6, the border between the first two where num is 10^9 */
	buckets[3] = count / 4;
	buckets[5] = count / 2;
	buckets[6] = count / 4;
	for (i = 0; i < 1000; i++) {
		__u64 rank, want = 6;

		num = i < 3 ? den / 4 - 1 + i : 1 + rnd() % (den - 1);
		rank = plain_rank(count, num, den);
		if (rank <= count / 4)
			want = 3;
		else if (rank <= count / 4 * 3)
			want = 5;
		got = kvmhot_hist_quantile(buckets, count, num, den, 3, 6);
		if (got != want)
			return tap_why("%u/%u: %llu, not %llu", num, den, got,
				       want);
	}
	return true;
}

static bool test_empty(void)
{
	__u64 buckets[KVMHOT_HIST_BUCKETS] = { 0 };

	return !kvmhot_hist_quantile(buckets, 0, 1, 2, 5, 9) &&
	       !kvmhot_hist_quantile(buckets, 0, 0, 1, 5, 9) &&
	       !kvmhot_hist_quantile(buckets, 0, 1, 1, 5, 9);
}

static const struct {
	const char *name;
	__u64 (*make)(__u64 i);
} kinds[] = {
	{ "all equal", make_equal },
	{ "two values", make_two },
	{ "uniform", make_uniform },
	{ "all magnitudes", make_magnitudes },
	{ "heavy tail", make_tail },
	{ "small", make_small },
	{ "powers of two +-1", make_powers },
	{ "ends of buckets", make_ends },
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

int main(void)
{
	char name[64];
	unsigned int i;

	tap_plan(7 + NR_KINDS);
	tap_ok(test_edges(), "buckets: contiguous, each its own index");
	tap_ok(test_powers(), "index: powers of two +-1, 0 and U64_MAX");
	tap_ok(test_small(), "index: 0 to 99999");
	tap_ok(test_random(), "index: a million random values");
	tap_ok(test_value(), "value: middle, within min and max");
	for (i = 0; i < NR_KINDS; i++) {
		snprintf(name, sizeof(name), "quantile: %s", kinds[i].name);
		tap_ok(test_quantiles(kinds[i].make, kinds[i].name), name);
	}
	tap_ok(test_huge(), "quantile: 2^63 values");
	tap_ok(test_empty(), "quantile: no values");
	return tap_status();
}
