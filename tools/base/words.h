/* SPDX-License-Identifier: GPL-2.0 */
/* Parses words of the command line, and tells what is wrong with them. */
#ifndef KVMHOT_BASE_WORDS_H
#define KVMHOT_BASE_WORDS_H

/* All return 0 or -1.  NAME, of an option or a verb, is told in errors. */

/* Tells that WORD is not WHAT; always -1. */
int words_bad(const char *name, const char *word, const char *what);
int words_number(const char *name, const char *word, long least,
		 long most, const char *what, long *n);
/* Does not tell. */
int words_real(const char *word, double least, double most, double *v);
int words_delay(const char *name, const char *word, double *delay);
int words_count(const char *name, const char *word, long *count);

#endif /* KVMHOT_BASE_WORDS_H */
