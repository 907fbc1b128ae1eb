/* SPDX-License-Identifier: GPL-2.0 */
/* Edits a line that is typed, key by key, while all else goes on. */
#ifndef KVMHOT_TERM_PROMPT_H
#define KVMHOT_TERM_PROMPT_H

#include <stddef.h>

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

#endif /* KVMHOT_TERM_PROMPT_H */
