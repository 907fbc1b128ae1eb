/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holds the current list of perf events.
 */
#ifndef KVMHOT_EVENTS_H
#define KVMHOT_EVENTS_H

#include "control/event.h"

int kvmhot_events_set(const char *text);
u32 kvmhot_events_number(void);
void kvmhot_events_get(struct kvmhot_event_list *list);
void kvmhot_events_text(char *text, size_t size);

#endif /* KVMHOT_EVENTS_H */
