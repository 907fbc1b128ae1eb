/* SPDX-License-Identifier: GPL-2.0 */
/* Verbs and options: what there is, and what was given. */
#ifndef KVMHOT_OPTIONS_H
#define KVMHOT_OPTIONS_H

#include <stdio.h>

#include "cmds.h"

struct command {
	const char *verb, *options;	/* the letters of those it takes */
	int max_words;
	int (*run)(const struct options *o);
	const char *words, *help;	/* behind the options, in its usage */
};

/* verbs.c */
extern const struct command commands[];
const struct command *find_command(const char *verb);

/* What was given; SEEN has the letters of the options. */
struct given {
	struct options o;
	char seen[128];
};

/* 0, or -1 with the error told */
int options_parse(int argc, char **argv, struct given *g);
/* NAME is told in errors.  0, or -1 with the error told */
int options_delay(const char *name, const char *word, double *delay);
int options_count(const char *name, const char *word, long *count);
/* Does the verb take what was given? */
int options_check(const struct command *cmd, const struct given *g);

void options_print_usage(FILE *to, const struct command *cmd);
void options_print_all(FILE *to);
void options_print_help(const struct command *cmd);

#endif /* KVMHOT_OPTIONS_H */
