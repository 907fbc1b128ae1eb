/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads files where they are: in a directory, debugfs or a copy of it, or all in one
 * file that snap made.  Errors are a negative errno, not told, or -EBADMSG, told.
 */
#ifndef KVMHOT_READ_STORE_H
#define KVMHOT_READ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define STORE_ROOT	"/sys/kernel/debug/kvmhot"

struct blob {
	char *data;		/* LEN bytes, and a NUL behind them */
	size_t len;
	unsigned int line;	/* how many lines are before it in PATH */
	const char *path;
};

/* Is it there at all, and of a kind that can be read? */
int store_open(const char *root);

/* The file NAME.  What the call before gave is gone. */
int store_read(const char *root, const char *name, struct blob *b);

/* Where that file is, or would be */
const char *store_path(void);

/* The names of the VMs to EACH, until it returns another value than 0: that. */
int store_each_vm(const char *root,
		  int (*each)(void *arg, const char *id), void *arg);

/* Is there (still) a directory of the VM? */
bool store_has_vm(const char *root, const char *id);

/* Is it a file of snap's? */
bool store_is_file(const char *root);

/* Is it not debugfs itself?  Then nothing in it changes by itself. */
bool store_is_copy(const char *root);

/* Each file that is read goes into F, too; NULL: no more. */
void store_record(FILE *f);

#endif /* KVMHOT_READ_STORE_H */
