/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The list of perf events.  Control path.
 */
#ifndef KVMHOT_EVENTS_H
#define KVMHOT_EVENTS_H

#include <linux/types.h>

#include "hot/record.h"

struct perf_event;
struct task_struct;

#define KVMHOT_EVENT_LEN	48	/* of a word, with the NUL */
#define KVMHOT_EVENTS_LEN	(KVMHOT_MAX_EVENTS * KVMHOT_EVENT_LEN)

/**
 * struct kvmhot_event - one event of the list
 * @name: the word, as it was written
 * @type: perf's type
 * @config: perf's config
 * @no_host: perf's exclude_host
 * @no_guest: perf's exclude_guest
 * @no_user: perf's exclude_user
 * @is_cpu: of the CPU's own PMU
 * @err: 0, or the errno with which the kernel refused it
 */
struct kvmhot_event {
	char	name[KVMHOT_EVENT_LEN];
	u32	type;
	u64	config;
	bool	no_host;
	bool	no_guest;
	bool	no_user;
	bool	is_cpu;
	int	err;
};

/**
 * struct kvmhot_event_list - the list
 * @number: another one each time that a list is written; not 0
 * @nr: events in it
 * @event: the events
 */
struct kvmhot_event_list {
	u32			number;
	unsigned int		nr;
	struct kvmhot_event	event[KVMHOT_MAX_EVENTS];
};

/* words.c */
int kvmhot_words_parse(struct kvmhot_event_list *list, char *text);

/* events.c */
struct perf_event *kvmhot_event_create(const struct kvmhot_event *event,
				       struct task_struct *task);
int kvmhot_events_init(const char *text);
int kvmhot_events_set(const char *text);
u32 kvmhot_events_number(void);
void kvmhot_events_get(struct kvmhot_event_list *list);
void kvmhot_events_text(char *text, size_t size);

#endif /* KVMHOT_EVENTS_H */
