/* SPDX-License-Identifier: GPL-2.0 */
/* What libFuzzer calls, and what it has; by its own names: see the Makefile. */
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

#endif /* FUZZ_H */
