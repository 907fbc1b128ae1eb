// SPDX-License-Identifier: GPL-2.0
/*
 * What each iteration of the last round took, which the guest has written down:
 * the times of one kind after the other, each round over those of the last one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "each.h"

bool each_ok(const struct list *list)
{
	__u64 n = 0;
	unsigned int i;

	if (!list->each)
		return true;
	for (i = 0; i < list->nr; i++) {
		n += list->items[i].n;
		if (n > GUEST_EACH_MAX || list->items[i].n > GUEST_EACH_MAX) {
			fprintf(stderr, "--each: %d iterations a round at most\n",
				GUEST_EACH_MAX);
			return false;
		}
	}
	return true;
}

static int compare(const void *left, const void *right)
{
	__s64 a = *(const __s64 *)left, b = *(const __s64 *)right;

	return (a > b) - (a < b);
}

/* Of those that are equally frequent, the least */
static __s64 most_frequent(const __s64 *sorted, __u64 n, __u64 *times)
{
	__u64 i, first = 0;
	__s64 mode = 0;

	*times = 0;
	for (i = 0; i < n; i++) {
		if (sorted[i] != sorted[first])
			first = i;
		if (i - first + 1 > *times) {
			*times = i - first + 1;
			mode = sorted[i];
		}
	}
	return mode;
}

/* The value that so many percent do not exceed */
static __s64 percentile(const __s64 *sorted, __u64 n, unsigned int percent)
{
	return sorted[(n * percent + 99) / 100 - 1];
}

static void report_item(struct vm *vm, const struct item *item, __u64 offset)
{
	__u64 n = item->n * vm->nr_vcpus, times;
	__s64 *all;
	unsigned int i;
	__s64 mode;

	if (!n)
		return;
	all = malloc(n * sizeof(*all));
	if (!all)
		die("memory for times");
	for (i = 0; i < vm->nr_vcpus; i++)
		memcpy(all + i * item->n,
		       vm->vcpus[i].mem + GUEST_EACH + offset * sizeof(*all),
		       item->n * sizeof(*all));
	qsort(all, n, sizeof(*all), compare);
	mode = most_frequent(all, n, &times);
	printf("each %s %llu %lld %lld %lld %lld %lld %llu\n",
	       item->kind->name, n, all[0], percentile(all, n, 50),
	       percentile(all, n, 99), all[n - 1], mode, times);
	free(all);
}

void each_report(struct vm *vm, const struct list *list)
{
	__u64 offset = 0;
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		report_item(vm, &list->items[i], offset);
		offset += list->items[i].n;
	}
}
