// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: tells all findings about this host, one after the other. */
#include <stddef.h>

#include "check/doctor.h"
#include "check/finders.h"
#include "check/found.h"
#include "read/snapshot.h"

/* When a finding is looked for */
enum need { ALWAYS, READABLE, NOT_LOADED };

/* In this order: what is found is known to those that come. */
static const struct {
	void (*find)(struct host *h);
	enum need need;
} finders[] = {
	{ cpu_find, ALWAYS },
	{ cpu_find_kvm, ALWAYS },
	{ kernel_find, ALWAYS },
	{ files_find_lockdown, ALWAYS },
	{ files_find_debugfs, ALWAYS },
	{ module_find, ALWAYS },
	{ module_find_hooks, READABLE },
	{ symbols_find_missing, NOT_LOADED },
	{ counting_find, ALWAYS },
	{ counting_find_events, ALWAYS },
	{ losses_find, READABLE },
	{ losses_find_bounds, READABLE },
	{ owncost_find, READABLE },
};

static bool is_wanted(const struct host *h, enum need need)
{
	switch (need) {
	case READABLE:
		return h->readable;
	case NOT_LOADED:
		return !h->readable && !h->loaded;
	default:
		return true;
	}
}

int doctor_run(bool cost, bool (*stopped)(void))
{
	static struct host h;
	size_t i;

	h.rate = -1;
	h.cost = cost;
	h.stopped = stopped;
	for (i = 0; i < sizeof(finders) / sizeof(*finders); i++)
		if (is_wanted(&h, finders[i].need))
			finders[i].find(&h);
	if (h.readable)
		snapshot_free(&h.status);
	return found_sum();
}
