// SPDX-License-Identifier: GPL-2.0
/* Puts a frame together in memory, then writes it at once. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/screen.h"
#include "term/term.h"

/* More than any terminal has columns, of three bytes each. */
#define TEXT_MAX	4096

/*
 * The bytes to be written; without memory for them 'full', and then none are:
 * the last frame stays.
 */
static struct {
	char *bytes;
	size_t len, size;
	bool full;
	int rows, columns;
	int row, column;	/* of the next character */
	unsigned int attr;	/* the one that the terminal has by then */
} frame;

static void add(const char *bytes, size_t len)
{
	size_t size = frame.size ? frame.size : 16384;
	char *more;

	while (size - frame.len < len)
		size *= 2;
	if (size != frame.size) {
		more = realloc(frame.bytes, size);
		if (!more) {
			frame.full = true;
			return;
		}
		frame.bytes = more;
		frame.size = size;
	}
	memcpy(frame.bytes + frame.len, bytes, len);
	frame.len += len;
}

static void add_string(const char *s)
{
	add(s, strlen(s));
}

static void set_attr(unsigned int attr)
{
	static const char * const colours[] = {
		"", ";31", ";32", ";33", ";36", "", "", ""
	};
	char s[32];

	if (!term_is_coloured())
		attr &= ~TERM_COLOUR;
	if (attr == frame.attr)
		return;
	frame.attr = attr;
	snprintf(s, sizeof(s), "\033[0%s%s%s%sm", attr & TERM_BOLD ? ";1" : "",
		 attr & TERM_DIM ? ";2" : "", attr & TERM_REVERSE ? ";7" : "",
		 colours[(attr & TERM_COLOUR) >> 4]);
	add_string(s);
}

/* What there is on the rest of the row is of the last frame. */
static void end_row(void)
{
	set_attr(0);
	/* At the edge this would take the last character. */
	if (frame.row < frame.rows && frame.column < frame.columns)
		add_string("\033[K");
}

static void start_row(void)
{
	char s[32];

	frame.column = 0;
	if (frame.row >= frame.rows)
		return;
	snprintf(s, sizeof(s), "\033[%d;1H", frame.row + 1);
	add_string(s);
}

void term_begin(void)
{
	int rows = frame.rows, columns = frame.columns;

	term_size(&frame.rows, &frame.columns);
	if (frame.rows != rows || frame.columns != columns)
		term_state.clear = 1;
	frame.len = 0;
	frame.full = false;
	frame.attr = 0;
	/* A terminal that knows it shows nothing before the end; see there. */
	add_string("\033[?2026h\033[m");
	if (atomic_exchange(&term_state.clear, 0))
		add_string("\033[2J");
	frame.row = 0;
	start_row();
}

void term_end(void)
{
	while (frame.row < frame.rows)
		term_line();
	add_string("\033[?2026l");
	if (!frame.full)
		term_write(frame.bytes, frame.len);
}

int term_rows(void)
{
	return frame.rows;
}

int term_columns(void)
{
	return frame.columns;
}

int term_at_row(void)
{
	return frame.row;
}

int term_at_column(void)
{
	return frame.column;
}

bool term_line(void)
{
	if (frame.row < frame.rows) {
		end_row();
		frame.row++;
		start_row();
	}
	return frame.row < frame.rows;
}

bool term_row(int row)
{
	while (frame.row < row && term_line())
		;
	return frame.row < frame.rows;
}

/* The length of a character that is known to take one column; 0: it is not. */
static size_t known(const unsigned char *s)
{
	unsigned int code;

	if (s[0] >= ' ' && s[0] <= '~')
		return 1;
	if (!term_is_utf8() || s[0] != 0xe2 || (s[1] & 0xc0) != 0x80 ||
	    (s[2] & 0xc0) != 0x80)
		return 0;
	code = 0x2000 | (s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	/* Arrows; lines, blocks and shapes but two wide ones; braille. */
	if ((code >= 0x2190 && code <= 0x21ff) ||
	    (code >= 0x2500 && code <= 0x25fc) ||
	    (code >= 0x2800 && code <= 0x28ff))
		return 3;
	return 0;
}

void term_print(unsigned int attr, const char *format, ...)
{
	char text[TEXT_MAX], *s = text;
	size_t len;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	if (frame.row >= frame.rows || !*s)
		return;
	set_attr(attr);
	while (*s && frame.column < frame.columns) {
		len = known((unsigned char *)s);
		if (len) {
			add(s, len);
			s += len;
		} else {
			/* For the character as a whole. */
			add("?", 1);
			do {
				s++;
			} while ((*s & 0xc0) == 0x80);
		}
		frame.column++;
	}
}

void term_fill(unsigned int attr, int column)
{
	if (column < 0 || column > frame.columns)
		column = frame.columns;
	if (column > frame.column)
		term_print(attr, "%*s", column - frame.column, "");
}
