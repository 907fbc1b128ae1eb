// SPDX-License-Identifier: GPL-2.0
/*
 * What to do (a list of kinds with their numbers), and what that should cost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/vmx.h>
#include "host.h"
#include "kinds.h"

static const struct kind *find_kind(const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < nr_kinds; i++) {
		if (strlen(kinds[i].name) == length &&
		    !strncmp(kinds[i].name, name, length))
			return &kinds[i];
	}
	return NULL;
}

static bool parse(const char *arg, struct item *item)
{
	const char *number = strchr(arg, '=');
	char *end;

	if (!number) {
		fprintf(stderr, "%s: KIND=N expected\n", arg);
		return false;
	}
	item->kind = find_kind(arg, number - arg);
	if (!item->kind) {
		fprintf(stderr, "%s: no such kind\n", arg);
		return false;
	}
	errno = 0;
	item->n = strtoull(++number, &end, 10);
	if (*number < '0' || *number > '9' || *end || errno) {
		fprintf(stderr, "%s: not a number\n", arg);
		return false;
	}
	return true;
}

bool list_add(struct list *list, const char *arg)
{
	struct item *item = &list->items[list->nr];
	__u64 *pages;

	if (list->nr == GUEST_MAX_ENTRIES) {
		fprintf(stderr, "more than %d kinds\n", GUEST_MAX_ENTRIES);
		return false;
	}
	if (!parse(arg, item))
		return false;
	if (!kind_possible(item->kind, list->nested)) {
		fprintf(stderr, "%s: not possible on this host or %s --nested\n",
			arg, list->nested ? "with" : "without");
		return false;
	}
	switch (item->kind->region) {
	case EPT_READ:
	case EPT_WRITE:
	case EPT_FETCH:
	case EPT_COW:
		pages = &list->pages[item->kind->region];
		if (item->n > GUEST_EPT_PAGES - *pages) {
			fprintf(stderr, "%s: only %d fresh pages a round\n",
				arg, GUEST_EPT_PAGES);
			return false;
		}
		item->first_page = *pages;
		*pages += item->n;
		break;
	default:
		break;
	}
	list->debug |= item->kind->debug && item->n;
	list->nr++;
	return true;
}

static bool is_unnecessary(const struct exits *exits)
{
	return (exits->unless == APICV && host_apicv()) ||
	       (exits->unless == SHADOW_VMCS && host_shadow_vmcs());
}

void kind_expect(const struct kind *kind, __u64 n,
		 struct expected *expected)
{
	unsigned int i;

	for (i = 0; i < kind->nr_exits; i++) {
		const struct exits *exits = &kind->exits[i];

		if (is_unnecessary(exits))
			continue;
		if (exits->n == ANY_NUMBER)
			expected->any[exits->reason] |= n != 0;
		else
			expected->n[exits->reason] += exits->n * n;
	}
	expected->user += kind->user * n;
	expected->irqs += kind->irqs * n;
	expected->uds += kind->uds * n;
	expected->gps += kind->gps * n;
}

void list_expect(const struct list *list, __u64 rounds,
		 struct expected *expected)
{
	unsigned int i;

	memset(expected, 0, sizeof(*expected));
	expected->any[EXIT_REASON_EXTERNAL_INTERRUPT] = true;
	expected->any[EXIT_REASON_EPT_VIOLATION] = list->each;
	kind_expect(&setup_kind, 1, expected);
	if (list->nested) {
		expected->any[LEVEL2 + EXIT_REASON_EXTERNAL_INTERRUPT] = true;
		kind_expect(&vmx_setup_kind, 1, expected);
	}
	kind_expect(&round_kind, rounds, expected);
	for (i = 0; i < list->nr; i++)
		kind_expect(list->items[i].kind, list->items[i].n * rounds,
			    expected);
}

/* A reason with both a number and "any" counts as any */
void print_expected(const struct expected *expected, const char *prefix,
		    unsigned int vcpus)
{
	unsigned int r;

	for (r = 0; r < NR_REASONS; r++) {
		if (expected->any[r])
			printf("%s%s%s *\n", prefix, reason_level(r),
			       reason_name(r));
		else if (expected->n[r])
			printf("%s%s%s %llu\n", prefix, reason_level(r),
			       reason_name(r),
			       expected->n[r] * vcpus);
	}
}
