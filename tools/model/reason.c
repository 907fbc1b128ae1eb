// SPDX-License-Identifier: GPL-2.0
/*
 * Matches exit reasons with words as people write them: by the kernel's name in any
 * case, as REASON_N, or by number; L2: in front for those of a nested guest.
 */
#include <string.h>
#include <strings.h>

#include "base/tell.h"
#include "model/reason.h"
#include "shared/reasons.h"

#define LEVEL2	"L2:"

/* 'L2:' begins what is of level 2: the level; *S is set behind it. */
static unsigned int parse_level(const char **s, size_t *len)
{
	if (*len < 3 || strncasecmp(*s, LEVEL2, 3))
		return 1;
	*s += 3;
	*len -= 3;
	return 2;
}

/* N or REASON_N, be there such a reason or not: its number, else -1 */
static long parse_number(const char *s, size_t len)
{
	unsigned int digits = 0;
	long n = 0;

	if (len > 7 && !strncasecmp(s, "REASON_", 7)) {
		s += 7;
		len -= 7;
	}
	for (; len && *s >= '0' && *s <= '9'; s++, len--, digits++)
		n = n > 1000000 ? n : n * 10 + *s - '0';
	return len || !digits ? -1 : n;
}

static bool is_name(const char *name, const char *s, size_t len)
{
	return strlen(name) == len && !strncasecmp(name, s, len);
}

static bool has_name(const char *s, size_t len)
{
	unsigned int i;

	for (i = 0; i <= KVMHOT_REASON_LAST; i++)
		if (kvmhot_reason_name(i) &&
		    is_name(kvmhot_reason_name(i), s, len))
			return true;
	return false;
}

int reason_check(const char *word, size_t len)
{
	const char *name = word;
	size_t name_len = len;
	long n;

	parse_level(&name, &name_len);
	n = parse_number(name, name_len);
	/* Reasons above the last share its row: it is not theirs alone. */
	if (n > KVMHOT_REASON_LAST)
		tell_error("-r: %.*s: exit reasons have numbers 0..%d", (int)len,
			   word, KVMHOT_REASON_LAST);
	else if (n < 0 && !has_name(name, name_len))
		tell_error("-r: no such exit reason: %.*s", (int)len, word);
	else
		return 0;
	return -1;
}

bool reason_is(const struct reason *r, const char *word, size_t len)
{
	if (parse_level(&word, &len) != r->level)
		return false;
	return parse_number(word, len) == (long)r->number ||
	       is_name(r->name + (r->level == 2 ? strlen(LEVEL2) : 0), word,
		       len);
}
