/* SPDX-License-Identifier: GPL-2.0 */
/* Draws the lines above and below the rows of top. */
#ifndef KVMHOT_TOP_HEAD_H
#define KVMHOT_TOP_HEAD_H

#include "top/state.h"

void top_draw_head(const struct top *t);
int top_foot_height(const struct top *t);
void top_draw_foot(const struct top *t);

#endif /* KVMHOT_TOP_HEAD_H */
