// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of edges, of a fuzzer: see log_check.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "log_check.h"

int fuzz_one(const __u8 *data, size_t n);

int fuzz_one(const __u8 *data, size_t n)
{
	const char *wrong = check_log(data, n);

	if (!wrong)
		return 0;
	fprintf(stderr, "%s is wrong\n", wrong);
	abort();
}
