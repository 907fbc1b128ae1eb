/* SPDX-License-Identifier: GPL-2.0 */
/* Draws the histogram of a row of top. */
#ifndef KVMHOT_TOP_HIST_H
#define KVMHOT_TOP_HIST_H

#include "top/state.h"

void top_draw_hist(const struct top *t);

#endif /* KVMHOT_TOP_HIST_H */
