/* SPDX-License-Identifier: GPL-2.0 */
/* Makes the rows that top shows, and keeps the bar on one of them. */
#ifndef KVMHOT_TOP_ROWS_H
#define KVMHOT_TOP_ROWS_H

#include "model/rows.h"
#include "top/state.h"

/* Again, of what there is by now; the bar stays on what it was on. */
void top_rows(struct top *t);
const struct row *top_row(const struct top *t);
struct top_id top_id(const struct row *row);
void top_move(struct top *t, long rows);
void top_scroll(struct top *t);

#endif /* KVMHOT_TOP_ROWS_H */
