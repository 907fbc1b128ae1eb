// SPDX-License-Identifier: GPL-2.0
/* Writes beside a file, then renames: readers see the old file or the new. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/out.h"
#include "base/tell.h"

static int fail(const char *path)
{
	tell_error("%s: %s", path, strerror(errno));
	return -1;
}

/* What mkstemp() makes only its owner may read; a file is as umask has it. */
static int set_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask);
}

/* A device or a pipe is written to: it must not be replaced by a file. */
static int open_special(struct out *out, const char *path)
{
	out->file = fopen(path, "we");
	return out->file ? 0 : fail(path);
}

/* What is half written: gone, too, if a signal ends this. */
static const char *half;
static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* A handler for once only: what comes then is what the signal always does. */
static void on_signal(int signal)
{
	unlink(half);
	raise(signal);
}

static void catch_signals(const char *path)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_RESETHAND,
	}, old;
	size_t i;

	half = path;
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}

int out_open(struct out *out, const char *path)
{
	struct stat st;
	int fd, len;

	out->path = path && strcmp(path, "-") ? path : NULL;
	out->file = stdout;
	out->temporary[0] = '\0';
	if (!out->path)
		return 0;
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return open_special(out, path);
	/* Not a name that node_exporter takes for a file to read: *.prom. */
	len = snprintf(out->temporary, sizeof(out->temporary), "%s.XXXXXX",
		       path);
	if (len >= (int)sizeof(out->temporary)) {
		errno = ENAMETOOLONG;
		return fail(path);
	}
	fd = mkostemp(out->temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(path);
	catch_signals(out->temporary);
	out->file = set_mode(fd) ? NULL : fdopen(fd, "w");
	if (out->file)
		return 0;
	fail(path);
	close(fd);
	unlink(out->temporary);
	return -1;
}

int out_close(struct out *out, bool keep)
{
	bool fine;

	if (!out->path)
		return 0;
	fine = !ferror(out->file) && !fflush(out->file);
	if (keep && fine && *out->temporary && fsync(fileno(out->file)))
		fine = false;
	if (!fine)
		fail(out->path);
	fclose(out->file);
	if (!*out->temporary)
		return keep && fine ? 0 : -1;
	if (keep && fine) {
		if (!rename(out->temporary, out->path))
			return 0;
		fail(out->path);
	}
	unlink(out->temporary);
	return keep || !fine ? -1 : 0;
}
