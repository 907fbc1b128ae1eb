/* SPDX-License-Identifier: GPL-2.0 */
/* A text file read line by line, with errors that name file and line. */
#ifndef KVMHOT_TEXT_H
#define KVMHOT_TEXT_H

#include <linux/types.h>
#include <stdio.h>

#include "fmt.h"

/* The longest line is a row of 'hist' with all 256 buckets: about 8 KiB. */
#define TEXT_LINE	16384
#define TEXT_COLUMNS	32

struct text {
	FILE *file;
	const char *path;
	unsigned int line;
	unsigned int nr_columns;
	char *column[TEXT_COLUMNS];
	char buf[TEXT_LINE];
};

/* Opens PATH and reads its first line, all but 'key=value's: *keys. */
int text_open(struct text *t, const char *path, const char *file, char **keys);
void text_close(struct text *t);

/* The next line into buf, without its newline: 1, at the end 0. */
int text_line(struct text *t);

/* The next line, cut into columns at its tabs, if it has at least LEAST. */
int text_row(struct text *t, unsigned int least);

int text_number(const struct text *t, const char *what, const char *word,
		__u64 max, __u64 *number);
/* The same of one that is written 0x... */
int text_hex(const struct text *t, const char *what, const char *word,
	     __u64 max, __u64 *number);

/* An error on stderr, with nothing in it that a terminal would act upon. */
__printf(1, 2)
void text_tell(const char *format, ...);

/* Tells what is wrong with the line last read; always -EBADMSG. */
__printf(2, 3)
int text_bad(const struct text *t, const char *format, ...);

#endif /* KVMHOT_TEXT_H */
