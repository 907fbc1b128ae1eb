/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the verbs: each file has one. */
#ifndef KVMHOT_VERBS_VERBS_H
#define KVMHOT_VERBS_VERBS_H

#include "model/options.h"

/* Each returns the exit status. */
int check_run(const struct options *o);
int costs_run(const struct options *o);
int diff_run(const struct options *o);
int export_run(const struct options *o);
int hist_run(const struct options *o);
int report_run(const struct options *o);
int reset_run(const struct options *o);
int snap_run(const struct options *o);
int stat_run(const struct options *o);
int tree_run(const struct options *o);
int vms_run(const struct options *o);

#endif /* KVMHOT_VERBS_VERBS_H */
