// SPDX-License-Identifier: GPL-2.0
/* Edits a line that is typed, key by key, while all else goes on. */
#include <stdio.h>
#include <string.h>

#include "term/keys.h"
#include "term/prompt.h"
#include "term/screen.h"

void prompt_start(struct prompt *p, const char *label, const char *text,
		  size_t max)
{
	memset(p, 0, sizeof(*p));
	p->max = max < sizeof(p->text) ? max : sizeof(p->text) - 1;
	snprintf(p->label, sizeof(p->label), "%s", label);
	snprintf(p->text, p->max + 1, "%s", text);
	p->len = strlen(p->text);
	p->at = p->len;
}

static void insert(struct prompt *p, char c)
{
	if (p->len >= p->max)
		return;
	memmove(p->text + p->at + 1, p->text + p->at, p->len - p->at + 1);
	p->text[p->at++] = c;
	p->len++;
}

/* N characters in front of the cursor. */
static void erase(struct prompt *p, size_t n)
{
	memmove(p->text + p->at - n, p->text + p->at, p->len - p->at + 1);
	p->at -= n;
	p->len -= n;
}

int prompt_key(struct prompt *p, int key)
{
	switch (key) {
	case KEY_ENTER:
		return PROMPT_DONE;
	case KEY_ESC:
		return PROMPT_LEFT;
	case KEY_BACKSPACE:
		if (p->at)
			erase(p, 1);
		break;
	case KEY_DELETE:
		if (p->at < p->len) {
			p->at++;
			erase(p, 1);
		}
		break;
	case KEY_CTRL('u'):
		erase(p, p->at);
		break;
	case KEY_LEFT:
		p->at -= !!p->at;
		break;
	case KEY_RIGHT:
		p->at += p->at < p->len;
		break;
	case KEY_HOME:
	case KEY_CTRL('a'):
		p->at = 0;
		break;
	case KEY_END:
	case KEY_CTRL('e'):
		p->at = p->len;
		break;
	default:
		if (key >= ' ' && key <= '~')
			insert(p, key);
	}
	return PROMPT_GOES_ON;
}

void prompt_draw(const struct prompt *p)
{
	size_t from = 0, width;
	int room;

	term_print(TERM_BOLD, "%s", p->label);
	/* The cursor is to be seen, if anything is. */
	room = term_columns() - term_at_column();
	width = room > 1 ? room : 1;
	if (p->at >= width)
		from = p->at - width + 1;

	term_print(0, "%.*s", (int)(p->at - from), p->text + from);
	term_print(TERM_REVERSE, "%c", p->at < p->len ? p->text[p->at] : ' ');
	if (p->at < p->len)
		term_print(0, "%s", p->text + p->at + 1);
}
