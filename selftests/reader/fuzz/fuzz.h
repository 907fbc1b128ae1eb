/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of the reader's fuzzer; libFuzzer's own names: see the Makefile. */
#ifndef FUZZ_H
#define FUZZ_H

#include <linux/types.h>
#include <stddef.h>

int fuzz_begin(int *argc, char ***argv);
int fuzz_one(const __u8 *data, size_t size);
/* What becomes of the input, at most MAX bytes: its new size */
size_t fuzz_mutate(__u8 *data, size_t size, size_t max, unsigned int seed);
/* libFuzzer's own way to do that */
size_t fuzz_change(__u8 *data, size_t size, size_t max);

/* Below BELOW, and the same each time for the same *STATE */
static inline unsigned int fuzz_rnd(unsigned int *state, unsigned int below)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 8) % below;
}

/* The reader's own main(), which the Makefile renames */
int kvmhot_main(int argc, char **argv);

/* A text of the fuzzer's, not a string */
struct fuzz_data {
	const __u8 *data;
	size_t size;
};

/*
 * top_fuzz.c: kvmhot top, keys and all, or stat, on the saved file ROOT, or if
 * that is NULL on a directory, which changes between A and B meanwhile.
 */
void fuzz_top(const char *root, const struct fuzz_data *a,
	      const struct fuzz_data *b, unsigned int seed);
/* Of what keys top finds, if it is not run by fuzz_top() */
void fuzz_top_keys(unsigned int seed);
/* Where the reader waits between two readings */
void fuzz_top_between(void);
/* Amid one */
void fuzz_top_change(void);

/*
 * wraps.c: what the reader calls, in the fuzzer's hands.  Its errors go into
 * MESSAGE whenever it does not want them itself.
 */
void wraps_begin(char *message, size_t size);
/* The call number CALLS from now on fails that opens, reads or allocates. */
void wraps_fail(unsigned int calls);
/* Before the file number OPENS from now on the tree changes. */
void wraps_change(unsigned int opens);
/* Neither of these two any more */
void wraps_be_quiet(void);
/*
 * After that many waits between two readings, if not 0, there is nothing to be
 * opened any more: whatever would go on for ever ends.
 */
void wraps_end_after(unsigned int sleeps);
/* Is what is no file debugfs, so that it is live? */
void wraps_live(int live);
void wraps_pass(double seconds);
void wraps_terminal(unsigned int rows, unsigned int columns);

#endif /* FUZZ_H */
