/* SPDX-License-Identifier: GPL-2.0 */
/* TAP and kselftest's exit codes for the unit tests in C. */
#ifndef KVMHOT_TAP_H
#define KVMHOT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned int tap_nr, tap_failed;

static inline void tap_plan(unsigned int nr)
{
	printf("TAP version 13\n1..%u\n", nr);
}

static inline void tap_ok(bool ok, const char *name)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++tap_nr, name);
	tap_failed += !ok;
}

/* Tells why, before the line of the test; false, to be returned. */
static inline bool tap_why(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

static inline int tap_status(void)
{
	return tap_failed ? 1 : 0;
}

#endif /* KVMHOT_TAP_H */
