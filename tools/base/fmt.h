/* SPDX-License-Identifier: GPL-2.0 */
/* Formats figures as people read them: each fits into its column. */
#ifndef KVMHOT_BASE_FMT_H
#define KVMHOT_BASE_FMT_H

#include <linux/types.h>
#include <stdbool.h>

#define __printf(a, b)	__attribute__((__format__(__printf__, \
						  a, b)))

/* By value, so that one printf() may hold several. */
struct cell {
	char text[48];
};

/* Three digits and a suffix, at most five characters: 999, 1.23k, 45.6M */
struct cell fmt_count(__u64 n);
struct cell fmt_real(double v);

/* One in how many: '-' if OF is 0 */
struct cell fmt_per(__u64 n, __u64 of);

/* The same of what may be far below one: two digits, at most seven characters. */
struct cell fmt_ratio(__u64 n, __u64 of);

/* ENOENT: what perf means by an errno is not what strerror() says of it. */
struct cell fmt_errno(__u64 error);

/*
 * '-' if OF is 0.  Of N greater than OF, where one is read later than the
 * other, 100.
 */
struct cell fmt_percent(__u64 n, __u64 of);
/* What fmt_percent() leaves to 100, to the last digit. */
struct cell fmt_rest(__u64 n, __u64 of);
/*
 * With two digits, rounded away from 100: 100.00 means that nothing lacks, and
 * nothing is too much.
 */
struct cell fmt_coverage(__u64 n, __u64 of);

#define PLURAL(n)	((n) == 1 ? "" : "s")

/* Cycles of so many KHZ in milliseconds, at most six characters. */
struct cell fmt_ms(__u64 cycles, __u64 khz);
struct cell fmt_seconds(double s);

/* A name cut to WIDTH, with '~' at its end if it was. */
struct cell fmt_name(const char *name, unsigned int width);

/* N of MOST as a bar of up to WIDTH '*', at least one if N is not 0. */
struct cell fmt_bar(__u64 n, __u64 most, unsigned int width);

#endif /* KVMHOT_BASE_FMT_H */
