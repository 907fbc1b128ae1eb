/* SPDX-License-Identifier: GPL-2.0 */
/* Puts a frame together and draws it at once. */
#ifndef KVMHOT_TERM_SCREEN_H
#define KVMHOT_TERM_SCREEN_H

#include <stdbool.h>

#include "base/fmt.h"

/* Any of the first three, and at most one of the colours. */
enum {
	TERM_BOLD = 1, TERM_DIM = 2, TERM_REVERSE = 4,
	TERM_RED = 0x10, TERM_GREEN = 0x20, TERM_YELLOW = 0x30,
	TERM_CYAN = 0x40,
	TERM_COLOUR = 0x70
};

/*
 * A frame, drawn from top to bottom.  Nothing is seen of it before its end.  It
 * has the size that the terminal has when it begins.
 */
void term_begin(void);
void term_end(void);
int term_rows(void);
int term_columns(void);

/*
 * Adds to the row, which is cut at the right edge.  What is no ASCII, no line,
 * block, arrow or braille becomes '?', as does all but ASCII on a plain one.
 */
__printf(2, 3)
void term_print(unsigned int attr, const char *format, ...);

/* Blanks up to the column COLUMN, 0 being the first; -1: up to the edge. */
void term_fill(unsigned int attr, int column);

/*
 * Goes to the next row; ROW: to that one below, 0 being the first.  False if
 * there is none: what is printed there is lost.
 */
bool term_line(void);
bool term_row(int row);

/* The row and the column where the next character goes. */
int term_at_row(void);
int term_at_column(void);

#endif /* KVMHOT_TERM_SCREEN_H */
