/* SPDX-License-Identifier: GPL-2.0 */
/* Draws the screen of top: head, rows, foot. */
#ifndef KVMHOT_TOP_DRAW_H
#define KVMHOT_TOP_DRAW_H

#include "top/state.h"

void top_draw(struct top *t);

#endif /* KVMHOT_TOP_DRAW_H */
