// SPDX-License-Identifier: GPL-2.0
/* Parses words of the command line, and tells what is wrong with them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "base/words.h"

/* A shorter interval than this would mostly show the reader itself. */
#define MIN_DELAY	0.01
#define MAX_DELAY	1e6

int words_bad(const char *name, const char *word, const char *what)
{
	tell_error("%s: '%s' is not %s", name, word, what);
	return -1;
}

int words_number(const char *name, const char *word, long least,
		 long most, const char *what, long *n)
{
	char *end;

	errno = 0;
	*n = strtol(word, &end, 10);
	if (errno || *word < '0' || *word > '9' || *end || *n < least ||
	    *n > most)
		return words_bad(name, word, what);
	return 0;
}

int words_real(const char *word, double least, double most, double *v)
{
	char *end;

	*v = strtod(word, &end);
	if (!*word || *end || word[strspn(word, "0123456789.")] ||
	    !(*v >= least && *v <= most))
		return -1;
	return 0;
}

int words_delay(const char *name, const char *word, double *delay)
{
	char what[64];

	if (!words_real(word, MIN_DELAY, MAX_DELAY, delay))
		return 0;
	snprintf(what, sizeof(what), "an interval in seconds, %g to %g",
		 MIN_DELAY, MAX_DELAY);
	return words_bad(name, word, what);
}

int words_count(const char *name, const char *word, long *count)
{
	return words_number(name, word, 1, LONG_MAX, "a number of intervals",
			    count);
}
