// SPDX-License-Identifier: GPL-2.0
/* Tells findings about this host, and counts them. */
#include <stdarg.h>
#include <stdio.h>

#include "base/exit.h"
#include "base/tell.h"
#include "check/found.h"

#define INDENT	9	/* of the remedy: the width of a verdict */

static unsigned int found[NR_FOUND];

static const char * const words[NR_FOUND] = {
	[FOUND_OK]		= "ok",
	[FOUND_NOTE]		= "note",
	[FOUND_UNKNOWN]		= "unknown",
	[FOUND_INCOMPLETE]	= "PROBLEM",
	[FOUND_STOPPED]		= "PROBLEM",
};

/* Much of what is told was read from files, which are others'. */
static void print_clean(const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	tell_clean(line);
	puts(line);
}

void found_tell(enum verdict verdict, const char *topic, const char *format,
		...)
{
	va_list args;

	found[verdict]++;
	printf("%-*s%-9s ", INDENT, words[verdict], topic);
	va_start(args, format);
	print_clean(format, args);
	va_end(args);
}

void found_remedy(const char *format, ...)
{
	va_list args;

	printf("%*sremedy: ", INDENT, "");
	va_start(args, format);
	print_clean(format, args);
	va_end(args);
}

void found_means(const char *format, ...)
{
	va_list args;

	printf("%*smeans: ", INDENT, "");
	va_start(args, format);
	print_clean(format, args);
	va_end(args);
}

int found_sum(void)
{
	unsigned int problems = found[FOUND_INCOMPLETE] + found[FOUND_STOPPED];

	if (problems)
		printf("%u problem%s", problems, PLURAL(problems));
	else
		printf("no problem");
	if (found[FOUND_NOTE])
		printf(", %u note%s", found[FOUND_NOTE],
		       PLURAL(found[FOUND_NOTE]));
	if (found[FOUND_UNKNOWN])
		printf(", %u unknown", found[FOUND_UNKNOWN]);
	putchar('\n');
	if (found[FOUND_STOPPED])
		return EXIT_FAILED;
	return found[FOUND_INCOMPLETE] ? EXIT_INCOMPLETE : EXIT_FINE;
}
