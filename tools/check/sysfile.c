// SPDX-License-Identifier: GPL-2.0
/* Reads small files of the kernel: strings, numbers and words. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/sysfile.h"

int sysfile_read(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t ret = 0;
	int fd, error;

	*buf = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	while (len < size - 1 && (ret = read(fd, buf + len, size - 1 - len)) > 0)
		len += ret;
	error = errno;
	close(fd);
	if (ret < 0)
		return -error;
	buf[len] = '\0';
	while (len && buf[len - 1] == '\n')
		buf[--len] = '\0';
	return 0;
}

int sysfile_number(const char *path, __u64 *number)
{
	char buf[32], *end;
	int ret;

	ret = sysfile_read(path, buf, sizeof(buf));
	if (ret)
		return ret;
	if (*buf < '0' || *buf > '9')
		return -EBADMSG;
	errno = 0;
	*number = strtoull(buf, &end, 10);
	return errno || *end ? -EBADMSG : 0;
}

bool sysfile_has_word(const char *line, const char *word)
{
	size_t len = strlen(word), n;

	for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
		n = strcspn(line, " \t");
		if (n == len && !strncmp(line, word, n))
			return true;
		line += n;
	}
	return false;
}

bool sysfile_has_argument(const char *word, char *value, size_t size)
{
	char line[4096], *next = line, *arg;
	size_t len = strlen(word);

	if (sysfile_read("/proc/cmdline", line, sizeof(line)))
		return false;
	while ((arg = strsep(&next, " \t\n"))) {
		if (strncmp(arg, word, len) || (arg[len] && arg[len] != '='))
			continue;
		*value = '\0';
		if (arg[len])
			strncat(value, arg + len + 1, size - 1);
		return true;
	}
	return false;
}

bool sysfile_has_module(const char *name)
{
	char path[64], state[16];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK))
		return false;
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	/* What is built in has none. */
	return sysfile_read(path, state, sizeof(state)) || !strcmp(state, "live");
}
