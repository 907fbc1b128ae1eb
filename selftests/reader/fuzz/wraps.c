// SPDX-License-Identifier: GPL-2.0
/*
 * Stands between the reader and the C library: the Makefile renames the reader's
 * calls.  One of them may fail, time passes only when it is told to, and there is
 * a terminal that takes all and has no signals.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/tell.h"
#include "fuzz.h"
#include "wraps.h"

/* When the clock began, which nothing may take for never */
#define START	1000

static char *message;
static size_t message_size;
static unsigned int calls_left, opens_left, sleeps_left;
static int is_live, is_gone;
static double now;
static struct winsize terminal;

void wraps_begin(char *buf, size_t size)
{
	message = buf;
	message_size = size;
	tell_redirect(buf, size);
}

void wraps_fail(unsigned int calls)
{
	calls_left = calls;
}

void wraps_change(unsigned int opens)
{
	opens_left = opens;
}

void wraps_be_quiet(void)
{
	calls_left = 0;
	opens_left = 0;
}

void wraps_end_after(unsigned int sleeps)
{
	sleeps_left = sleeps;
	is_gone = 0;
}

void wraps_live(int live)
{
	is_live = live;
}

void wraps_pass(double seconds)
{
	now += seconds;
}

void wraps_terminal(unsigned int rows, unsigned int columns)
{
	terminal.ws_row = rows;
	terminal.ws_col = columns;
}

static int fails(void)
{
	return calls_left && !--calls_left;
}

/* Of all that a file may fail with, by the time */
static int some_error(void)
{
	static const int errors[] = { ENOENT, EACCES, EIO, EMFILE, ENOMEM };
	unsigned int state = now * 1000;

	return errors[fuzz_rnd(&state, sizeof(errors) / sizeof(*errors))];
}

/*
 * Whoever else has a PID of the input's on this machine is not to be read; and
 * a kvmhot that this machine has is to be left alone.
 */
static int is_others(const char *path)
{
	return (!strncmp(path, "/proc/", 6) &&
		strncmp(path, "/proc/self/fd/", 14)) ||
	       !strncmp(path, "/sys/kernel/debug/", 18) ||
	       !strcmp(path, "/dev/kvm");
}

/* The reader creates no file in this way. */
int fuzz_open(const char *path, int flags, ...)
{
	if (opens_left && !--opens_left)
		fuzz_top_change();
	if (!is_others(path) && !is_gone && !fails())
		return open(path, flags);
	errno = some_error();
	return -1;
}

ssize_t fuzz_read(int fd, void *buf, size_t size)
{
	if (!fails())
		return read(fd, buf, size);
	errno = some_error();
	return -1;
}

DIR *fuzz_opendir(const char *path)
{
	if (!is_others(path) && !is_gone && !fails())
		return opendir(path);
	errno = some_error();
	return NULL;
}

void *fuzz_malloc(size_t size)
{
	return fails() ? NULL : malloc(size);
}

void *fuzz_calloc(size_t nr, size_t size)
{
	return fails() ? NULL : calloc(nr, size);
}

void *fuzz_realloc(void *old, size_t size)
{
	return fails() ? NULL : realloc(old, size);
}

int fuzz_statfs(const char *path, struct statfs *fs)
{
	int ret = statfs(path, fs);

	if (!ret && is_live)
		fs->f_type = DEBUGFS_MAGIC;
	return ret;
}

void fuzz_tell_redirect(char *buf, size_t size)
{
	if (buf)
		tell_redirect(buf, size);
	else
		tell_redirect(message, message_size);
}

int fuzz_nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	wraps_pass(t->tv_sec + t->tv_nsec / 1e9);
	return 0;
}

/* It waits for a time, and between two readings: there the tree may change. */
int fuzz_clock_nanosleep(clockid_t clock, int flags, const struct timespec *t,
			 struct timespec *left)
{
	(void)clock;
	(void)flags;
	(void)left;
	if (now < t->tv_sec - START)
		now = t->tv_sec - START;
	if (sleeps_left && !--sleeps_left)
		is_gone = 1;
	fuzz_top_between();
	return 0;
}

int fuzz_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	t->tv_sec = START + now;
	t->tv_nsec = (START + now - t->tv_sec) * 1e9;
	return 0;
}

int fuzz_isatty(int fd)
{
	(void)fd;
	return 1;
}

int fuzz_tcdrain(int fd)
{
	(void)fd;
	return 0;
}

int fuzz_tcgetattr(int fd, struct termios *modes)
{
	(void)fd;
	memset(modes, 0, sizeof(*modes));
	return 0;
}

int fuzz_tcsetattr(int fd, int when, const struct termios *modes)
{
	(void)fd;
	(void)when;
	(void)modes;
	return 0;
}

int fuzz_ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	(void)fd;
	if (request != TIOCGWINSZ)
		abort();
	va_start(args, request);
	*va_arg(args, struct winsize *) = terminal;
	va_end(args);
	return 0;
}

/* libFuzzer's must stay: they tell what crashed, or hangs. */
int fuzz_sigaction(int number, const struct sigaction *action,
		   struct sigaction *old)
{
	(void)number;
	(void)action;
	if (old)
		memset(old, 0, sizeof(*old));
	return 0;
}

int fuzz_sigaltstack(const stack_t *stack, stack_t *old)
{
	(void)stack;
	(void)old;
	return 0;
}
