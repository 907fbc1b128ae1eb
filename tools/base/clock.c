// SPDX-License-Identifier: GPL-2.0
/* Reads the monotonic clock. */
#include <time.h>

#include "base/clock.h"

double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
