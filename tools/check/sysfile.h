/* SPDX-License-Identifier: GPL-2.0 */
/* Reads small files of the kernel: strings, numbers and words. */
#ifndef KVMHOT_CHECK_SYSFILE_H
#define KVMHOT_CHECK_SYSFILE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* A small file as a string, cut to SIZE; 0 or a negative errno */
int sysfile_read(const char *path, char *buf, size_t size);
/* As a number: 0 or a negative errno */
int sysfile_number(const char *path, __u64 *number);
/* Is WORD one of LINE's, which blanks separate? */
bool sysfile_has_word(const char *line, const char *word);
/* Is WORD=VALUE, or WORD, on the kernel's command line?  VALUE's copy or NULL */
bool sysfile_has_argument(const char *word, char *value, size_t size);
/* Is a module there, be it loaded or built in? */
bool sysfile_has_module(const char *name);

#endif /* KVMHOT_CHECK_SYSFILE_H */
