// SPDX-License-Identifier: GPL-2.0
/* Cuts an input into the sections that a file of kvmhot snap is made of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pieces.h"

struct pieces pieces;

static const __u8 *cut_piece(const __u8 *at, const __u8 *end)
{
	const __u8 *newline = memchr(at, '\n', end - at), *blank;
	unsigned long len;
	char digits[24];

	if (!newline || pieces.nr == MAX_PIECES)
		return NULL;
	for (blank = newline; blank > at && *blank != ' '; blank--)
		;
	if (*at != '=' || blank == at)
		return NULL;
	snprintf(digits, sizeof(digits), "%.*s", (int)(newline - blank - 1),
		 (const char *)blank + 1);
	len = strtoul(digits, NULL, 10);
	if (len > (size_t)(end - newline - 1))
		return NULL;
	pieces.piece[pieces.nr++] = (struct piece){
		at, newline + 1, newline + 1 + len,
	};
	return newline + 1 + len;
}

size_t pieces_cut(const __u8 *data, size_t size)
{
	const __u8 *newline = memchr(data, '\n', size), *at;

	pieces.nr = 0;
	if (!newline)
		return 0;
	for (at = newline + 1; at && at < data + size;)
		at = cut_piece(at, data + size);
	return pieces.nr ? newline + 1 - data : 0;
}
