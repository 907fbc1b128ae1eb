/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps what top tells besides figures: answers to keys, and what happened. */
#ifndef KVMHOT_TOP_NOTES_H
#define KVMHOT_TOP_NOTES_H

#include <stdbool.h>

#include "base/fmt.h"
#include "read/snapshot.h"
#include "top/state.h"

__printf(2, 3)
void top_say(struct top *t, const char *format, ...);
__printf(2, 3)
void top_note(struct top *t, const char *format, ...);
/* What happened between the readings THEN and NOW */
void top_note_changes(struct top *t, const struct snapshot *now,
		      const struct snapshot *then, const struct snapshot *d);
/* Drops those that are old: is there still one that will be? */
bool top_notes_expire(struct top *t);

#endif /* KVMHOT_TOP_NOTES_H */
