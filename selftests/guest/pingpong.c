// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-pingpong [N]: what a context switch takes: two threads that run no vCPU wake
 * each other N times (1000), on one CPU.  Prints the TSC ticks of a round, which has two
 * switches, at the median.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/types.h>
#include <x86intrin.h>

static int there[2], back[2];

static void pass(int from, int to)
{
	char c;

	if (read(from, &c, 1) != 1 || write(to, &c, 1) != 1)
		err(1, "pipe");
}

static void *other(void *arg)
{
	unsigned long i, n = *(unsigned long *)arg;

	for (i = 0; i < n; i++)
		pass(there[0], back[1]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

static void play(__u64 *ticks, unsigned long n)
{
	unsigned long i;
	__u64 start;
	char c = 0;

	for (i = 0; i < n; i++) {
		start = __rdtsc();
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			err(1, "pipe");
		ticks[i] = __rdtsc() - start;
	}
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	__u64 *ticks = calloc(n ? n : 1, sizeof(*ticks));
	pthread_t thread;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (!n || !ticks || sched_setaffinity(0, sizeof(cpu), &cpu) ||
	    pipe(there) || pipe(back))
		err(1, "N, memory, CPU or pipes");
	errno = pthread_create(&thread, NULL, other, &n);
	if (errno)
		err(1, "pthread_create");
	play(ticks, n);
	pthread_join(thread, NULL);
	qsort(ticks, n, sizeof(*ticks), compare);
	printf("%llu\n", (unsigned long long)ticks[n / 2]);
	return 0;
}
