/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes the terminal as a screen to draw on and keys to read, by the sequences of
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
#ifndef KVMHOT_TERM_TERM_H
#define KVMHOT_TERM_TERM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

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

#endif /* KVMHOT_TERM_TERM_H */
