// SPDX-License-Identifier: GPL-2.0
/* Reads and writes a file that has many files in it, by an index. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/tell.h"
#include "read/snapfile.h"
#include "shared/version.h"

#define FIRST	"# kvmhot abi "

/* Far beyond what any host has */
#define MOST	(4UL * 1024 * 1024 * 1024)

/* Of diff, two.  They stay until they are forgotten. */
static struct snapfile *files[2];
static unsigned int nr_files;

static int bad(const struct snapfile *f, unsigned int line, const char *what)
{
	tell_error("%s: line %u: %s", f->path, line, what);
	return -EBADMSG;
}

/* What is not one may be very large: it is not read. */
static int check_begin(const struct snapfile *f, int fd, size_t size)
{
	char begin[sizeof(FIRST) - 1];

	if (pread(fd, begin, sizeof(begin), 0) != sizeof(begin) ||
	    memcmp(begin, FIRST, sizeof(begin)))
		return bad(f, 1, "not a file that kvmhot snap made");
	return size > MOST ? -EFBIG : 0;
}

static int read_data(struct snapfile *f, size_t size)
{
	size_t len = 0;
	ssize_t got;
	int fd, ret;

	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = check_begin(f, fd, size);
	if (!ret)
		f->data = malloc(size + 1);
	if (!ret && !f->data)
		ret = -ENOMEM;
	while (!ret && len < size) {
		got = read(fd, f->data + len, size - len);
		if (got <= 0)
			ret = got ? -errno : -EIO;
		else
			len += got;
	}
	close(fd);
	if (!ret)
		f->data[len] = '\0';
	return ret;
}

static unsigned int count_lines(const char *s, const char *end)
{
	unsigned int lines = 0;

	while (s < end && (s = memchr(s, '\n', end - s))) {
		lines++;
		s++;
	}
	return lines;
}

static int add_section(struct snapfile *f, const struct section *s)
{
	struct section *more;

	/* Room for a power of two of them, from 64 on. */
	if (!(f->nr & (f->nr - 1)) && (!f->nr || f->nr >= 64)) {
		more = realloc(f->section,
			       (f->nr ? 2 * f->nr : 64) * sizeof(*s));
		if (!more)
			return -ENOMEM;
		f->section = more;
	}
	f->section[f->nr++] = *s;
	return 0;
}

/* '= NAME BYTES', the line at *next: S, and behind it all, *next */
static int parse_section(struct snapfile *f, char **next, const char *end,
			 unsigned int *line, struct section *s)
{
	char *newline = memchr(*next, '\n', end - *next), *blank, *behind;
	unsigned long long len;

	++*line;
	if (!newline)
		return bad(f, *line, "truncated");
	*newline = '\0';
	blank = strrchr(*next, ' ');
	if (strncmp(*next, "= ", 2) || blank < *next + 3 ||
	    blank[1] < '0' || blank[1] > '9')
		return bad(f, *line, "not '= NAME BYTES'");
	*blank = '\0';
	errno = 0;
	len = strtoull(blank + 1, &behind, 10);
	if (errno || *behind)
		return bad(f, *line, "not '= NAME BYTES'");
	if (len > (size_t)(end - newline - 1))
		return bad(f, *line, "truncated: so many bytes do not follow");
	*s = (struct section){ *next + 2, newline + 1, len, *line };
	*line += count_lines(s->data, s->data + len);
	*next = newline + 1 + len;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct section *sa = a, *sb = b;

	return strcmp(sa->name, sb->name);
}

static int check_twins(const struct snapfile *f)
{
	const struct section *s;

	for (s = f->section + 1; s < f->section + f->nr; s++)
		if (!strcmp(s->name, s[-1].name))
			return bad(f, s->line, "the same file a second time");
	return 0;
}

