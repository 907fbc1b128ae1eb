// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the switches that the control path turns and probes look at.
 */
#include <linux/cache.h>

#include "hot/switches.h"

const int kvmhot_switches_none_missed;

struct kvmhot_switches kvmhot_switches __read_mostly = {
	.missed_handle = &kvmhot_switches_none_missed,
};
