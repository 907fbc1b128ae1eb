/* SPDX-License-Identifier: GPL-2.0 */
/* Has the table of verbs. */
#ifndef KVMHOT_CMDS_H
#define KVMHOT_CMDS_H

#include "model/options.h"

struct command {
	const char *verb, *options;	/* the letters of those it takes */
	int max_words;
	int (*run)(const struct options *o);
	const char *words;	/* behind the options, in its usage */
	const char *brief;	/* a few words on what it does */
	const char *help;
};

/* The last one has no verb. */
extern const struct command cmds_table[];
const struct command *cmds_find(const char *verb);

#endif /* KVMHOT_CMDS_H */
