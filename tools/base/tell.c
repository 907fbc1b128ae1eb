// SPDX-License-Identifier: GPL-2.0
/* Tells errors on standard error, or to whoever asked for them. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/tell.h"

static char *redirected;
static size_t redirected_size;

void tell_clean(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

void tell_redirect(char *buf, size_t size)
{
	redirected = buf;
	redirected_size = size;
}

void tell_error(const char *format, ...)
{
	char msg[PATH_MAX + 1024];
	va_list args;

	va_start(args, format);
	vsnprintf(msg, sizeof(msg), format, args);
	va_end(args);

	/* Files, and the names of files, are others' as often as not. */
	tell_clean(msg);
	if (redirected)
		snprintf(redirected, redirected_size, "%s", msg);
	else
		fprintf(stderr, "kvmhot: %s\n", msg);
}
