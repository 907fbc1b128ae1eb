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

/* What the line with a number is, that is NULL for 0. */
static __always_inline void *kvmhot_line_or_null(struct kvmhot_vcpu *v,
						 unsigned int line)
{
	return line ? kvmhot_line_at(v, line) : NULL;
}

#endif /* KVMHOT_LINES_H */
