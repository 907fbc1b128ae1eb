// SPDX-License-Identifier: GPL-2.0
/* tools/base/fmt.c: where rounding makes a digit more, and the limits. */
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "tap.h"

static bool same(struct cell got, const char *want)
{
	return !strcmp(got.text, want) || tap_why("'%s', not '%s'", got.text,
						  want);
}

static bool test_count(void)
{
	static const struct {
		__u64 n;
		const char *text;
	} t[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1.00k" },
		{ 9994, "9.99k" }, { 9996, "10.0k" }, { 99940, "99.9k" },
		{ 99960, "100k" }, { 999499, "999k" }, { 999500, "1.00M" },
		{ 999999999, "1.00G" }, { ~0ULL, "18.4E" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!same(fmt_count(t[i].n), t[i].text))
			return false;
	return true;
}

static bool test_real(void)
{
	return same(fmt_real(0), "0.00") && same(fmt_real(0.25), "0.25") &&
	       same(fmt_real(9.996), "10.0") && same(fmt_real(99.96), "100") &&
	       same(fmt_real(999.4), "999") && same(fmt_real(999.6), "1.00k");
}

static bool test_parts(void)
{
	return same(fmt_per(1, 0), "-") && same(fmt_per(10, 4), "2.50") &&
	       same(fmt_per(~0ULL, 1), "18.4E") &&
	       same(fmt_percent(1, 0), "-") && same(fmt_percent(0, 5), "0.0") &&
	       same(fmt_percent(1, 3), "33.3") &&
	       same(fmt_percent(~0ULL, ~0ULL), "100.0") &&
	       same(fmt_percent(3, 2), "100.0");
}

static bool test_ratio(void)
{
	static const struct {
		__u64 n, of;
		const char *text;
	} t[] = {
		{ 1, 0, "-" }, { 0, 0, "-" }, { 0, 7, "0" }, { 5, 2, "2.50" },
		{ 996, 10000, "0.10" }, { 994, 10000, "0.099" },
		{ 96, 10000, "0.0096" }, { 996, 100000, "0.010" },
		{ 96, 100000, "0.00096" }, { 94, 100000, "0.00094" },
		{ 96, 1000000, "0.00010" }, { 94, 1000000, "9e-05" },
		{ 1, ~0ULL, "5e-20" }, { ~0ULL, 1, "18.4E" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!same(fmt_ratio(t[i].n, t[i].of), t[i].text) ||
		    strlen(fmt_ratio(t[i].n, t[i].of).text) > 7)
			return false;
	return true;
}

static bool test_errno(void)
{
	return same(fmt_errno(2), "ENOENT") && same(fmt_errno(16), "EBUSY") &&
	       same(fmt_errno(95), "EOPNOTSUPP") &&
	       same(fmt_errno(0), "errno 0") &&
	       same(fmt_errno(4095), "errno 4095");
}

static bool test_rest(void)
{
	__u64 n;

	/* Halves, where both would be rounded up */
	for (n = 0; n <= 2000; n++) {
		double sum = atof(fmt_percent(n, 2000).text) +
			     atof(fmt_rest(n, 2000).text);

		if (sum < 99.99 || sum > 100.01)
			return tap_why("%llu: %f", n, sum);
	}
	return same(fmt_rest(1, 0), "-") && same(fmt_rest(0, 5), "100.0") &&
	       same(fmt_rest(5, 5), "0.0") && same(fmt_rest(6, 5), "0.0") &&
	       same(fmt_rest(2, 3), "33.3");
}

static bool test_coverage(void)
{
	return same(fmt_coverage(1, 0), "-") &&
	       same(fmt_coverage(0, 7), "0.00") &&
	       same(fmt_coverage(1, 3), "33.33") &&
	       same(fmt_coverage(999999, 1000000), "99.99") &&
	       same(fmt_coverage(~0ULL - 1, ~0ULL), "99.99") &&
	       same(fmt_coverage(~0ULL, ~0ULL), "100.00") &&
	       same(fmt_coverage(8, 7), "114.29") &&
	       same(fmt_coverage(1000001, 1000000), "100.01") &&
	       same(fmt_coverage(~0ULL, ~0ULL - 1), "100.01") &&
	       same(fmt_coverage(3, 1), "300.00") &&
	       same(fmt_coverage(~0ULL, 1), "184467440737095516.15");
}

static bool test_ms(void)
{
	static const struct {
		__u64 cycles;
		const char *text;
	} t[] = {
		{ 0, "0" }, { 1, "0.0000" }, { 500, "0.0005" },
		{ 12345, "0.0123" }, { 99940, "0.0999" }, { 99960, "0.100" },
		{ 123456, "0.123" }, { 999400, "0.999" }, { 999600, "1.00" },
		{ 12345678, "12.3" }, { 4000000000, "4.00k" },
		{ ~0ULL, "18.4T" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!same(fmt_ms(t[i].cycles, 1000000), t[i].text) ||
		    strlen(fmt_ms(t[i].cycles, 1000000).text) > 6)
			return false;
	return same(fmt_ms(~0ULL, 1), "18.4E") && same(fmt_ms(7, 7), "1.00");
}

static bool test_seconds(void)
{
	return same(fmt_seconds(0), "0.00s") &&
	       same(fmt_seconds(9.996), "10.0s") &&
	       same(fmt_seconds(99.96), "1m39s") &&
	       same(fmt_seconds(3599.9), "59m59s") &&
	       same(fmt_seconds(3600), "1h00m") &&
	       same(fmt_seconds(86400 * 3 + 3600), "3d01h");
}

static bool test_text(void)
{
	return same(fmt_name("abc", 3), "abc") &&
	       same(fmt_name("abcd", 3), "ab~") &&
	       same(fmt_bar(0, 10, 4), "") && same(fmt_bar(1, 1000, 4), "*") &&
	       same(fmt_bar(5, 10, 4), "**") && same(fmt_bar(9, 9, 4), "****") &&
	       same(fmt_bar(0, 0, 4), "");
}

int main(void)
{
	tap_plan(10);
	tap_ok(test_count(), "counts");
	tap_ok(test_real(), "reals");
	tap_ok(test_parts(), "means and percentages");
	tap_ok(test_ratio(), "ratios, be they small");
	tap_ok(test_errno(), "names of errors");
	tap_ok(test_rest(), "what is left to 100");
	tap_ok(test_coverage(), "coverage is rounded away from 100");
	tap_ok(test_ms(), "milliseconds");
	tap_ok(test_seconds(), "durations");
	tap_ok(test_text(), "names and bars");
	return tap_status();
}
