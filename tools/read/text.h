/* SPDX-License-Identifier: GPL-2.0 */
/* Reads a text file line by line, with errors that name file and line. */
#ifndef KVMHOT_READ_TEXT_H
#define KVMHOT_READ_TEXT_H

#include <linux/types.h>
#include <stdbool.h>

#include "base/fmt.h"

#define TEXT_COLUMNS	64

struct text {
	const char *path;	/* as told in errors */
	unsigned int line;
	unsigned int nr_columns;
	char *column[TEXT_COLUMNS];
	char *buf;		/* the line last read */
	char *next, *end;	/* what comes behind it */
	const char *in;		/* errors in this line begin with it */
	bool has_felt;		/* parse.c: are there felt_cycles and more? */
};

/*
 * Opens the file NAME of ROOT (see store.h) and reads its first line, all but
 * 'key=value's: *keys.  FILE is what it must say it is.  One text at a time: the
 * next one takes its memory.
 */
int text_open(struct text *t, const char *root, const char *name,
	      const char *file, char **keys);

/* The next line into buf, without its newline: 1, at the end 0. */
int text_line(struct text *t);

/* The next line, cut into columns at its tabs, if it has at least LEAST. */
int text_row(struct text *t, unsigned int least);

int text_number(const struct text *t, const char *what, const char *word,
		__u64 max, __u64 *number);
/* The same of one that is written 0x... */
int text_hex(const struct text *t, const char *what, const char *word,
	     __u64 max, __u64 *number);

/* Tells what is wrong with the line last read; always -EBADMSG. */
__printf(2, 3)
int text_bad(const struct text *t, const char *format, ...);

#endif /* KVMHOT_READ_TEXT_H */
