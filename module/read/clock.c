// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps a clock for process context that does not go back, as the TSC may.  At the
 * edges of a vCPU that is noticed where its log is folded.
 */
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <asm/msr.h>

#include "read/clock.h"

static DEFINE_RAW_SPINLOCK(clock_lock);
static u64 clock_last, clock_offset;	/* of them together: clock_lock */

/**
 * kvmhot_clock() - the TSC, and all that it was seen here to go back by
 *
 * Context: process context.
 *
 * Return: TSC cycles; never less than what was returned before.
 */
u64 kvmhot_clock(void)
{
	u64 now;

	raw_spin_lock(&clock_lock);
	now = rdtsc() + clock_offset;
	if (now < clock_last) {
		clock_offset += clock_last - now;
		now = clock_last;
	}
	clock_last = now;
	raw_spin_unlock(&clock_lock);
	return now;
}

/**
 * kvmhot_clock_at() - kvmhot_clock() as of a moment ago
 * @tsc: the TSC then
 *
 * Context: process context.
 *
 * Return: TSC cycles; not later than now.
 */
u64 kvmhot_clock_at(u64 tsc)
{
	u64 now = kvmhot_clock();

	return min(now, tsc + READ_ONCE(clock_offset));
}