static int parse_first(struct snapfile *f, char **next)
{
	unsigned long abi;
	char *s;

	if (strncmp(f->data, FIRST, strlen(FIRST)))
		return bad(f, 1, "not a file that kvmhot snap made");
	abi = strtoul(f->data + strlen(FIRST), &s, 10);
	if (abi != KVMHOT_ABI) {
		tell_error("%s: line 1: abi %lu, but this kvmhot reads only %d",
			   f->path, abi, KVMHOT_ABI);
		return -EBADMSG;
	}
	*next = strchr(s, '\n');
	if (strncmp(s, " snap", 5) || (s[5] != ' ' && s[5] != '\n'))
		return bad(f, 1, "not a file that kvmhot snap made");
	if (!*next)
		return bad(f, 1, "truncated");
	++*next;
	return 0;
}

static int parse(struct snapfile *f, size_t size)
{
	const char *end = f->data + size;
	unsigned int line = 1;
	struct section s;
	char *next;
	int ret;

	ret = parse_first(f, &next);
	if (ret)
		return ret;
	do {
		if (next == end)
			return bad(f, line, "truncated: there is no end");
		ret = parse_section(f, &next, end, &line, &s);
		if (ret)
			return ret;
		ret = add_section(f, &s);
		if (ret)
			return ret;
	} while (strcmp(s.name, "end"));
	if (next != end || s.len)
		return bad(f, line, "something behind the end");
	qsort(f->section, f->nr, sizeof(s), compare);
	return check_twins(f);
}

static void free_file(struct snapfile *f)
{
	free(f->data);
	free(f->section);
	free(f);
}

void snapfile_forget(void)
{
	while (nr_files)
		free_file(files[--nr_files]);
}

static int load(const char *path, size_t size, const struct snapfile **file)
{
	struct snapfile *f;
	int ret;

	if (nr_files == sizeof(files) / sizeof(*files))
		return -ENFILE;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->path = path;
	ret = read_data(f, size);
	if (!ret)
		ret = parse(f, size);
	if (ret) {
		free_file(f);
		return ret;
	}
	files[nr_files++] = f;
	*file = f;
	return 0;
}

int snapfile_open(const char *path, const struct snapfile **file)
{
	struct stat st;
	unsigned int i;

	*file = NULL;
	for (i = 0; i < nr_files; i++) {
		if (strcmp(files[i]->path, path))
			continue;
		*file = files[i];
		return 0;
	}
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return 0;
	return load(path, st.st_size, file);
}

const struct section *snapfile_find(const struct snapfile *file,
				    const char *name)
{
	const struct section s = { .name = name };

	return bsearch(&s, file->section, file->nr, sizeof(s), compare);
}

/* Each VM has a name. */
int snapfile_each_vm(const struct snapfile *file,
		     int (*each)(void *arg, const char *id), void *arg)
{
	static const char start[] = "vms/", stop[] = "/name";
	const struct section *s;
	char id[NAME_MAX];
	size_t len;
	int ret = 0;

	for (s = file->section; !ret && s < file->section + file->nr; s++) {
		len = strlen(s->name);
		if (strncmp(s->name, start, strlen(start)) ||
		    len < strlen(start) + strlen(stop) ||
		    strcmp(s->name + len - strlen(stop), stop))
			continue;
		snprintf(id, sizeof(id), "%.*s",
			 (int)(len - strlen(start) - strlen(stop)),
			 s->name + strlen(start));
		ret = each(arg, id);
	}
	return ret;
}

void snapfile_write_first(FILE *f)
{
	struct utsname u;

	uname(&u);
	fprintf(f, FIRST "%d snap time=%lld kernel=%s host=%s\n", KVMHOT_ABI,
		(long long)time(NULL), u.release, u.nodename);
}

void snapfile_write(FILE *f, const char *name, const char *data, size_t len)
{
	fprintf(f, "= %s %zu\n", name, len);
	fwrite(data, 1, len, f);
}

void snapfile_write_end(FILE *f)
{
	snapfile_write(f, "end", "", 0);
}
