// SPDX-License-Identifier: GPL-2.0
/*
 * module/hot/log.h, with logs by chance: 10 million, or fewer with the sanitizers, which
 * take longer.
 */
#include <stdlib.h>

#include "log_check.h"
#include "rnd.h"
#include "tap.h"

#ifdef __SANITIZE_ADDRESS__
#define NR_LOGS		500000
#else
#define NR_LOGS		10000000
#endif
#define MOST_EDGES	40

static bool test_random(void)
{
	__u8 data[3 * MOST_EDGES];
	const char *wrong;
	unsigned int i, k, n;

	for (i = 0; i < NR_LOGS; i++) {
		n = 3 * (rnd() % (MOST_EDGES + 1));
		for (k = 0; k < n; k++)
			data[k] = rnd() >> 32;
		wrong = check_log(data, n);
		if (wrong)
			return tap_why("log %u: %s", i, wrong);
	}
	return true;
}

/* A usual exit, by hand. */
static bool test_exit(void)
{
	struct kvmhot_log log = {
		.nr = 4,
		.edge = { kvmhot_edge(100, 0), kvmhot_edge(150, 1),
			  kvmhot_edge(157, 2), kvmhot_edge(190, 0) },
	};
	struct kvmhot_fold f = {};

	kvmhot_fold_log(&f, &log);
	return f.cycles[0] == 50 && f.cycles[1] == 7 && f.cycles[2] == 33 &&
	       f.touched == 7 && !f.back && log.nr == 1 &&
	       log.edge[0] == kvmhot_edge(190, 0);
}

/* The TSC goes back while a stage goes on, and comes round. */
static bool test_back(void)
{
	__u64 top = ~0ULL << 4 >> 4;
	struct kvmhot_log log = {
		.nr = 4,
		.edge = { kvmhot_edge(500, 2), kvmhot_edge(400, 1),
			  kvmhot_edge(430, 2), kvmhot_edge(431, 0) },
	};
	struct kvmhot_fold f = {};

	kvmhot_fold_log(&f, &log);
	if (f.cycles[2] != 1 || f.cycles[1] != 30 || f.back != 1 || f.offset != 100)
		return false;
	return kvmhot_edge_span(kvmhot_edge(top - 4, 3), kvmhot_edge(5, 9)) == 10 &&
	       kvmhot_edge_span(kvmhot_edge(5, 9), kvmhot_edge(top - 4, 3)) == -10;
}

int main(void)
{
	tap_plan(3);
	tap_ok(test_exit(), "a usual exit");
	tap_ok(test_back(), "the TSC goes back, and comes round");
	tap_ok(test_random(), "logs by chance: as a plain reckoning has them");
	return tap_status();
}
