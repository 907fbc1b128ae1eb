/* SPDX-License-Identifier: GPL-2.0 */
/* Writes a file that appears whole, or not at all; devices and pipes are written to. */
#ifndef KVMHOT_BASE_OUT_H
#define KVMHOT_BASE_OUT_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct out {
	FILE *file;		/* where to write */
	const char *path;	/* NULL: it is standard output */
	char temporary[PATH_MAX];	/* empty: a device, or a pipe */
};

/* PATH: NULL or "-" for standard output.  0, or -1 with the error told */
int out_open(struct out *out, const char *path);

/*
 * KEEP: all was well so far, so the file takes the place of what was there.
 * Else nothing is left of it.  0, or -1 with the error told
 */
int out_close(struct out *out, bool keep);

#endif /* KVMHOT_BASE_OUT_H */
