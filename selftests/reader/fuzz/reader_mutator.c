// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations that know what a file of kvmhot snap is made of: sections, whose
 * lengths are put right again, lines and columns.  Without that, nearly all
 * damage would be found by the index already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pieces.h"

static unsigned int state;

static unsigned int rnd(unsigned int below)
{
	return fuzz_rnd(&state, below);
}

static size_t replace(__u8 *data, size_t size, size_t max, size_t from,
		      size_t to, const void *by, size_t len)
{
	if (size - (to - from) + len > max)
		return size;
	memmove(data + from + len, data + to, size - to);
	memcpy(data + from, by, len);
	return size - (to - from) + len;
}

/* From its beginning up to the newline, which is not in it */
static void choose_line(const __u8 *data, size_t size, size_t *from,
			size_t *to)
{
	size_t at = rnd(size);

	for (*from = at; *from && data[*from - 1] != '\n'; --*from)
		;
	for (*to = at; *to < size && data[*to] != '\n'; ++*to)
		;
}

/* What is between two tabs, blanks, colons or equals signs */
static void choose_word(const __u8 *data, size_t size, size_t *from,
			size_t *to)
{
	static const char ends[] = "\t\n :=";
	size_t at = rnd(size);

	for (*from = at; *from && !strchr(ends, data[*from - 1]); --*from)
		;
	for (*to = at; *to < size && !strchr(ends, data[*to]); ++*to)
		;
}

static size_t mutate_word(__u8 *data, size_t size, size_t max)
{
	static const char * const words[] = {
		"", "0", "1", "2", "-1", "-", "127", "65535", "65536",
		"2147483647", "2147483648", "4294967295", "4294967296",
		"9223372036854775807", "9223372036854775808",
		"18446744073709551615", "18446744073709551616", "16106127360",
		"all", "tsc", "KVM_RUN", "block", "poll", "refused", "reason",
		"vm", "hook", "event",
	};
	size_t from, to, other, end;
	__u8 copy[256];
	const char *word = words[rnd(sizeof(words) / sizeof(*words))];

	choose_word(data, size, &from, &to);
	if (rnd(2))
		return replace(data, size, max, from, to, word, strlen(word));
	choose_word(data, size, &other, &end);
	if (end - other > sizeof(copy))
		end = other + sizeof(copy);
	memcpy(copy, data + other, end - other);
	return replace(data, size, max, from, to, copy, end - other);
}

/* Away with it, or once more somewhere else */
static size_t mutate_line(__u8 *data, size_t size, size_t max)
{
	__u8 copy[4096];
	size_t from, to, other, end;

	choose_line(data, size, &from, &to);
	to += to < size;
	if (rnd(2))
		return replace(data, size, max, from, to, "", 0);
	if (to - from > sizeof(copy))
		to = from + sizeof(copy);
	memcpy(copy, data + from, to - from);
	choose_line(data, size, &other, &end);
	return replace(data, size, max, other, other, copy, to - from);
}

static size_t mutate_text(__u8 *data, size_t size, size_t max)
{
	if (!size)
		return fuzz_change(data, size, max);
	switch (rnd(5)) {
	case 0:
		return mutate_line(data, size, max);
	case 1:
		return fuzz_change(data, size, max);
	default:
		return mutate_word(data, size, max);
	}
}

/* The section P of the input with other text, or away, or there twice */
static size_t mutate_piece(__u8 *data, size_t size, size_t max,
			   const struct piece *p)
{
	size_t from = p->head - data, to = p->end - data;
	size_t len = p->end - p->data, most = len + 512;
	size_t head_len;
	char head[256];
	__u8 *text;

	if (!rnd(40))
		return replace(data, size, max, from, to, "", 0);
	text = malloc(most + sizeof(head));
	if (!text)
		return size;
	/* '= NAME ', then the length, which is known only in the end */
	head_len = p->data - p->head;
	while (head_len && p->head[head_len - 1] != ' ')
		head_len--;
	snprintf(head, sizeof(head), "%.*s", (int)head_len,
		 (const char *)p->head);
	memcpy(text + sizeof(head), p->data, len);
	len = mutate_text(text + sizeof(head), len, most);
	head_len = snprintf((char *)text, sizeof(head), "%.200s%zu\n", head,
			    len);
	memmove(text + head_len, text + sizeof(head), len);
	size = replace(data, size, max, from, rnd(60) ? to : from, text,
		       head_len + len);
	free(text);
	return size;
}

size_t fuzz_mutate(__u8 *data, size_t size, size_t max, unsigned int seed)
{
	size_t new_size = size;
	unsigned int times;

	state = seed;
	for (times = 1 + rnd(3); times; times--) {
		if (!rnd(30) || !pieces_cut(data, new_size))
			new_size = fuzz_change(data, new_size, max);
		else
			new_size = mutate_piece(data, new_size, max,
						&pieces.piece[rnd(pieces.nr)]);
	}
	return new_size ? new_size : fuzz_change(data, size, max);
}
