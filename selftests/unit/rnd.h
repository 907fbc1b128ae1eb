/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers by chance, the same in each run. */
#ifndef KVMHOT_RND_H
#define KVMHOT_RND_H

#include <linux/types.h>

static inline __u64 rnd(void)
{
	static __u64 seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

#endif /* KVMHOT_RND_H */
