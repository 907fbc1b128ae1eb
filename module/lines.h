/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of a vCPU's memory, and the histograms that are made of them.  Probe
 * context, but for kvmhot_line_at(), which is for all.
 */
#ifndef KVMHOT_LINES_H
#define KVMHOT_LINES_H

#include <linux/minmax.h>

#include "kvmhot.h"

unsigned int kvmhot_lines_take(struct kvmhot_vcpu *v, unsigned int nr,
			       unsigned int end);

static __always_inline void *kvmhot_line_at(struct kvmhot_vcpu *v,
					    unsigned int line)
{
	return v->page[line / KVMHOT_PAGE_LINES] +
	       line % KVMHOT_PAGE_LINES * KVMHOT_LINE_SIZE;
}

/**
 * kvmhot_bucket_for() - the counter of a histogram's bucket
 * @v: the vCPU
 * @map: for each group, its line
 * @value: the value to be counted
 * @end: as of kvmhot_lines_take()
 *
 * Return: the counter, NULL if there is no memory for it.
 */
static __always_inline u64 *kvmhot_bucket_for(struct kvmhot_vcpu *v, u16 *map,
					      u64 value, unsigned int end)
{
	unsigned int g = kvmhot_hist_group(value);
	unsigned int line = map[g];

	if (unlikely(!line)) {
		line = kvmhot_lines_take(v, 1, end);
		if (!line)
			return NULL;
		/* Pairs with the acquire in copy_buckets(). */
		smp_store_release(&map[g], line);
	}
	return (u64 *)kvmhot_line_at(v, line) + kvmhot_hist_sub(value);
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

/* Empty a histogram. */
static inline void kvmhot_buckets_clear(struct kvmhot_vcpu *v, const u16 *map)
{
	unsigned int g;

	for (g = 0; g < KVMHOT_HIST_GROUPS; g++)
		if (map[g])
			memset(kvmhot_line_at(v, map[g]), 0, KVMHOT_LINE_SIZE);
}

#endif /* KVMHOT_LINES_H */
