/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hands out and finds lines of a vCPU's memory.
 */
#ifndef KVMHOT_LINES_H
#define KVMHOT_LINES_H

#include "hot/record.h"

unsigned int kvmhot_lines_take(struct kvmhot_vcpu *v, unsigned int nr,
			       unsigned int end);
void kvmhot_lines_want_page(struct kvmhot_vcpu *v);

/* The line's address.  Context: any. */
static __always_inline void *kvmhot_lines_at(struct kvmhot_vcpu *v,
					     unsigned int line)
{
	return v->page[line / KVMHOT_PAGE_LINES] +
	       line % KVMHOT_PAGE_LINES * KVMHOT_LINE_SIZE;
}

/* The line's address; NULL if @line is 0, which stands for none.  Context: any. */
static __always_inline void *kvmhot_lines_or_null(struct kvmhot_vcpu *v,
						  unsigned int line)
{
	return line ? kvmhot_lines_at(v, line) : NULL;
}

/* Bytes of memory that a record has.  Context: any. */
static inline u64 kvmhot_lines_bytes(const struct kvmhot_vcpu *v)
{
	return READ_ONCE(v->nr_lines) / KVMHOT_PAGE_LINES * PAGE_SIZE;
}

#endif /* KVMHOT_LINES_H */
