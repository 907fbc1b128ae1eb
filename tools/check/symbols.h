/* SPDX-License-Identifier: GPL-2.0 */
/* Finds symbols of the kernel and of its modules. */
#ifndef KVMHOT_CHECK_SYMBOLS_H
#define KVMHOT_CHECK_SYMBOLS_H

#include <stdbool.h>

/* From /proc/kallsyms, which is read once */
struct symbol {
	const char *name, *module;	/* NULL: the kernel itself */
	bool found;
	char variant[64];		/* found under this name only, or "" */
};

/* 0 or a negative errno */
int symbols_read(void);
const struct symbol *symbols_find(const char *name);

#endif /* KVMHOT_CHECK_SYMBOLS_H */
