// SPDX-License-Identifier: GPL-2.0
/* Reads a text file line by line, with errors that name file and line. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/store.h"
#include "read/text.h"
#include "shared/version.h"

int text_bad(const struct text *t, const char *format, ...)
{
	char msg[512];
	va_list args;

	va_start(args, format);
	vsnprintf(msg, sizeof(msg), format, args);
	va_end(args);

	if (t->line)
		tell_error("%s: line %u: %s%s", t->path, t->line, t->in, msg);
	else
		tell_error("%s: %s", t->path, msg);
	return -EBADMSG;
}

int text_line(struct text *t)
{
	char *end;

	t->line++;
	t->in = "";
	t->buf = t->next;
	if (t->next == t->end)
		return 0;
	end = memchr(t->next, '\n', t->end - t->next);
	t->next = end ? end + 1 : t->end;
	/* There is room for it: see store.h. */
	if (end)
		*end = '\0';
	else
		end = t->end;
	if (strlen(t->buf) != (size_t)(end - t->buf))
		return text_bad(t, "a NUL byte");
	if (end == t->end)
		return text_bad(t, "truncated: no newline at its end");
	return 1;
}

int text_row(struct text *t, unsigned int least)
{
	char *next, *c;
	int ret;

	ret = text_line(t);
	if (ret <= 0)
		return ret;

	t->nr_columns = 0;
	/* Columns beyond those that any reader of this ABI knows are left. */
	for (next = t->buf; next && t->nr_columns < TEXT_COLUMNS; next = c) {
		t->column[t->nr_columns++] = next;
		/* By hand: most are too short for strchr() to be of use. */
		for (c = next; *c && *c != '\t'; c++)
			;
		if (*c)
			*c++ = '\0';
		else
			c = NULL;
	}
	if (t->nr_columns < least)
		return text_bad(t, "%u columns, not %u", t->nr_columns, least);
	return 1;
}

/* By hand: most of a reading is numbers, and strtoull() takes signs, too. */
int text_number(const struct text *t, const char *what, const char *word,
		__u64 max, __u64 *number)
{
	unsigned long long value = 0;
	unsigned int digit;
	const char *c = word;

	do {
		digit = (unsigned char)*c - '0';
		if (digit > 9)
			return text_bad(t, "%s: '%.40s' is not a number", what,
					word);
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return text_bad(t, "%s: '%.40s' is too large", what,
					word);
	} while (*++c);
	if (value > max)
		return text_bad(t, "%s: '%.40s' is too large", what, word);
	*number = value;
	return 0;
}

int text_hex(const struct text *t, const char *what, const char *word,
	     __u64 max, __u64 *number)
{
	size_t digits = 0;
	unsigned long long value;

	if (!strncmp(word, "0x", 2))
		digits = strspn(word + 2, "0123456789abcdefABCDEF");
	if (!digits || word[2 + digits])
		return text_bad(t, "%s: '%.40s' is not a number 0x...", what,
				word);
	errno = 0;
	value = strtoull(word, NULL, 16);
	if (errno || value > max)
		return text_bad(t, "%s: '%.40s' is too large", what, word);
	*number = value;
	return 0;
}

/* # kvmhot abi N FILE [KEY=VALUE ...] */
static int parse_first(struct text *t, const char *file, char **keys)
{
	static const char start[] = "# kvmhot abi ";
	char *next = t->buf + sizeof(start) - 1, *word;
	__u64 abi;

	if (strncmp(t->buf, start, sizeof(start) - 1))
		return text_bad(t, "does not begin with '%s'", start);
	word = strsep(&next, " ");
	if (text_number(t, "abi", word, ~0ULL, &abi))
		return -EBADMSG;
	if (abi != KVMHOT_ABI)
		return text_bad(t, "abi %s, but this kvmhot reads only %d",
				word, KVMHOT_ABI);
	word = strsep(&next, " ");
	if (!word || strcmp(word, file))
		return text_bad(t, "file '%.40s', not '%s'", word ? word : "",
				file);
	*keys = next ? next : t->buf + strlen(t->buf);
	return 0;
}

int text_open(struct text *t, const char *root, const char *name,
	      const char *file, char **keys)
{
	struct blob b;
	int ret;

	ret = store_read(root, name, &b);
	if (ret)
		return ret;
	t->path = b.path;
	t->line = b.line;
	t->next = b.data;
	t->end = b.data + b.len;
	ret = text_line(t);
	if (!ret)
		ret = text_bad(t, "nothing there: the file is empty");
	return ret < 0 ? ret : parse_first(t, file, keys);
}
