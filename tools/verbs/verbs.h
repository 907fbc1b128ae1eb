/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the verbs: one file has one. */
#ifndef KVMHOT_VERBS_VERBS_H
#define KVMHOT_VERBS_VERBS_H

#include "model/options.h"

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
int cmd_tree(const struct options *o);
int cmd_vms(const struct options *o);

#endif /* KVMHOT_VERBS_VERBS_H */
