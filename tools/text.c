// SPDX-License-Identifier: GPL-2.0
/* Lines, columns and numbers of a text file, and what is wrong with them. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "version.h"

void text_tell(const char *format, ...)
{
	char msg[PATH_MAX + 1024], *c;
	va_list args;

	va_start(args, format);
	vsnprintf(msg, sizeof(msg), format, args);
	va_end(args);

	/* Files, and the names of files, are others' as often as not. */
	for (c = msg; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fprintf(stderr, "kvmhot: %s\n", msg);
}

int text_bad(const struct text *t, const char *format, ...)
{
	char msg[512];
	va_list args;

	va_start(args, format);
	vsnprintf(msg, sizeof(msg), format, args);
	va_end(args);

	if (t->line)
		text_tell("%s: line %u: %s", t->path, t->line, msg);
	else
		text_tell("%s: %s", t->path, msg);
	return -EBADMSG;
}

int text_line(struct text *t)
{
	size_t len = 0;
	int c;

	t->line++;
	errno = 0;
	while ((c = getc_unlocked(t->file)) != EOF && c != '\n') {
		if (!c)
			return text_bad(t, "a NUL byte");
		if (len == sizeof(t->buf) - 1)
			return text_bad(t, "longer than %zu bytes", len);
		t->buf[len++] = c;
	}
	t->buf[len] = '\0';
	if (c == '\n')
		return 1;
	if (ferror(t->file))
		return errno ? -errno : -EIO;
	if (len)
		return text_bad(t, "truncated: no newline at its end");
	return 0;
}

int text_row(struct text *t, unsigned int least)
{
	char *next = t->buf;
	int ret;

	ret = text_line(t);
	if (ret <= 0)
		return ret;

	t->nr_columns = 0;
	/* Columns beyond those that any reader of this ABI knows are left. */
	while (next && t->nr_columns < TEXT_COLUMNS)
		t->column[t->nr_columns++] = strsep(&next, "\t");
	if (t->nr_columns < least)
		return text_bad(t, "%u columns, not %u", t->nr_columns, least);
	return 1;
}

int text_number(const struct text *t, const char *what, const char *word,
		__u64 max, __u64 *number)
{
	size_t digits = strspn(word, "0123456789");
	unsigned long long value;

	/* strtoull() would take blanks and signs, too. */
	if (!digits || word[digits])
		return text_bad(t, "%s: '%.40s' is not a number", what, word);
	errno = 0;
	value = strtoull(word, NULL, 10);
	if (errno || value > max)
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

int text_open(struct text *t, const char *path, const char *file, char **keys)
{
	int ret;

	t->path = path;
	t->line = 0;
	t->file = fopen(path, "re");
	if (!t->file)
		return -errno;

	ret = text_line(t);
	if (!ret)
		ret = text_bad(t, "nothing there: the file is empty");
	if (ret > 0)
		ret = parse_first(t, file, keys);
	if (ret)
		text_close(t);
	return ret;
}

void text_close(struct text *t)
{
	fclose(t->file);
}
