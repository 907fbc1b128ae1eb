/* SPDX-License-Identifier: GPL-2.0 */
/* The sections of a file of kvmhot snap: pieces.c cuts an input into them. */
#ifndef PIECES_H
#define PIECES_H

#include <linux/types.h>
#include <stddef.h>

#define MAX_PIECES	512

/* '= NAME BYTES', which is the head, and its data up to the end */
struct piece {
	const __u8 *head, *data, *end;
};

struct pieces {
	size_t nr;
	struct piece piece[MAX_PIECES];
};

/* Of the input that was cut last */
extern struct pieces pieces;

/* How much is before the first piece; 0 if the input is no file of snap's */
size_t pieces_cut(const __u8 *data, size_t size);

#endif /* PIECES_H */
