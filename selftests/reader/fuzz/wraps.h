/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader's calls are renamed to: see FUZZ_CALLS in the Makefile. */
#ifndef WRAPS_H
#define WRAPS_H

#include <dirent.h>
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <time.h>

struct statfs;

int fuzz_open(const char *path, int flags, ...);
ssize_t fuzz_read(int fd, void *buf, size_t size);
DIR *fuzz_opendir(const char *path);
void *fuzz_malloc(size_t size);
void *fuzz_calloc(size_t nr, size_t size);
void *fuzz_realloc(void *old, size_t size);
int fuzz_statfs(const char *path, struct statfs *fs);
int fuzz_nanosleep(const struct timespec *t, struct timespec *left);
int fuzz_clock_nanosleep(clockid_t clock, int flags, const struct timespec *t,
			 struct timespec *left);
int fuzz_clock_gettime(clockid_t clock, struct timespec *t);
int fuzz_isatty(int fd);
int fuzz_tcdrain(int fd);
int fuzz_tcgetattr(int fd, struct termios *modes);
int fuzz_tcsetattr(int fd, int when, const struct termios *modes);
int fuzz_ioctl(int fd, unsigned long request, ...);
int fuzz_sigaction(int number, const struct sigaction *action,
		   struct sigaction *old);
int fuzz_sigaltstack(const stack_t *stack, stack_t *old);
void fuzz_tell_redirect(char *buf, size_t size);
int fuzz_term_key(int timeout);

#endif /* WRAPS_H */
