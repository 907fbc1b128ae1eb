// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-watch: reads all files of a VM again and again, while it resets it, and
 * finds what cannot be.
 *
 *   kvmhot-watch VM RESET_US	a VM's name; microseconds from one reset to the next
 *
 * Until SIGTERM.  Then prints how much it did; exit status 1 if there was a fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "watch.h"

#define ROOT		"/sys/kernel/debug/kvmhot"
#define MOST_PRINTED	10

struct figures figures;
static char buffer[1 << 20];
static const char *vm;
static unsigned int reset_us;
static atomic_bool stop;
static atomic_ulong resets;

void fault(const struct text *text, const char *what, const struct row *row)
{
	unsigned int i;

	if (figures.bad++ >= MOST_PRINTED)
		return;
	printf("wrong: %s: %s:", text ? text->name : "exits", what);
	for (i = 0; row && i < row->nr; i++)
		printf(" %s", row->cell[i]);
	printf("\n");
}

static void on_signal(int signal)
{
	(void)signal;
	stop = true;
}

static void read_file(const char *path)
{
	struct text text = {
		.path = path, .name = strrchr(path, '/') + 1, .text = buffer,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t n;

	if (fd < 0) {
		fault(&text, strerror(errno), NULL);
		return;
	}
	while ((n = read(fd, buffer + size, sizeof(buffer) - 1 - size)) > 0)
		size += n;
	if (n < 0)
		fault(&text, strerror(errno), NULL);
	buffer[size] = '\0';
	close(fd);
	check_text(&text);
}

static void read_all(void)
{
	static const char * const files[] = {
		"exits", "hist", "exits", "stages", "exits", "vcpus", "exits",
		"totals", "exits", "user", "ept", "halt", "ioctl", "pmu",
	};
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), ROOT "/vms/%s/%s", vm, files[i]);
		read_file(path);
	}
	read_file(ROOT "/status");
}

static void reset(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
	resets++;
}

/* In turn of all, of the VM by its name, and by its own file */
static void *resetter_main(void *arg)
{
	char path[256];

	snprintf(path, sizeof(path), ROOT "/vms/%s/reset", vm);
	while (!stop) {
		usleep(reset_us);
		switch (resets % 3) {
		case 0:
			reset(ROOT "/reset", "all");
			break;
		case 1:
			reset(ROOT "/reset", vm);
			break;
		default:
			reset(path, "1");
		}
	}
	return arg;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t resetter;

	if (argc != 3) {
		fprintf(stderr, "usage: kvmhot-watch VM RESET_US\n");
		return 2;
	}
	/* Most of the time is for the guest's exits. */
	if (nice(10) < 0) {
		perror("nice");
		return 1;
	}
	vm = argv[1];
	reset_us = atoi(argv[2]);
	sigaction(SIGTERM, &action, NULL);
	errno = pthread_create(&resetter, NULL, resetter_main, NULL);
	if (errno) {
		perror("pthread_create");
		return 1;
	}
	while (!stop)
		read_all();
	pthread_join(resetter, NULL);
	printf("readings %lu rows %lu compared %lu resets %lu bad %lu\n",
	       figures.readings, figures.rows, figures.compared, resets,
	       figures.bad);
	return figures.bad != 0;
}
