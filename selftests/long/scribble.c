// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-scribble: writes by chance, the same for the same seed.
 *
 *   kvmhot-scribble SEED NUMBER VM	to the files of kvmhot, with VM among its VMs
 *   kvmhot-scribble SEED NUMBER -	./kvmhot.ko is loaded with parameters
 *
 * A write either does what it says or fails with an errno that the ABI has, and
 * then enabled, detail and events are as they were.  Prints how many of each.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "scribble.h"

#define ROOT		"/sys/kernel/debug/kvmhot/"
#define PMU		"/sys/module/kvmhot_test_pmu/parameters/"
#define MOST_PRINTED	10
/*
 * One of so many is left as it is, of what is written to switches and lists, and of
 * resets and parameters: what is accepted takes a thousand times as long.
 */
#define RARE_SWITCH	256
#define RARE_RESET	32

static unsigned long state;
static unsigned long nr_bad, nr_errors[256], nr_fine;
static char paths[PARAMETERS][256];
static char word[2 * MOST_BYTES];

unsigned int chance(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static void fault(const char *format, ...)
{
	va_list args;

	if (nr_bad++ >= MOST_PRINTED)
		return;
	va_start(args, format);
	printf("wrong: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static void die(const char *what)
{
	fprintf(stderr, "kvmhot-scribble: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void read_settings(char *to, size_t size)
{
	size_t used = 0;
	ssize_t n;
	int i, fd;

	for (i = ENABLED; i <= EVENTS; i++) {
		fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, to + used, size - 1 - used);
		if (n < 0)
			die(paths[i]);
		used += n;
		close(fd);
	}
	to[used] = '\0';
}

static int put(const char *path, const char *text, size_t size, off_t at)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	n = at ? pwrite(fd, text, size, at) : write(fd, text, size);
	if (n < 0)
		error = errno;
	else if ((size_t)n != size)
		error = EIO;
	close(fd);
	return error;
}

/* What enabled, detail and events may refuse a write with */
static bool is_known(int error, enum target target)
{
	switch (error) {
	case 0:
	case EINVAL:
		return true;
	case ENOMEM:
	case EBUSY:
		return target <= EVENTS;
	default:
		return false;
	}
}

static void write_one(const char *vm)
{
	static char before[4096], after[4096];
	enum target target = chance(PARAMETERS);
	size_t size = make_word(target, vm, word);
	bool look = !chance(32);
	int error;

	if (size < MOST_BYTES &&
	    chance(target <= EVENTS ? RARE_SWITCH : RARE_RESET))
		word[size++] = '?';
	if (look)
		read_settings(before, sizeof(before));
	error = put(paths[target], word, size, chance(16) ? 0 : chance(64));
	if (!error)
		nr_fine++;
	else
		nr_errors[error & 255]++;
	if (!is_known(error, target))
		fault("%s: %zu bytes '%.60s': %s", paths[target], size, word,
		      strerror(error));
	if (!error || !look)
		return;
	read_settings(after, sizeof(after));
	if (strcmp(before, after))
		fault("%s: refused '%.60s', and changed: %s instead of %s",
		      paths[target], word, after, before);
}

/* Events of the test's PMU fail in one way or another, or in none. */
static void turn_pmu(void)
{
	static const char * const files[] = {
		PMU "refuse", PMU "fail_add", PMU "stop",
	};
	const char *file = files[chance(3)];
	bool off = chance(2);

	if (off)
		put(file, "0", 1, 0);
	else if (file == files[0])
		put(file, "16", 2, 0);
	else
		put(file, "1", 1, 0);
}

static void write_all(unsigned long nr, const char *vm)
{
	static const char * const names[] = {
		"enabled", "detail", "events", "reset",
	};
	unsigned long i;

	for (i = 0; i < VM_RESET; i++)
		snprintf(paths[i], sizeof(paths[i]), ROOT "%s", names[i]);
	snprintf(paths[VM_RESET], sizeof(paths[VM_RESET]), ROOT "vms/%s/reset",
		 vm);
	for (i = 0; i < nr; i++) {
		if (!chance(200))
			turn_pmu();
		write_one(vm);
	}
}

static void load_one(int module)
{
	size_t size = make_word(PARAMETERS, "", word);

	if (chance(RARE_RESET))
		size += sprintf(word + size, " max_share=%u",
				101 + chance(1000));
	word[size] = '\0';
	if (syscall(SYS_finit_module, module, word, 0)) {
		nr_errors[errno & 255]++;
		if (errno != EINVAL && errno != ERANGE && errno != ENOSPC &&
		    errno != ENOENT)
			fault("insmod '%.60s': %s", word, strerror(errno));
		if (!access(ROOT, F_OK) || !access("/sys/module/kvmhot", F_OK))
			fault("insmod '%.60s': refused, and left something",
			      word);
		return;
	}
	nr_fine++;
	if (access(ROOT "status", F_OK))
		fault("insmod '%.60s': loaded without files", word);
	if (syscall(SYS_delete_module, "kvmhot", O_NONBLOCK))
		die("delete_module");
}

static void load_all(unsigned long nr)
{
	int module = open("kvmhot.ko", O_RDONLY | O_CLOEXEC);

	if (module < 0)
		die("kvmhot.ko");
	while (nr--)
		load_one(module);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 4) {
		fprintf(stderr, "usage: kvmhot-scribble SEED NUMBER VM|-\n");
		return 2;
	}
	state = strtoul(argv[1], NULL, 10) * 0x9e3779b97f4a7c15UL | 1;
	for (i = 0; i < 20; i++)
		chance(2);
	if (strcmp(argv[3], "-"))
		write_all(strtoul(argv[2], NULL, 10), argv[3]);
	else
		load_all(strtoul(argv[2], NULL, 10));
	printf("accepted %lu", nr_fine);
	for (i = 0; i < 256; i++)
		if (nr_errors[i])
			printf(" errno%u %lu", i, nr_errors[i]);
	printf(" bad %lu\n", nr_bad);
	return nr_bad != 0;
}
