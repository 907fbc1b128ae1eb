/* SPDX-License-Identifier: GPL-2.0 */
/* Draws the keys and columns of top, for its user. */
#ifndef KVMHOT_TOP_HELP_H
#define KVMHOT_TOP_HELP_H

#include "top/state.h"

void top_draw_help(struct top *t);

#endif /* KVMHOT_TOP_HELP_H */
