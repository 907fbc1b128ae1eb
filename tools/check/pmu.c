// SPDX-License-Identifier: GPL-2.0
/* kvmhot check --pmu: tells which events there are, and compares one with a known VM. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "base/tell.h"
#include "check/measure.h"
#include "check/pmu.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"

#define EVENTS	STORE_ROOT "/events"

/* Those of a hardware PMU come first. */
#define NR_HARDWARE	10
static const char * const standard[] = {
	"cycles", "instructions", "cache-references", "cache-misses",
	"branch-misses", "bus-cycles", "ref-cycles", "L1-dcache-load-misses",
	"LLC-load-misses", "dTLB-load-misses",
	"cpu-clock", "task-clock", "page-faults", "context-switches",
};

static int fail(int error)
{
	if (error == ENOENT && !access(STORE_ROOT, F_OK))
		tell_error("%s: not there: a module that has no events", EVENTS);
	else
		tell_error("%s: %s", EVENTS, strerror(error));
	return -1;
}

static int read_list(char *list, size_t size)
{
	size_t len = 0;
	ssize_t ret;
	int fd, error;

	fd = open(EVENTS, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno);
	do {
		ret = read(fd, list + len, size - 1 - len);
		if (ret > 0)
			len += ret;
	} while (ret > 0);
	error = errno;
	close(fd);
	if (ret)
		return fail(error);
	list[len] = '\0';
	return 0;
}

/* Return: 0 or a negative errno. */
static int try_list(const char *list)
{
	int fd, error = 0;

	fd = open(EVENTS, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, list, strlen(list)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* What the kernel says of the one event in the list */
static int write_event(const char *word, struct event *e)
{
	struct snapshot s;
	int ret;

	ret = try_list(word);
	if (ret)
		return fail(-ret);
	if (source_load_status(&s, STORE_ROOT))
		return -1;
	if (s.nr_events == 1 && !strcmp(s.events[0].name, word)) {
		*e = s.events[0];
	} else {
		tell_error("%s/status: not the event that was written: %s",
			   STORE_ROOT, word);
		ret = -1;
	}
	snapshot_free(&s);
	return ret;
}

static bool is_refused(const struct event *e)
{
	return !strcmp(e->state, "refused");
}

/* *HARDWARE: how many of the hardware's the kernel takes */
static int print_standard(unsigned int *hardware, bool (*stopped)(void))
{
	struct event e;
	size_t i;

	*hardware = 0;
	printf("%-21s  %s\n", "EVENT", "KERNEL");
	for (i = 0; i < sizeof(standard) / sizeof(*standard); i++) {
		if (stopped() || write_event(standard[i], &e))
			return -1;
		if (is_refused(&e)) {
			printf("%-21s  refused (%s)%s%s\n", e.name,
			       fmt_errno(e.error).text, e.note[0] ? ": " : "",
			       e.note);
			continue;
		}
		printf("%-21s  taken\n", e.name);
		*hardware += i < NR_HARDWARE;
	}
	return 0;
}

static int check_enabled(void)
{
	struct snapshot s;
	int ret = 0;

	if (source_load_status(&s, STORE_ROOT))
		return -1;
	if (!s.n[S_ENABLED] || !s.n[S_ARMED]) {
		tell_error("check: not %s: nothing is counted, see kvmhot report",
			   s.n[S_ENABLED] ? "armed" : "enabled");
		ret = -1;
	} else if (snapshot_kprobes_off(&s)) {
		tell_error("check: kprobes are not hit: times are wrong, see kvmhot check");
		ret = -1;
	}
	snapshot_free(&s);
	return ret;
}

static int run(const char *word, bool (*stopped)(void))
{
	unsigned int hardware;
	struct event e;

	if (print_standard(&hardware, stopped) || write_event(word, &e))
		return EXIT_FAILED;
	putchar('\n');
	if (!is_refused(&e))
		return measure_event(&e, stopped) ? EXIT_FAILED : EXIT_FINE;
	if (!hardware)
		puts("no hardware PMU here: nothing to compare");
	else
		printf("%s: refused (%s)%s%s\n", e.name,
		       fmt_errno(e.error).text, e.note[0] ? ": " : "", e.note);
	return EXIT_FAILED;
}

int pmu_check(const char *word, bool (*stopped)(void))
{
	char list[4096];
	int status = EXIT_FAILED, ret;

	/* Where there is no module at all, status knows better what to say. */
	if (check_enabled() || read_list(list, sizeof(list)))
		return EXIT_FAILED;
	ret = try_list(word);
	if (ret == -EINVAL) {
		tell_error("check: '%s' is no word of the file events: see the kernel's log",
			   word);
		return EXIT_USAGE;
	}
	if (ret)
		fail(-ret);
	else
		status = run(word, stopped);
	ret = try_list(list);
	if (ret) {
		fail(-ret);
		tell_error("check: the list could not be put back: %s", list);
		status = EXIT_FAILED;
	}
	return status;
}
