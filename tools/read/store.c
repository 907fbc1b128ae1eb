// SPDX-License-Identifier: GPL-2.0
/* Reads files of a directory; or of a snapshot, if there is a file in its place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/tell.h"
#include "read/snapfile.h"
#include "read/store.h"

/*
 * Beyond the file of any VM: a thousand vCPUs, each with 50 reasons of a kilobyte,
 * have a fifth of it.  What goes on for ever is none.
 */
#define MOST	(256UL * 1024 * 1024)

static char *buf;
static size_t room;
static FILE *record;
static char path[PATH_MAX];

void store_record(FILE *f)
{
	record = f;
}

static int make_room(size_t size)
{
	char *bigger;

	if (size <= room)
		return 0;
	if (size > MOST)
		return -EFBIG;
	bigger = realloc(buf, size);
	if (!bigger)
		return -ENOMEM;
	buf = bigger;
	room = size;
	return 0;
}

/* A pipe, or a device, may have no end, or none yet. */
static int check_kind(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	tell_error("%s: not a regular file", name);
	return -EBADMSG;
}

/* Debugfs does not know sizes beforehand. */
static int read_all(int fd, size_t *len)
{
	ssize_t ret;

	*len = 0;
	do {
		/* And one for the NUL behind it. */
		ret = make_room(*len + 2 <= room ? room : 2 * room + 65536);
		if (ret)
			return ret;
		ret = read(fd, buf + *len, room - 1 - *len);
		if (ret < 0 && errno == EINTR)
			continue;
		if (ret < 0)
			return -errno;
		*len += ret;
	} while (ret);
	return 0;
}

static int read_file(struct blob *b)
{
	int fd, ret;

	/* Not to wait for a pipe's other end. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	ret = check_kind(fd, path);
	if (!ret)
		ret = read_all(fd, &b->len);
	close(fd);
	if (ret)
		return ret;
	b->line = 0;
	b->path = path;
	return 0;
}

/* It's cut into words, but may be read again. */
static int copy_section(const struct snapfile *file, const char *name,
			struct blob *b)
{
	const struct section *s = snapfile_find(file, name);
	int ret;

	if (!s)
		return -ENOENT;
	ret = make_room(s->len + 1);
	if (ret)
		return ret;
	memcpy(buf, s->data, s->len);
	b->len = s->len;
	b->line = s->line;
	b->path = file->path;
	return 0;
}

/*
 * The directory that was opened last: where it was one then it is one now, without
 * looking again for each file.
 */
static char directory[PATH_MAX];

static int find_file(const char *root, const struct snapfile **file)
{
	*file = NULL;
	return strcmp(root, directory) ? snapfile_open(root, file) : 0;
}

int store_read(const char *root, const char *name, struct blob *b)
{
	const struct snapfile *file;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	ret = find_file(root, &file);
	if (ret)
		return ret;
	ret = file ? copy_section(file, name, b) : read_file(b);
	if (ret)
		return ret;
	b->data = buf;
	buf[b->len] = '\0';
	if (record)
		snapfile_write(record, name, b->data, b->len);
	return 0;
}

const char *store_path(void)
{
	return path;
}

int store_open(const char *root)
{
	const struct snapfile *file;
	DIR *dir;
	int ret;

	*directory = '\0';
	ret = snapfile_open(root, &file);
	if (ret || file)
		return ret;
	dir = opendir(root);
	if (!dir)
		return -errno;
	closedir(dir);
	snprintf(directory, sizeof(directory), "%s", root);
	return 0;
}

static int each_in_dir(const char *root,
		       int (*each)(void *arg, const char *id), void *arg)
{
	char dir_path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int ret = 0;

	snprintf(dir_path, sizeof(dir_path), "%s/vms", root);
	dir = opendir(dir_path);
	if (!dir)
		return -errno;
	do {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			ret = -errno;
		else if (entry->d_name[0] != '.')
			ret = each(arg, entry->d_name);
	} while (entry && !ret);
	closedir(dir);
	return ret;
}

int store_each_vm(const char *root,
		  int (*each)(void *arg, const char *id), void *arg)
{
	const struct snapfile *file;
	int ret;

	ret = find_file(root, &file);
	if (ret)
		return ret;
	return file ? snapfile_each_vm(file, each, arg) :
		      each_in_dir(root, each, arg);
}

bool store_has_vm(const char *root, const char *id)
{
	const struct snapfile *file;
	char dir[PATH_MAX];

	if (find_file(root, &file) || file)
		return true;
	snprintf(dir, sizeof(dir), "%s/vms/%s", root, id);
	return !access(dir, F_OK) || errno != ENOENT;
}

bool store_is_file(const char *root)
{
	const struct snapfile *file;

	return !find_file(root, &file) && file;
}

bool store_is_copy(const char *root)
{
	struct statfs fs;

	if (!strcmp(root, STORE_ROOT))
		return false;
	return statfs(root, &fs) || (unsigned long)fs.f_type != DEBUGFS_MAGIC;
}
