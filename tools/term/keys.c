// SPDX-License-Identifier: GPL-2.0
/* Reads keys, out of the sequences that terminals send for them. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "term/keys.h"
#include "term/term.h"

/* A sequence comes at once, but for networks; a key ESC has nothing behind. */
#define ESC_MS	50

#define ESC	0x1b
#define DEL	0x7f

/* Typed, but not yet told. */
static struct {
	unsigned char bytes[256];
	size_t len;
} input;

static int of_character(unsigned char c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEY_ENTER;
	case '\b':
	case DEL:
		return KEY_BACKSPACE;
	case '\t':
		return KEY_TAB;
	}
	return c < DEL ? c : KEY_NONE;
}

/* ESC [ NUMBER ~, or with '^', '$' and '@' of rxvt for the modifiers. */
static int of_number(unsigned int number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 3:
		return KEY_DELETE;
	case 4:
	case 8:
		return KEY_END;
	case 5:
		return KEY_PGUP;
	case 6:
		return KEY_PGDN;
	case 11:
		return KEY_F1;
	}
	return KEY_NONE;
}

/* A modifier, the second parameter, makes no other key of it. */
static int of_final(unsigned char final, const unsigned char *parameters)
{
	unsigned int number = 0;

	/* A mouse, or an answer. */
	if (*parameters >= '<' && *parameters <= '?')
		return KEY_NONE;
	switch (final) {
	case 'A':
	case 'a':
		return KEY_UP;
	case 'B':
	case 'b':
		return KEY_DOWN;
	case 'C':
	case 'c':
		return KEY_RIGHT;
	case 'D':
	case 'd':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case 'M':
		return KEY_ENTER;
	case 'P':
		return KEY_F1;
	case '~':
	case '^':
	case '@':
		while (*parameters >= '0' && *parameters <= '9' && number < 100)
			number = number * 10 + *parameters++ - '0';
		return of_number(number);
	}
	return KEY_NONE;
}

/*
 * ESC [ or ESC O, parameters and such, a final character.  Of what is not yet
 * whole 0 bytes are used.
 */
static int of_sequence(const unsigned char *s, size_t len, size_t *used)
{
	size_t i = 2;

	*used = 0;
	/* The function keys of Linux' console: ESC [ [ A to E. */
	if (len > 2 && s[1] == '[' && s[2] == '[') {
		if (len < 4)
			return KEY_NONE;
		*used = 4;
		return s[3] == 'A' ? KEY_F1 : KEY_NONE;
	}
	while (i < len && s[i] >= ' ' && s[i] < '@')
		i++;
	if (i == len)
		return KEY_NONE;
	if (s[i] < ' ' || s[i] >= DEL) {
		/* Broken off by what is a key of its own. */
		*used = i;
		return KEY_NONE;
	}
	*used = i + 1;
	return of_final(s[i], s + 2);
}

/* An answer to what another program asked the terminal: none is for us. */
static void skip_string(const unsigned char *s, size_t len, size_t *used)
{
	size_t i;

	*used = 0;
	for (i = 2; i < len; i++) {
		if (s[i] == '\a')
			*used = i + 1;
		else if (s[i] == ESC && i + 1 < len)
			*used = s[i + 1] == '\\' ? i + 2 : i;
		if (*used)
			return;
	}
}

/* LATE: nothing followed for a while, so what is there is all of it. */
static int decode(const unsigned char *s, size_t len, bool late, size_t *used)
{
	int key = KEY_NONE;

	*used = 1;
	if (s[0] != ESC)
		return of_character(s[0]);
	if (len == 1) {
		*used = late;
		return late ? KEY_ESC : KEY_NONE;
	}
	switch (s[1]) {
	case '[':
	case 'O':
		key = of_sequence(s, len, used);
		break;
	case ']':
	case 'P':
	case '_':
	case '^':
		skip_string(s, len, used);
		break;
	default:
		/* Another key typed behind, or with Alt: both are told. */
		return KEY_ESC;
	}
	if (!*used && late)
		*used = len;
	return key;
}

static void read_input(void)
{
	ssize_t n;

	n = read(STDIN_FILENO, input.bytes + input.len,
		 sizeof(input.bytes) - input.len);
	if (n > 0)
		input.len += n;
	else if (!n || (errno != EINTR && errno != EAGAIN))
		term_state.ended = 1;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int time_left(int timeout, long long end)
{
	long long left = end - now_ms();

	if (input.len)
		return ESC_MS;
	if (timeout < 0)
		return -1;
	return left > 0 ? left : 0;
}

int term_key(int timeout)
{
	long long end = now_ms() + timeout;
	bool late = false;
	size_t used;
	int key, got;

	for (;;) {
		if (term_state.ended)
			return KEY_ENDED;
		if (atomic_exchange(&term_state.resized, 0))
			return KEY_RESIZE;
		if (input.len) {
			late |= input.len == sizeof(input.bytes);
			key = decode(input.bytes, input.len, late, &used);
			late = false;
			input.len -= used;
			memmove(input.bytes, input.bytes + used, input.len);
			if (key == KEY_CTRL('l')) {
				term_state.clear = 1;
				return KEY_RESIZE;
			}
			if (key != KEY_NONE)
				return key;
			if (used)
				continue;
		}
		got = term_wait(time_left(timeout, end));
		if (got > 0)
			read_input();
		else if (!got && !input.len)
			return KEY_NONE;
		else if (!got)
			late = true;
	}
}
