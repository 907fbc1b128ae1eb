/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Describes perf events, and lists of them.
 */
#ifndef KVMHOT_EVENT_H
#define KVMHOT_EVENT_H

#include <linux/types.h>

#include "hot/record.h"

struct perf_event;
struct task_struct;

#define KVMHOT_EVENT_LEN	48	/* of an event's word, with the NUL */
#define KVMHOT_EVENTS_LEN	(KVMHOT_MAX_EVENTS * KVMHOT_EVENT_LEN)

/**
 * struct kvmhot_event - one event of a list
 * @name: the word, as the user wrote it
 * @type: perf's type
 * @config: perf's config
 * @no_host: perf's exclude_host
 * @no_guest: perf's exclude_guest
 * @no_user: perf's exclude_user
 * @is_cpu: the event is of the CPU's own PMU
 * @err: 0, or the errno with which the kernel refused the event
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
 * struct kvmhot_event_list - a list of events
 * @number: a new number each time a list is written; not 0
 * @nr: number of events
 * @event: the events
 */
struct kvmhot_event_list {
	u32			number;
	unsigned int		nr;
	struct kvmhot_event	event[KVMHOT_MAX_EVENTS];
};

struct perf_event *kvmhot_event_create(const struct kvmhot_event *event,
				       struct task_struct *task);
int kvmhot_event_parse(struct kvmhot_event_list *list, char *text);

#endif /* KVMHOT_EVENT_H */
