// SPDX-License-Identifier: GPL-2.0
/*
 * Hands out lines of a vCPU's memory.
 *
 * Probe context: takes no lock, allocates and prints nothing.  Two threads that race for
 * an ioctl may be here at once for one vCPU.
 */
#include <linux/kernel.h>
#include <linux/llist.h>

#include "hot/kick.h"
#include "hot/lines.h"

/**
 * kvmhot_lines_want_page() - ask the worker for more memory
 * @v: the vCPU
 *
 * Context: probe.
 */
void kvmhot_lines_want_page(struct kvmhot_vcpu *v)
{
	/* Pairs with the stores in kvmhot_pool_add_page(). */
	if (READ_ONCE(v->refill_asked) || xchg(&v->refill_asked, true))
		return;
	llist_add(&v->refill, &kvmhot_kick_refill);
	kvmhot_kick();
}

/**
 * kvmhot_lines_take() - take lines for a cell, other spans or a part of a histogram
 * @v: the vCPU
 * @nr: number of lines; they are zeroed, and in one page
 * @end: take no line from this one on
 *
 * Context: probe.
 *
 * Return: the first line; 0 if there is no room.
 */
noinline unsigned int kvmhot_lines_take(struct kvmhot_vcpu *v, unsigned int nr,
					unsigned int end)
{
	/* Pairs with the release in kvmhot_pool_add_page(). */
	unsigned int have = smp_load_acquire(&v->nr_lines);
	unsigned int next = READ_ONCE(v->next_line);
	unsigned int line;

	do {
		line = next;
		if (line % KVMHOT_PAGE_LINES + nr > KVMHOT_PAGE_LINES)
			line = round_up(line, KVMHOT_PAGE_LINES);
		if (line + nr > end)
			return 0;
		if (line + nr + KVMHOT_LOW_LINES > have)
			kvmhot_lines_want_page(v);
		if (line + nr > have)
			return 0;
	} while (!try_cmpxchg(&v->next_line, &next, line + nr));
	return line;
}
