// SPDX-License-Identifier: GPL-2.0
/*
 * seed.c - credit the kernel's random pool with 256 bits, always the same.
 *
 * The L1 has no source of randomness (RDRAND is hidden from it, so that every
 * run is the same to the last instruction).  Without this the first user of
 * the pool would spin for a second, a billion instructions, to make some.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <sys/ioctl.h>

int main(void)
{
	struct {
		struct rand_pool_info info;
		char data[32];
	} pool = { { 256, 32 }, "kvmhot: a constant random seed." };

	return ioctl(open("/dev/urandom", O_WRONLY), RNDADDENTROPY, &pool) ? 1 : 0;
}
