/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of kvmhot-watch: what is wrong with a file of kvmhot's. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_COLUMNS	64

/* A row of a file, cut at its tabs; NAMES are of the line of names before it. */
struct row {
	unsigned int nr, nr_names;
	char *cell[MAX_COLUMNS], *names[MAX_COLUMNS];
};

/* A file of a VM, as it was read; TEXT is changed when it is cut into rows. */
struct text {
	const char *path, *name;	/* NAME: what comes after the last slash */
	char *text;
};

struct figures {
	unsigned long readings, rows, compared, bad;
};

extern struct figures figures;

/* The column NAME of ROW as a number; false: there is none */
bool row_number(const struct row *row, const char *name, long long *n);

/* One more fault: the first of them are printed. */
void fault(const struct text *text, const char *what, const struct row *row);

void check_text(struct text *text);

/* Row of file exits; SINCE: of its first line */
void follow_begin(long long since);
void follow_row(const struct text *text, const struct row *row);

#endif /* WATCH_H */
