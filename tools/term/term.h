/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal as a screen to draw on and keys to read, by the sequences of
 * ECMA-48 and what xterm added to them: no terminfo is needed, and no library.
 *
 * A loop is:
 *
 *	term_open(plain);
 *	do {
 *		term_begin();
 *		term_print(TERM_BOLD, "%s", ...); term_line(); ...
 *		term_end();
 *		key = term_key(2000);
 *	} while (key != KEY_ENDED);
 *	term_close();
 *
 * Between term_open() and term_close() SIGINT, SIGTERM, SIGHUP and SIGQUIT end
 * no more than this loop, unless they come twice; they interrupt system calls
 * with EINTR, so that what failed then is no failure if term_ended() says yes.
 */
#ifndef KVMHOT_TERM_H
#define KVMHOT_TERM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/fmt.h"

/* term.c */

/*
 * Takes the terminal; PLAIN: nothing but ASCII, whatever the locale is.  0, or
 * -1 with the error already told.  In the background this stops, as any job
 * that wants the terminal does.
 */
int term_open(bool plain);

/* Gives it back, as does any other way out; again is harmless. */
void term_close(void);

/* A signal asked for the end, or the terminal is gone. */
bool term_ended(void);

/* As it is now; 24 and 80 where the terminal does not know. */
void term_size(int *rows, int *columns);

/* May lines and blocks be drawn?  And is there colour?  Known once open. */
bool term_is_utf8(void);
bool term_is_coloured(void);

/* screen.c */

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

/* keys.c */

/* Others are characters of ASCII, control characters included. */
enum {
	KEY_NONE,	/* timeout */
	KEY_RESIZE = 0x100,	/* draw again: resized, resumed or Ctrl-L */
	KEY_ENDED,
	KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_PGUP, KEY_PGDN, KEY_HOME,
	KEY_END, KEY_ENTER, KEY_ESC, KEY_BACKSPACE, KEY_DELETE, KEY_TAB, KEY_F1
};

#define KEY_CTRL(letter)	((letter) & 0x1f)

/* The next key within so many milliseconds; -1: whenever it comes. */
int term_key(int timeout);

/* prompt.c */

/* A line that is typed; the text is what it is about, when it is done. */
struct prompt {
	char label[64];
	char text[128];
	size_t len, at, max;
};

enum { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_LEFT };

/* MAX: how many characters there may be; TEXT: those to begin with. */
void prompt_start(struct prompt *p, const char *label, const char *text,
		  size_t max);

/* Feeds it a key of term_key(). */
int prompt_key(struct prompt *p, int key);

/* Into the frame, where that is; needs a row of its own. */
void prompt_draw(const struct prompt *p);

/* For screen.c and keys.c only. */

/* What signal handlers tell; and whether the terminal is taken at all. */
struct term_state {
	atomic_int open, taken, ended, resized, clear;
};

extern struct term_state term_state;

/* Writes a part of a frame, whole unless that is in vain. */
void term_write(const char *text, size_t len);

/* Waits for input: 1; timeout: 0; -1: look at term_state. */
int term_wait(int timeout);

#endif /* KVMHOT_TERM_H */
