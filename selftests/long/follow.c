// SPDX-License-Identifier: GPL-2.0
/*
 * Follows the rows of one VM's file exits over resets: no exit is lost or counted
 * twice.
 *
 * The column total never falls.  Between two resets total - exits, which is what
 * all resets so far took away, stays as it is.  The first line of a reading may be
 * of before a reset and its rows of after it.  So a reading is compared only when
 * the next one has the same 'since': then no reset came between the two.  An exit
 * that is under way at a reset is in total at once, and in exits when it ends: total
 * - exits may fall by 1, once.
 */
#include <stdio.h>
#include <string.h>
#include "watch.h"

#define MAX_VCPUS	16
#define MAX_REASONS	128

struct entry {
	long long total, base, pending;
	bool has_base, has_pending, has_fallen;
};

static struct entry entries[MAX_VCPUS][MAX_REASONS][2];
static long long last_since;

static void for_each(void (*call)(struct entry *entry))
{
	struct entry *entry = &entries[0][0][0];
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(*entry); i++)
		call(entry + i);
}

static void tell(const struct entry *entry)
{
	size_t nr = entry - &entries[0][0][0];
	char what[128];

	snprintf(what, sizeof(what),
		 "vCPU %zu, reason %zu: total - exits was %lld, is %lld, without a reset",
		 nr / 2 / MAX_REASONS, nr / 2 % MAX_REASONS, entry->base,
		 entry->pending);
	fault(NULL, what, NULL);
}

static void confirm(struct entry *entry)
{
	if (entry->has_pending) {
		if (entry->has_base) {
			figures.compared++;
			if (entry->pending == entry->base - 1 &&
			    !entry->has_fallen)
				entry->has_fallen = true;
			else if (entry->base != entry->pending)
				tell(entry);
		}
		entry->base = entry->pending;
		entry->has_base = true;
	}
	entry->has_pending = false;
}

static void forget(struct entry *entry)
{
	entry->has_base = false;
	entry->has_pending = false;
	entry->has_fallen = false;
}

void follow_begin(long long since)
{
	for_each(since == last_since ? confirm : forget);
	last_since = since;
}

void follow_row(const struct text *text, const struct row *row)
{
	long long vcpu, reason, level, exits, total;
	struct entry *entry;

	if (!row_number(row, "vcpu", &vcpu) ||
	    !row_number(row, "reason", &reason) ||
	    !row_number(row, "level", &level) ||
	    !row_number(row, "exits", &exits) ||
	    !row_number(row, "total", &total) || vcpu >= MAX_VCPUS ||
	    reason >= MAX_REASONS || level < 1 || level > 2) {
		fault(text, "not a row of exits", row);
		return;
	}
	entry = &entries[vcpu][reason][level - 1];
	if (total < entry->total)
		fault(text, "total has fallen", row);
	if (total < exits)
		fault(text, "total is less than exits", row);
	entry->total = total;
	entry->pending = total - exits;
	entry->has_pending = true;
}
