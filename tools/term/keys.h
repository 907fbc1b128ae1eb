/* SPDX-License-Identifier: GPL-2.0 */
/* Reads keys, out of the sequences that terminals send for them. */
#ifndef KVMHOT_TERM_KEYS_H
#define KVMHOT_TERM_KEYS_H

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

#endif /* KVMHOT_TERM_KEYS_H */
