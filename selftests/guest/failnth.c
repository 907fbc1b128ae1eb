// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-failnth: do one thing, the Nth allocation of which fails.
 *
 * Prints the errno, 0 for none, and how many allocations the thread did not get
 * to: 0 if the Nth did fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int nth;

static void die(const char *what)
{
	fprintf(stderr, "kvmhot-failnth: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The kernel counts down in this file; 0 is off. */
static void set_left(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth, text, len, 0) != len)
		die("writing fail-nth");
}

static int get_left(void)
{
	char text[16] = "";

	if (pread(nth, text, sizeof(text) - 1, 0) <= 0)
		die("reading fail-nth");
	return atoi(text);
}

static int load_module(const char *file, const char *parameters)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fd : syscall(SYS_finit_module, fd, parameters, 0);
}

static int write_text(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? fd : write(fd, text, strlen(text));
}

static int read_all(const char *file, const char *unused)
{
	static char buf[1 << 16];
	int fd = open(file, O_RDONLY | O_CLOEXEC), got;

	(void)unused;
	if (fd < 0)
		return fd;
	do
		got = read(fd, buf, sizeof(buf));
	while (got > 0);
	return got;
}

static const struct {
	const char *name;
	int (*run)(const char *file, const char *text);
} actions[] = {
	{ "insmod", load_module },
	{ "write", write_text },
	{ "read", read_all },
	{ }
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 4) {
		fputs("usage: kvmhot-failnth N insmod FILE [PARAMETERS]\n"
		      "       kvmhot-failnth N write FILE TEXT\n"
		      "       kvmhot-failnth N read FILE\n", stderr);
		return 2;
	}
	/* No page fault of ours is to be the one without memory. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth < 0)
		die("/proc/thread-self/fail-nth");
	for (i = 0; actions[i].name; i++) {
		int rc, error, left;

		if (strcmp(argv[2], actions[i].name))
			continue;
		set_left(atoi(argv[1]));
		rc = actions[i].run(argv[3], argc > 4 ? argv[4] : "");
		error = rc < 0 ? errno : 0;
		left = get_left();
		set_left(0);
		printf("%d %d\n", error, left);
		return 0;
	}
	fprintf(stderr, "kvmhot-failnth: what is '%s'?\n", argv[2]);
	return 2;
}
