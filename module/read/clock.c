// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps a clock for process context that does not go back, as the TSC may.  At edges of a
 * vCPU, the fold of the log notices that the TSC went back.
 */
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <asm/msr.h>

#include "read/clock.h"

static DEFINE_RAW_SPINLOCK(clock_lock);
static u64 clock_last, clock_offset;	/* clock_lock protects both together */

/**
 * kvmhot_clock() - the TSC, plus all that it was seen here to go back by
 *
 * Context: process context.
 *
 * Return: TSC cycles; never less than an earlier call returned.
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
 * kvmhot_clock_at() - kvmhot_clock() of a moment ago
 * @tsc: TSC of that moment
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
