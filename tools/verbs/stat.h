/* SPDX-License-Identifier: GPL-2.0 */
/* Prints what happens, interval by interval. */
#ifndef KVMHOT_VERBS_STAT_H
#define KVMHOT_VERBS_STAT_H

#include "model/options.h"

/* Blocks, o->count of them, each after o->delay seconds */
int stat_blocks(const struct options *o);

#endif /* KVMHOT_VERBS_STAT_H */
