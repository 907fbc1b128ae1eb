// SPDX-License-Identifier: GPL-2.0
/*
 * What does it cost to read a file, or to write a word to one?
 *
 *   reads FILE...		each to its end, the quickest of several times
 *   reads -w WORD FILE		the first time, and the quickest of the others
 *
 * Prints "FILE BYTES TICKS" or "FILE FIRST OTHERS", in ticks of the TSC.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMES	7
#define ENOUGH	100000000ULL	/* ticks: what is that long varies little */

static char buffer[1 << 16];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long read_all(int fd, const char *name)
{
	long sum = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		sum += n;
	if (n < 0)
		die(name);
	return sum;
}

/* @word: what to write, or NULL to read */
static unsigned long long once(const char *name, const char *word, long *bytes)
{
	unsigned long long tsc = __builtin_ia32_rdtsc();
	int fd = open(name, word ? O_WRONLY : O_RDONLY);

	if (fd < 0)
		die(name);
	if (!word)
		*bytes = read_all(fd, name);
	else if (write(fd, word, strlen(word)) < 0)
		die(name);
	close(fd);
	return __builtin_ia32_rdtsc() - tsc;
}

static void measure(const char *name, const char *word)
{
	unsigned long long first, ticks, best = ~0ULL, all = 0;
	long bytes = 0;
	int i;

	first = once(name, word, &bytes);
	for (i = 0; i < TIMES && all < ENOUGH; i++) {
		ticks = once(name, word, &bytes);
		all += ticks;
		if (ticks < best)
			best = ticks;
	}
	if (!word)
		first = bytes;
	printf("%s %llu %llu\n", name, first, best);
}

int main(int argc, char **argv)
{
	const char *word = NULL;
	int i = 1;

	if (argc > 3 && !strcmp(argv[1], "-w")) {
		word = argv[2];
		i = 3;
	}
	for (; i < argc; i++)
		measure(argv[i], word);
	return 0;
}
