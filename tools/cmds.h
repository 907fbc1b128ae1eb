/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs: one function and one file each. */
#ifndef KVMHOT_CMDS_H
#define KVMHOT_CMDS_H

#include <stdbool.h>

#include "model/filter.h"
#include "read/snapshot.h"

/* What times are shown in: of an exit, or with UNIT_CPU of a second */
enum unit { UNIT_CYCLES, UNIT_US, UNIT_CPU, NR_UNITS };

enum format { FORMAT_NONE, FORMAT_JSON, FORMAT_CSV, FORMAT_OPENMETRICS, FORMAT_FOLDED };

/* The command line, checked against what the verb takes. */
struct options {
	const char *root;	/* a directory, or a file of snap's */
	const char *out;	/* NULL: standard output */
	struct filter filter;
	enum unit unit;
	enum format format;
	bool all, pmu, cost, batch, plain, no_header;
	double delay;		/* seconds */
	long count;		/* 0: until stopped */
	int nr_words;		/* behind the verb */
	char **words;
};

/* Each returns the exit status. */
int cmd_check(const struct options *o);
int cmd_costs(const struct options *o);
int cmd_diff(const struct options *o);
int cmd_export(const struct options *o);
int cmd_hist(const struct options *o);
int cmd_report(const struct options *o);
int cmd_reset(const struct options *o);
int cmd_snap(const struct options *o);
int cmd_stat(const struct options *o);
int cmd_top(const struct options *o);
int cmd_tree(const struct options *o);
int cmd_vms(const struct options *o);

/*
 * EXIT_FINE, or EXIT_INCOMPLETE with what lacks told.  SINCE: only what was lost
 * since then, or NULL; PMU: events, too
 */
int source_status(const struct snapshot *s, const struct snapshot *since,
		  bool pmu);

/* What the columns of VERB, or of all verbs (NULL), mean. */
void help_columns(const char *verb);

#endif /* KVMHOT_CMDS_H */
