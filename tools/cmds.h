/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs: one function and one file each. */
#ifndef KVMHOT_CMDS_H
#define KVMHOT_CMDS_H

#include <stdbool.h>

enum { EXIT_FINE, EXIT_FAILED, EXIT_USAGE };

/* The command line, checked against what the verb takes. */
struct options {
	const char *root, *vm, *reason;
	int vcpu;
	bool all, folded, pmu;
	int nr_words;		/* behind the verb */
	char **words;
};

/* Each returns the exit status. */
int cmd_check(const struct options *o);
int cmd_costs(const struct options *o);
int cmd_export(const struct options *o);
int cmd_hist(const struct options *o);
int cmd_report(const struct options *o);
int cmd_reset(const struct options *o);
int cmd_stat(const struct options *o);
int cmd_tree(const struct options *o);
int cmd_vms(const struct options *o);

/* What the columns of VERB, or of all verbs (NULL), mean. */
void help_columns(const char *verb);

#endif /* KVMHOT_CMDS_H */
