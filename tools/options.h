/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the command line, and explains it. */
#ifndef KVMHOT_OPTIONS_H
#define KVMHOT_OPTIONS_H

#include <stdio.h>

#include "cmds.h"
#include "model/options.h"

/* What was given; SEEN has the letters of the options. */
struct given {
	struct options o;
	char seen[128];
};

/* 0, or -1 with the error told */
int options_parse(int argc, char **argv, struct given *g);
/* Does the verb take what was given? */
int options_check(const struct command *cmd, const struct given *g);

void options_print_usage(FILE *to, const struct command *cmd);
/* The verbs, on one screen; and all options with them */
void options_print_brief(FILE *to);
void options_print_all(FILE *to);
void options_print_help(const struct command *cmd);

#endif /* KVMHOT_OPTIONS_H */
