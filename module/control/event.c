// SPDX-License-Identifier: GPL-2.0
/*
 * Makes perf events, and parses the words of a list of events: see the file ABI.
 *
 * Process context; may sleep.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": events: " fmt

#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "control/event.h"

/**
 * kvmhot_event_create() - make an event that counts at once
 * @event: the event
 * @task: thread to count
 *
 * The event is pinned: it counts either all of the time, or not at all, and its state
 * then tells.
 *
 * Context: sleeps.
 *
 * Return: the event, for perf_event_release_kernel(), or an error pointer.
 */
struct perf_event *kvmhot_event_create(const struct kvmhot_event *event,
				       struct task_struct *task)
{
	struct perf_event_attr attr = {
		.type = event->type,
		.size = sizeof(attr),
		.config = event->config,
		.pinned = 1,
		.exclude_host = event->no_host,
		.exclude_guest = event->no_guest,
		.exclude_user = event->no_user,
	};

	return perf_event_create_kernel_counter(&attr, -1, task, NULL, NULL);
}

#define CACHE_MISSES(_cache)						\
	(PERF_COUNT_HW_CACHE_##_cache |					\
	 PERF_COUNT_HW_CACHE_OP_READ << 8 |				\
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
	const char *name;
	u32 type;
	u64 config;
} names[] = {
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
	{ "cache-references", PERF_TYPE_HARDWARE,
	  PERF_COUNT_HW_CACHE_REFERENCES },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES },
	{ "ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES },
	{ "L1-dcache-load-misses", PERF_TYPE_HW_CACHE, CACHE_MISSES(L1D) },
	{ "LLC-load-misses", PERF_TYPE_HW_CACHE, CACHE_MISSES(LL) },
	{ "dTLB-load-misses", PERF_TYPE_HW_CACHE, CACHE_MISSES(DTLB) },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	{ "context-switches", PERF_TYPE_SOFTWARE,
	  PERF_COUNT_SW_CONTEXT_SWITCHES },
};

/* Parse a number that is all of @word.  Return: 0 or -EINVAL. */
static int parse_number(const char *word, unsigned int base, u64 *value)
{
	/* The kernel's parser would accept a sign, or 0x. */
	if (!isxdigit(word[0]) || tolower(word[1]) == 'x')
		return -EINVAL;
	return kstrtoull(word, base, value) ? -EINVAL : 0;
}

/* Parse a decimal number, or a hexadecimal one with 0x; no octal ones. */
static int parse_any_number(const char *word, u64 *value)
{
	bool hex = !strncasecmp(word, "0x", 2);

	return parse_number(hex ? word + 2 : word, hex ? 16 : 10, value);
}

static int parse_config(const char *word, u64 *value)
{
	size_t len = str_has_prefix(word, "config=");

	return parse_any_number(word + len, value);
}

/*
 * Find a PMU's device.  The bus of the PMUs cannot be found by its name.  So make an
 * event that every kernel has, and take the bus of that event's PMU.
 */
static struct device *pmu_device(const char *name)
{
	static const struct kvmhot_event any = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CONTEXT_SWITCHES,
	};
	struct perf_event *event = kvmhot_event_create(&any, current);
	struct device *dev = NULL;

	if (IS_ERR(event))
		return NULL;
	if (event->pmu->dev)
		dev = bus_find_device_by_name(event->pmu->dev->bus, NULL, name);
	perf_event_release_kernel(event);
	return dev;
}

/*
 * Read the type of a PMU that may be going with its module at this moment.  So read it as
 * memory that may be gone; it counts only if the device is still registered afterwards.
 */
static int pmu_type(struct device *dev, u32 *type)
{
	const struct pmu *pmu = dev_get_drvdata(dev);
	int value;

	pagefault_disable();
	__get_kernel_nofault(&value, &pmu->type, int, gone);
	pagefault_enable();
	/* After the read: device_del() comes before the memory is freed. */
	smp_rmb();
	*type = value;
	return device_is_registered(dev) ? 0 : -ENODEV;
gone:
	pagefault_enable();
	return -ENODEV;
}

static int parse_pmu(struct kvmhot_event *event, const char *name, char *config)
{
	struct device *dev;
	int err;

	if (parse_config(config, &event->config))
		return -EINVAL;
	dev = pmu_device(name);
	if (!dev)
		return -ENODEV;
	err = pmu_type(dev, &event->type);
	put_device(dev);
	return err;
}

static int parse_type(struct kvmhot_event *event, const char *type,
		      const char *config)
{
	u64 value;

	if (parse_any_number(type, &value) || value > INT_MAX ||
	    parse_config(config, &event->config))
		return -EINVAL;
	event->type = value;
	return 0;
}

