/* SPDX-License-Identifier: GPL-2.0 */
/* Holds what the command line asks for. */
#ifndef KVMHOT_MODEL_OPTIONS_H
#define KVMHOT_MODEL_OPTIONS_H

#include <stdbool.h>

#include "model/filter.h"

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

#endif /* KVMHOT_MODEL_OPTIONS_H */
