// SPDX-License-Identifier: GPL-2.0
/* Keeps what top tells besides figures: answers to keys, and what happened. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "show/block.h"
#include "top/notes.h"

#define MESSAGE_STAYS	8
#define NOTE_STAYS	30

void top_say(struct top *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->message, sizeof(t->message), format, args);
	va_end(args);
	t->message_at = clock_now();
}

static void add(struct top *t, const char *text)
{
	double at = clock_now();
	size_t i;

	/* Of each vCPU the same: once is enough. */
	for (i = 0; i < t->nr_notes; i++)
		if (at - t->notes[i].at < 1 && !strcmp(t->notes[i].text, text))
			return;
	memmove(t->notes + 1, t->notes,
		(TOP_NOTES - 1) * sizeof(*t->notes));
	snprintf(t->notes[0].text, sizeof(t->notes[0].text), "%s", text);
	t->notes[0].at = at;
	if (t->nr_notes < TOP_NOTES)
		t->nr_notes++;
}

void top_note(struct top *t, const char *format, ...)
{
	char text[sizeof(t->notes[0].text)], line[sizeof(text) - 16];
	time_t now = time(NULL);
	struct tm tm;
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	localtime_r(&now, &tm);
	len = strftime(text, sizeof(text), "%H:%M:%S ", &tm);
	snprintf(text + len, sizeof(text) - len, "%s", line);
	add(t, text);
}

static void note_line(void *t, const char *line)
{
	top_note(t, "%s", line);
}

void top_note_changes(struct top *t, const struct snapshot *now,
		      const struct snapshot *then, const struct snapshot *d)
{
	__u64 before = then->n[S_GENERATION];

	/* Each VM would say so: a thousand lines for one thing. */
	if (now->n[S_GENERATION] > before)
		top_note(t, "reset of all VMs by another: figures are of the time since");
	else
		block_notes(&t->o.filter, now, then, d, note_line, t);
}

bool top_notes_expire(struct top *t)
{
	double at = clock_now();

	if (*t->message && at - t->message_at > MESSAGE_STAYS)
		*t->message = '\0';
	while (t->nr_notes &&
	       at - t->notes[t->nr_notes - 1].at > NOTE_STAYS)
		t->nr_notes--;
	return *t->message || t->nr_notes;
}
