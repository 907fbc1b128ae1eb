// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the current list of perf events, which is to be counted.
 *
 * Process context; may sleep.  Anyone may call these functions; list_lock protects the
 * list.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": events: " fmt

#include <linux/cpufeature.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "control/event.h"
#include "control/events.h"

static DEFINE_MUTEX(list_lock);
static struct kvmhot_event_list current_list;

/* Try whether the kernel makes the event.  It may still refuse it for a vCPU's thread. */
static void try_event(struct kvmhot_event *event)
{
	struct perf_event *made;

	/*
	 * On a hybrid CPU an event does not count on cores of the other kind, and
	 * does not tell so in every case.
	 */
	if (kvmhot_compat_hybrid() && event->is_cpu) {
		event->err = -EOPNOTSUPP;
		return;
	}
	made = kvmhot_event_create(event, current);
	event->err = PTR_ERR_OR_ZERO(made);
	if (!event->err)
		perf_event_release_kernel(made);
}

/* Return: 0; -ENOMEM if it is not known whether the kernel makes an event. */
static int try_events(struct kvmhot_event_list *list)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		try_event(&list->event[i]);
		if (list->event[i].err == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

/* Make the default list.  Do not complain of events that the host does not have. */
static int make_default(struct kvmhot_event_list *list)
{
	char text[] = "cycles,instructions";
	int err;

	/* In a virtual machine, each read of a counter would cost an exit. */
	if (boot_cpu_has(X86_FEATURE_HYPERVISOR) ||
	    kvmhot_event_parse(list, text))
		return 0;
	err = try_events(list);
	if (list->event[0].err)
		list->nr = 0;
	return err;
}

static int make_list(struct kvmhot_event_list *list, char *text)
{
	unsigned int i;
	int err;

	if (!strcmp(text, "none"))
		return 0;
	if (!strcmp(text, "auto"))
		return make_default(list);
	err = kvmhot_event_parse(list, text) ?: try_events(list);
	if (err)
		return err;
	for (i = 0; i < list->nr; i++)
		if (list->event[i].err)
			pr_warn_ratelimited("%s: error %d: not counted\n",
					    list->event[i].name,
					    list->event[i].err);
	return 0;
}

/**
 * kvmhot_events_set() - replace the current list
 * @text: the words of a list, or "none", or "auto"
 *
 * Context: sleeps.
 *
 * Return: 0; -EINVAL, and the kernel log tells what is wrong; or -ENOMEM.  After an
 * error nothing has changed.
 */
int kvmhot_events_set(const char *text)
{
	struct kvmhot_event_list *list = kzalloc(sizeof(*list), GFP_KERNEL);
	char *copy = kstrdup(text, GFP_KERNEL);
	int err = -ENOMEM;

	if (list && copy)
		err = make_list(list, strim(copy));
	if (!err) {
		mutex_lock(&list_lock);
		list->number = current_list.number + 1 ?: 1;
		current_list = *list;
		mutex_unlock(&list_lock);
	}
	kfree(copy);
	kfree(list);
	return err;
}

/**
 * kvmhot_events_number() - the number of the current list
 *
 * Context: sleeps.
 *
 * Return: the number.
 */
u32 kvmhot_events_number(void)
{
	u32 number;

	mutex_lock(&list_lock);
	number = current_list.number;
	mutex_unlock(&list_lock);
	return number;
}

/**
 * kvmhot_events_get() - copy the current list
 * @list: set to the copy
 *
 * Context: sleeps.
 */
void kvmhot_events_get(struct kvmhot_event_list *list)
{
	mutex_lock(&list_lock);
	*list = current_list;
	mutex_unlock(&list_lock);
}

/**
 * kvmhot_events_text() - write the current list as words
 * @text: set to the words
 * @size: size of @text; KVMHOT_EVENTS_LEN is enough
 *
 * Context: sleeps.
 */
void kvmhot_events_text(char *text, size_t size)
{
	size_t len = 0;
	unsigned int i;

	mutex_lock(&list_lock);
	for (i = 0; i < current_list.nr; i++)
		len += scnprintf(text + len, size - len, "%s%s", i ? "," : "",
				 current_list.event[i].name);
	if (!current_list.nr)
		strscpy(text, "none", size);
	mutex_unlock(&list_lock);
}
