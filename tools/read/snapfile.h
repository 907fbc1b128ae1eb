/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads and writes a file of snap's: text, a first line
 *
 *	# kvmhot abi 2 snap KEY=VALUE ...
 *
 * then sections: a line '= NAME BYTES' and so many bytes, which are the file NAME
 * of debugfs as it was read, or, 'vms/PID-FD/name', the VM's name.  The section
 * 'end', of 0 bytes, is last.
 */
#ifndef KVMHOT_READ_SNAPFILE_H
#define KVMHOT_READ_SNAPFILE_H

#include <stddef.h>
#include <stdio.h>

struct section {
	const char *name;
	const char *data;
	size_t len;
	unsigned int line;	/* those before it */
};

struct snapfile {
	const char *path;
	char *data;
	size_t nr;
	struct section *section;	/* sorted by name */
};

/* *file: NULL if PATH is no regular file.  Once read, it is kept. */
int snapfile_open(const char *path, const struct snapfile **file);

/* All that is kept: what was found in it must not be used any more. */
void snapfile_forget(void);

const struct section *snapfile_find(const struct snapfile *file,
				    const char *name);
int snapfile_each_vm(const struct snapfile *file,
		     int (*each)(void *arg, const char *id), void *arg);

/*
 * What snap writes: its first line, sections, the end.  Errors are the stream's.
 * NAME: a file's, or 'vms/PID-FD/name'
 */
void snapfile_write_first(FILE *f);
void snapfile_write(FILE *f, const char *name, const char *data, size_t len);
void snapfile_write_end(FILE *f);

#endif /* KVMHOT_READ_SNAPFILE_H */
