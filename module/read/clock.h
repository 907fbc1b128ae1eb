/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells the time in process context, by a TSC that does not go back.
 */
#ifndef KVMHOT_CLOCK_H
#define KVMHOT_CLOCK_H

#include <linux/types.h>

u64 kvmhot_clock(void);
u64 kvmhot_clock_at(u64 tsc);

#endif /* KVMHOT_CLOCK_H */