static int parse_name(struct kvmhot_event *event, const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(word, names[i].name))
			continue;
		event->type = names[i].type;
		event->config = names[i].config;
		return 0;
	}
	event->type = PERF_TYPE_RAW;
	return word[0] == 'r' ? parse_number(word + 1, 16, &event->config) :
				-EINVAL;
}

/* A hybrid CPU has a PMU of another type for the second kind of cores, named cpu_*. */
static bool is_cpu(const struct kvmhot_event *event)
{
	return event->type == PERF_TYPE_HARDWARE ||
	       event->type == PERF_TYPE_HW_CACHE ||
	       event->type == PERF_TYPE_RAW ||
	       str_has_prefix(event->name, "cpu_");
}

static int set_modifiers(struct kvmhot_event *event, const char *modifiers)
{
	bool host = strchr(modifiers, 'H');
	bool guest = strchr(modifiers, 'G');

	if (modifiers[strspn(modifiers, "HGk")])
		return -EINVAL;
	/* perf would ignore the modifiers of software events. */
	if (*modifiers && event->type == PERF_TYPE_SOFTWARE)
		return -EOPNOTSUPP;
	event->is_cpu = is_cpu(event);
	event->no_user = strchr(modifiers, 'k');
	event->no_host = guest && !host;
	event->no_guest = host && !guest;
	if (!host && !guest)
		event->no_guest = event->is_cpu;
	return 0;
}

/* Return: 0, or an errno that tells what is wrong with @word, which is overwritten. */
static int parse_word(struct kvmhot_event *event, char *word)
{
	char *modifiers = "", *slash, *rest;
	int err;

	slash = strchr(word, '/');
	if (slash) {
		*slash++ = '\0';
		rest = strchr(slash, '/');
		if (!rest)
			return -EINVAL;
		*rest++ = '\0';
		if (*rest)
			modifiers = rest + (*rest == ':');
		err = parse_pmu(event, word, slash);
	} else if (isdigit(word[0])) {
		rest = word;
		strsep(&rest, ":");
		if (!rest)
			return -EINVAL;
		err = parse_type(event, word, strsep(&rest, ":"));
		modifiers = rest ?: "";
	} else {
		rest = word;
		strsep(&rest, ":");
		err = parse_name(event, word);
		modifiers = rest ?: "";
	}
	/* Is there a colon, and nothing after it? */
	if (!err && !*modifiers && event->name[strlen(event->name) - 1] == ':')
		err = -EINVAL;
	return err ?: set_modifiers(event, modifiers);
}

static const char *what_is_wrong(int err)
{
	switch (err) {
	case -ENODEV:
		return "no such PMU in /sys/bus/event_source/devices";
	case -EOPNOTSUPP:
		return "software events take no modifiers";
	case -E2BIG:
		return "too long";
	case -ENOSPC:
		return "one event too many, 8 are allowed";
	case -EEXIST:
		return "is there twice";
	default:
		return "accepted: NAME, rHEX, TYPE:CONFIG, PMU/CONFIG/, then :H, :G, :k";
	}
}

static bool is_there(const struct kvmhot_event_list *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++)
		if (!strcmp(list->event[i].name, name))
			return true;
	return false;
}

static int add_word(struct kvmhot_event_list *list, char *word)
{
	struct kvmhot_event *event = &list->event[list->nr];
	int err;

	if (list->nr == KVMHOT_MAX_EVENTS)
		return -ENOSPC;
	if (strscpy(event->name, word, sizeof(event->name)) < 0)
		return -E2BIG;
	if (is_there(list, word))
		return -EEXIST;
	err = parse_word(event, word);
	if (!err)
		list->nr++;
	return err;
}

/**
 * kvmhot_event_parse() - parse a list of events
 * @list: an empty list; filled in, except the events' errno
 * @text: the words; overwritten
 *
 * Context: sleeps.
 *
 * Return: 0; or -EINVAL, and the kernel log tells the bad word.
 */
int kvmhot_event_parse(struct kvmhot_event_list *list, char *text)
{
	char shown[KVMHOT_EVENT_LEN];
	char *word;
	int err;

	while ((word = strsep(&text, ", \t\n"))) {
		if (!*word)
			continue;
		strscpy(shown, word, sizeof(shown));
		err = add_word(list, word);
		if (!err)
			continue;
		pr_info_ratelimited("'%*pE': %s\n", (int)strlen(shown), shown,
				    what_is_wrong(err));
		return -EINVAL;
	}
	if (list->nr)
		return 0;
	pr_info_ratelimited("empty list; write 'none' to count nothing\n");
	return -EINVAL;
}
