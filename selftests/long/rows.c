// SPDX-License-Identifier: GPL-2.0
/* Checks each row of a file of kvmhot's by itself: numbers, columns, sums. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "watch.h"

/* 2^63 has 19 digits: no count and no time comes there, unless it was less than 0. */
#define MOST_DIGITS	18

static const char * const stages[] = {
	"guest", "irq", "handle", "reenter", "enter", "poll", "block", "user",
	"away", "ioctl", "preempted", "slept", "unknown",
};

static const char *cell_of(const struct row *row, const char *name)
{
	unsigned int i;

	for (i = 0; i < row->nr_names && i < row->nr; i++)
		if (!strcmp(row->names[i], name))
			return row->cell[i];
	return NULL;
}

bool row_number(const struct row *row, const char *name, long long *n)
{
	const char *cell = cell_of(row, name);
	char *end;

	if (!cell || *cell < '0' || *cell > '9')
		return false;
	errno = 0;
	*n = strtoll(cell, &end, 10);
	return !*end && !errno;
}

/* Negative numbers are errno values, which only status and pmu have. */
static bool is_absurd(const char *cell, bool has_errors)
{
	size_t digits;

	if (*cell == '-' && cell[1] >= '0' && cell[1] <= '9')
		return !has_errors;
	for (; *cell; cell += digits ? digits : 1) {
		digits = strspn(cell, "0123456789");
		if (digits > MOST_DIGITS)
			return true;
	}
	return false;
}

static void check_cells(const struct text *text, const struct row *row)
{
	bool has_errors = !strcmp(text->name, "status") ||
			  !strcmp(text->name, "pmu");
	unsigned int i;

	for (i = 0; i < row->nr; i++)
		if (is_absurd(row->cell[i], has_errors))
			fault(text, "an absurd number", row);
	if (row->nr_names && row->nr != row->nr_names)
		fault(text, "not as many columns as names", row);
}

/* Rows whose exits are told apart by what became of them */
static void check_exits(const struct text *text, const struct row *row)
{
	long long exits, timed, open, lost;

	if (row_number(row, "exits", &exits) &&
	    row_number(row, "timed", &timed) &&
	    row_number(row, "open", &open) && row_number(row, "lost", &lost) &&
	    exits != timed + open + lost)
		fault(text, "exits is not timed + open + lost", row);
}

static void check_buckets(const struct text *text, const struct row *row)
{
	const char *at = cell_of(row, "buckets");
	long long timed, sum = 0;

	if (!at || !row_number(row, "timed", &timed))
		return;
	for (at = strchr(at, ':'); at; at = strchr(at, ':'))
		sum += strtoll(++at, NULL, 10);
	if (sum != timed)
		fault(text, "the buckets do not add up to timed", row);
}

static void check_stages(const struct text *text, const struct row *row)
{
	const char *reason = cell_of(row, "reason");
	long long since, now, n, sum = 0;
	size_t i;

	if (strcmp(text->name, "stages") || !reason || strcmp(reason, "-"))
		return;
	for (i = 0; i < sizeof(stages) / sizeof(*stages); i++)
		if (row_number(row, stages[i], &n))
			sum += n;
	if (!row_number(row, "since", &since) || !row_number(row, "now", &now) ||
	    sum != now - since)
		fault(text, "the stages do not add up to the time", row);
}

static unsigned int cut(char *line, char **cells)
{
	unsigned int nr = 0;

	while (line && nr < MAX_COLUMNS)
		cells[nr++] = strsep(&line, "\t");
	return nr;
}

static void check_row(const struct text *text, struct row *row, char *line)
{
	if (*line == '#') {
		row->nr_names = cut(line + strspn(line, "# "), row->names);
		return;
	}
	row->nr = cut(line, row->cell);
	figures.rows++;
	check_cells(text, row);
	check_exits(text, row);
	check_buckets(text, row);
	check_stages(text, row);
	if (!strcmp(text->name, "exits"))
		follow_row(text, row);
}

void check_text(struct text *text)
{
	char *at = text->text, *line = strsep(&at, "\n"), *since, first[64];
	struct row row = { 0 };

	figures.readings++;
	snprintf(first, sizeof(first), "# kvmhot abi 2 %s", text->name);
	if (!line || strncmp(line, first, strlen(first))) {
		fault(text, "the first line is not kvmhot's", NULL);
		return;
	}
	since = strstr(line, " since=");
	if (!strcmp(text->name, "exits") && since)
		follow_begin(strtoll(since + 7, NULL, 10));
	while (at && *at) {
		if (!strchr(at, '\n')) {
			fault(text, "the last line has no end", NULL);
			return;
		}
		check_row(text, &row, strsep(&at, "\n"));
	}
}
