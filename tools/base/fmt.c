// SPDX-License-Identifier: GPL-2.0
/* Formats figures as people read them: each fits into its column. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"

struct cell fmt_real(double v)
{
	static const char suffix[] = " kMGTPE";
	struct cell c;
	int i = 0;

	/* The limits are where rounding would make a digit more. */
	while (v >= 999.5 && i < 6) {
		v /= 1000;
		i++;
	}
	snprintf(c.text, sizeof(c.text), "%.*f%.*s",
		 v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, !!i, suffix + i);
	return c;
}

struct cell fmt_count(__u64 n)
{
	struct cell c;

	if (n >= 1000)
		return fmt_real(n);
	snprintf(c.text, sizeof(c.text), "%llu", n);
	return c;
}

struct cell fmt_per(__u64 n, __u64 of)
{
	if (!of)
		return (struct cell){ "-" };
	return n / of < 100 ? fmt_real((double)n / of) : fmt_count(n / of);
}

struct cell fmt_ratio(__u64 n, __u64 of)
{
	double v = of ? (double)n / of : 0;
	struct cell c;

	if (!of || !n || v >= 0.0995)
		return n || !of ? fmt_per(n, of) : (struct cell){ "0" };
	/* The limits are, again, where rounding would make a digit more. */
	if (v < 0.000095)
		snprintf(c.text, sizeof(c.text), "%.0e", v);
	else
		snprintf(c.text, sizeof(c.text), "%.*f",
			 v < 0.000995 ? 5 : v < 0.00995 ? 4 : 3, v);
	return c;
}

struct cell fmt_errno(__u64 error)
{
	static const struct {
		int number;
		const char *name;
	} errors[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { ESRCH, "ESRCH" },
		{ EINTR, "EINTR" }, { EIO, "EIO" }, { ENXIO, "ENXIO" },
		{ E2BIG, "E2BIG" }, { EAGAIN, "EAGAIN" },
		{ ENOMEM, "ENOMEM" }, { EACCES, "EACCES" },
		{ EFAULT, "EFAULT" }, { EBUSY, "EBUSY" }, { ENODEV, "ENODEV" },
		{ EINVAL, "EINVAL" }, { EMFILE, "EMFILE" },
		{ ENOSPC, "ENOSPC" }, { ERANGE, "ERANGE" },
		{ EOVERFLOW, "EOVERFLOW" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { ECHILD, "ECHILD" },
		{ ETIMEDOUT, "ETIMEDOUT" },
	};
	struct cell c;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (error == (__u64)errors[i].number)
			return fmt_name(errors[i].name, 20);
	snprintf(c.text, sizeof(c.text), "errno %llu", error);
	return c;
}

struct cell fmt_percent(__u64 n, __u64 of)
{
	struct cell c;

	if (!of)
		return (struct cell){ "-" };
	if (n > of)
		n = of;
	snprintf(c.text, sizeof(c.text), "%.1f", n * 100.0 / of);
	return c;
}

struct cell fmt_rest(__u64 n, __u64 of)
{
	struct cell c = fmt_percent(n, of);

	if (of)
		snprintf(c.text, sizeof(c.text), "%.1f",
			 100 - strtod(c.text, NULL));
	return c;
}

struct cell fmt_coverage(__u64 n, __u64 of)
{
	unsigned __int128 hundredths = (unsigned __int128)n * 10000;
	unsigned long long rounded;
	struct cell c;

	if (!of)
		return (struct cell){ "-" };
	if (n > of)
		hundredths += of - 1;
	hundredths /= of;
	rounded = hundredths > ~0ULL ? ~0ULL : hundredths;
	snprintf(c.text, sizeof(c.text), "%llu.%02llu", rounded / 100,
		 rounded % 100);
	return c;
}

struct cell fmt_ms(__u64 cycles, __u64 khz)
{
	double ms = (double)cycles / khz;
	struct cell c;

	if (!cycles)
		return (struct cell){ "0" };
	/* fmt_real() ends at hundredths: too coarse for what takes us. */
	if (ms >= 0.9995)
		return fmt_real(ms);
	snprintf(c.text, sizeof(c.text), "%.*f", ms < 0.09995 ? 4 : 3, ms);
	return c;
}

struct cell fmt_seconds(double s)
{
	unsigned long long t = s;
	struct cell c;

	if (s < 99.95)
		snprintf(c.text, sizeof(c.text), s < 9.995 ? "%.2fs" : "%.1fs",
			 s);
	else if (t < 3600)
		snprintf(c.text, sizeof(c.text), "%llum%02llus", t / 60,
			 t % 60);
	else if (t < 86400)
		snprintf(c.text, sizeof(c.text), "%lluh%02llum", t / 3600,
			 t / 60 % 60);
	else
		snprintf(c.text, sizeof(c.text), "%llud%02lluh", t / 86400,
			 t / 3600 % 24);
	return c;
}

struct cell fmt_name(const char *name, unsigned int width)
{
	struct cell c;

	if (width >= sizeof(c.text))
		width = sizeof(c.text) - 1;
	if (strlen(name) <= width)
		snprintf(c.text, sizeof(c.text), "%s", name);
	else
		snprintf(c.text, sizeof(c.text), "%.*s~", (int)width - 1, name);
	return c;
}

struct cell fmt_bar(__u64 n, __u64 most, unsigned int width)
{
	struct cell c = { "" };
	unsigned int stars = 0;

	if (width >= sizeof(c.text))
		width = sizeof(c.text) - 1;
	if (most)
		stars = (double)n / most * width + 0.5;
	if (n && !stars)
		stars = 1;
	if (stars > width)
		stars = width;
	memset(c.text, '*', stars);
	return c;
}
