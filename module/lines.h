/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of a vCPU's memory.  Probe context, but for what only looks at them, which
 * is for all.
 */
#ifndef KVMHOT_LINES_H
#define KVMHOT_LINES_H

#include "kvmhot.h"

unsigned int kvmhot_lines_take(struct kvmhot_vcpu *v, unsigned int nr,
			       unsigned int end);

static __always_inline void *kvmhot_line_at(struct kvmhot_vcpu *v,
					    unsigned int line)
{
	return v->page[line / KVMHOT_PAGE_LINES] +
	       line % KVMHOT_PAGE_LINES * KVMHOT_LINE_SIZE;
}

/* A row of counts, which the cell has. */
static __always_inline u64 *kvmhot_row_at(struct kvmhot_vcpu *v,
					  const struct kvmhot_cell *cell,
					  unsigned int row)
{
	return kvmhot_line_at(v, cell->pmu_line[row]);
}

/* What went beyond 2^32 in a group's buckets, or NULL. */
static inline u64 *kvmhot_group_carry(struct kvmhot_vcpu *v,
				      const struct kvmhot_cell *cell,
				      unsigned int g)
{
	unsigned int map = READ_ONCE(cell->carry);
	unsigned int line;

	if (likely(!map))
		return NULL;
	line = ((u16 *)kvmhot_line_at(v, map))[g];
	return line ? kvmhot_line_at(v, line) : NULL;
}

#endif /* KVMHOT_LINES_H */
