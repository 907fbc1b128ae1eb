// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: tells what kvmhot itself costs here and now. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fmt.h"
#include "check/cost.h"
#include "check/finders.h"
#include "check/found.h"
#include "model/own.h"
#include "read/snapshot.h"
#include "read/store.h"

#define TOPIC	"cost"

/* In % of one CPU, of so many exits per second */
static double percent(const struct host *h, double cycles, double rate)
{
	return cycles * rate * 100 / (h->status.n[S_TSC_KHZ] * 1000.0);
}

/* What makes it dearer */
static void describe(const struct host *h, char *buf, size_t size)
{
	size_t nr = h->status.nr_events;

	if (h->status.n[S_DETAIL] && nr)
		snprintf(buf, size, ", with detail and %zu event%s", nr, PLURAL(nr));
	else if (nr)
		snprintf(buf, size, ", with %zu event%s", nr, PLURAL(nr));
	else
		snprintf(buf, size, "%s", h->status.n[S_DETAIL] ? ", with detail" : "");
}

/* Nothing is measured for that: it is known whatever the host does now. */
static void tell_calibration(const struct host *h)
{
	const struct snapshot *s = &h->status;
	char now[128] = "";

	if (!own_is_known(s)) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "not calibrated: the module has not timed its probes");
		found_remedy("load the module of this kvmhot: it does so at load");
		return;
	}
	if (h->rate >= 0)
		snprintf(now, sizeof(now),
			 "; at the %.0f exits/s of all VMs now: %.4f %% of one CPU",
			 h->rate, own_percent(s, h->rate, 0));
	found_tell(FOUND_OK, TOPIC,
		   "calibrated: probes take %llu cycles per usual exit (p99 %llu)%s, %llu per KVM_RUN%s",
		   s->n[S_OWN_EXIT], s->n[S_OWN_P99],
		   s->n[S_DETAIL] ? ", with detail" : "", s->n[S_OWN_RUN], now);
	found_means("the probes alone, the median of %llu rounds that the module timed",
		    s->n[S_OWN_ROUNDS]);
	found_means("not in it: VMREAD (of the exit reason), events, cache misses of a busy host");
}

static void tell(const struct host *h, const struct cost *c)
{
	double added = c->with - c->without;
	char more[64], now[96] = "";

	describe(h, more, sizeof(more));
	found_tell(added > 0 ? FOUND_OK : FOUND_UNKNOWN, TOPIC,
		   "CPUID exit: %.0f cycles, with kvmhot %.0f: it adds %.0f%s",
		   c->without, c->with, added, more);
	if (added <= 0) {
		found_remedy("check again: the host was too busy");
		return;
	}
	found_means("a whole exit of a VM of its own, the least of many, with VMREAD and events");
	found_means("not in it: cache misses of a busy host, KVM_RUN");
	if (!h->status.n[S_TSC_KHZ])
		return;
	if (h->rate >= 0)
		snprintf(now, sizeof(now), "; of all VMs now, %.0f/s: %.4f %%",
			 h->rate, percent(h, added, h->rate));
	if (h->n[D_VMS])
		found_tell(FOUND_NOTE, TOPIC,
			   "for this counting of %llu VM%s stopped for %.2f s",
			   h->n[D_VMS], PLURAL(h->n[D_VMS]), c->seconds);
	if (h->n[D_VMS])
		found_remedy("none: until they end, coverage lacks the exits of that time");
	found_tell(FOUND_OK, TOPIC,
		   "of one CPU, at 10000 such exits/s: %.4f %%%s",
		   percent(h, added, 10000), now);
}

void owncost_find(struct host *h)
{
	struct cost c;
	int fd, ret;

	tell_calibration(h);
	if (!h->status.n[S_ENABLED] || !h->status.n[S_ARMED]) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "not measured: kvmhot does not count now");
		found_remedy("see enabled");
		return;
	}
	if (h->no_probes) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "not measured: kprobes do nothing now");
		found_remedy("see kernel");
		return;
	}
	/* With lockdown access() says yes. */
	fd = open(STORE_ROOT "/enabled", O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "not measured: " STORE_ROOT "/enabled: %s",
			   strerror(errno));
		found_remedy("run it as root, and without lockdown");
		return;
	}
	close(fd);
	if (h->n[D_VMS] && !h->cost) {
		found_tell(FOUND_NOTE, TOPIC,
			   "not measured while VMs run (%llu): counting would stop for some tenths of a second",
			   h->n[D_VMS]);
		found_remedy("kvmhot check --cost, and their exits meanwhile are not counted");
		return;
	}
	ret = cost_measure(&c, h->stopped);
	if (!ret) {
		tell(h, &c);
	} else if (ret < 0) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "could not be measured: see stderr");
		found_remedy("check again");
	} else {
		found_tell(FOUND_STOPPED, TOPIC,
			   "kvmhot was disabled to be measured, and cannot be enabled again: see stderr, dmesg");
		found_remedy("echo 1 > " STORE_ROOT "/enabled");
	}
}
