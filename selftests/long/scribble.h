/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of kvmhot-scribble: chance, and what it writes. */
#ifndef SCRIBBLE_H
#define SCRIBBLE_H

#include <stddef.h>

#define MOST_BYTES	8192

/* 0 to BELOW - 1 */
unsigned int chance(unsigned int below);

enum target { ENABLED, DETAIL, EVENTS, RESET, VM_RESET, PARAMETERS, NR_TARGETS };

/*
 * What to write to TARGET into TO, which has room for MOST_BYTES; its length.
 * VM: the name of a VM, for the file reset.
 */
size_t make_word(enum target target, const char *vm, char *to);

#endif /* SCRIBBLE_H */
