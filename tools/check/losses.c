// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: finds what is missing in what was counted, and what soon may be. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/fmt.h"
#include "check/finders.h"
#include "check/found.h"
#include "check/sysfile.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "read/text.h"

#define UNCOUNTED \
	"KVM's count was cleared, or an old KVM does not count its fast path"
#define MAXACTIVE	"/sys/module/kvmhot/parameters/maxactive"
#define MAX_ENDED	"/sys/module/kvmhot/parameters/max_ended"
#define RELOAD		"rmmod kvmhot && insmod kvmhot.ko "
#define PAUSE_NS	200000000
#define NEARLY		90	/* % of a bound */

/*
 * Exits of a VM that may be under way: one for each vCPU, if it runs.  0 too if
 * its file cannot be read: it has gone.
 */
static unsigned int under_way(const char *id)
{
	unsigned int vcpus = 0;
	char path[128], *keys;
	struct text t;
	bool running;

	if (strchr(id, '/') || *id == '.')
		return 0;
	snprintf(path, sizeof(path), "vms/%s/vcpus", id);
	if (text_open(&t, STORE_ROOT, path, "vcpus", &keys))
		return 0;
	running = strstr(keys, "state=running");
	while (running && text_line(&t) > 0)
		vcpus += *t.buf != '#';
	return vcpus;
}

static __u64 lacking(const struct coverage *c)
{
	return c->kvm_exits > c->exits ? c->kvm_exits - c->exits : 0;
}

static __u64 too_many(const struct coverage *c)
{
	return c->exits > c->kvm_exits ? c->exits - c->kvm_exits : 0;
}

static const struct coverage *find(const struct snapshot *s, const char *id)
{
	size_t i;

	for (i = 0; i < s->nr_coverages; i++)
		if (!strcmp(s->coverages[i].id, id))
			return &s->coverages[i];
	return NULL;
}

static void tell_lacking(const struct host *h, const struct coverage *c,
			 __u64 lack)
{
	struct cell cell = fmt_coverage(c->exits, c->kvm_exits);

	/* What KVM counts for rounds of emulation is no exit. */
	if (!h->unrestricted) {
		found_tell(FOUND_NOTE, "coverage",
			   "%s: %s %%: KVM counted %llu more, rounds of emulation among them",
			   c->id, cell.text, lack);
		found_remedy("unrestricted_guest=1 of kvm_intel, if the CPU can");
		return;
	}
	found_tell(FOUND_INCOMPLETE, "coverage",
		   "%s: %s %%: KVM counted %llu exits that kvmhot has not",
		   c->id, cell.text, lack);
	found_remedy("if kvmhot was disabled for a while: none, until the VM's next start");
	found_remedy("else see hook and losses");
}

static bool tell_cleared(const struct coverage *c)
{
	if (!c->cleared)
		return false;
	found_tell(FOUND_NOTE, "coverage",
		   "%s: KVM's count of exits was cleared (%llu times, of a vCPU each): coverage is since then",
		   c->id, c->cleared);
	found_remedy("none is needed; do not write to the files exits of /sys/kernel/debug/kvm");
	return true;
}

/*
 * With two readings: what the one lacks and the other does not was under way.
 */
static void tell_coverage(const struct host *h, const struct snapshot *later)
{
	const struct coverage *c, *again, *end;
	unsigned int slack;
	bool fine = true;
	__u64 lack, more;

	end = h->status.coverages + h->status.nr_coverages;
	for (c = h->status.coverages; c < end; c++) {
		slack = under_way(c->id);
		again = find(later, c->id);
		if (again && again->cleared != c->cleared)
			again = NULL;
		fine &= !tell_cleared(c);
		lack = lacking(c);
		more = too_many(c);
		if (again && lacking(again) < lack)
			lack = lacking(again);
		if (again && too_many(again) < more)
			more = too_many(again);
		if (lack > slack) {
			tell_lacking(h, c, lack);
			fine = false;
		} else if (more > slack) {
			found_tell(FOUND_NOTE, "coverage",
				   "%s: above 100 %%: kvmhot has %llu exits that KVM did not count",
				   c->id, more);
			found_remedy("none is needed: " UNCOUNTED);
			fine = false;
		}
	}
	if (!fine)
		return;
	if (h->status.nr_coverages)
		found_tell(FOUND_OK, "coverage",
			   "100 %% of what KVM counted, of %zu VM%s",
			   h->status.nr_coverages, PLURAL(h->status.nr_coverages));
	else
		found_tell(FOUND_OK, "coverage", "no VM was seen yet");
}

static void tell_dropped(const struct host *h)
{
	const struct snapshot *s = &h->status;

	if (s->n[S_DROPPED] || h->n[D_DROPPED_SPANS] || s->n[S_DROPPED_COUNTS]) {
		found_tell(FOUND_INCOMPLETE, "losses",
			   "dropped since load: %llu exits, %llu spans, %llu exits' counts of events",
			   s->n[S_DROPPED], h->n[D_DROPPED_SPANS],
			   s->n[S_DROPPED_COUNTS]);
		found_remedy(RELOAD "max_vms=%llu max_vcpus=%llu max_memory_kb=%llu",
			     2 * h->n[D_VMS_MAX], 2 * h->n[D_VCPUS_MAX],
			     2 * h->n[D_MEMORY_MAX] / 1024);
		found_remedy("or the one of them that was short: see bounds, and dmesg");
		if (h->worst.dropped)
			found_remedy("or see to VMM %llu (%s): it had its share, and dropped %llu",
				     h->worst.pid, h->worst.comm, h->worst.dropped);
	} else {
		found_tell(FOUND_OK, "losses",
			   "nothing was dropped since load");
	}
}

static void tell_lost(const struct host *h)
{
	__u64 lost = h->status.n[S_LOST], bound = h->n[D_VCPUS];
	size_t i;

	/* Ended VMs' vCPUs are not known: a vCPU each at least. */
	bound += h->n[D_VMS_ENDED];
	for (i = 0; i < h->status.nr_hooks; i++)
		if (h->status.hooks[i].missed)
			bound = 0;
	if (lost <= bound) {
		found_tell(FOUND_OK, "losses",
			   "lost since the last reset: %llu exits%s",
			   lost, lost ? ", under way when kvmhot was loaded, or disabled" : "");
		return;
	}
	found_tell(FOUND_INCOMPLETE, "losses",
		   "lost since the last reset: %llu exits are counted, but not in times",
		   lost);
	found_remedy("if kvmhot was disabled for a while: kvmhot reset; else see hook");
}

/* One of the bounds that ended VMs had to go for: N of them */
static void tell_bound_of_ended(__u64 n, const char *parameter, __u64 bound)
{
	if (n)
		found_remedy("for %llu of them: " RELOAD "%s=%llu (now %llu), or read them sooner",
			     n, parameter, bound ? 2 * bound : 64, bound);
}

static void tell_forgotten(const struct host *h)
{
	const struct snapshot *s = &h->status;
	__u64 ended = 64;

	if (!s->n[S_FORGOTTEN_VMS])
		return;
	sysfile_number(MAX_ENDED, &ended);
	found_tell(FOUND_NOTE, "losses",
		   "forgotten since load: %llu ended VM%s with %llu exits",
		   s->n[S_FORGOTTEN_VMS], PLURAL(s->n[S_FORGOTTEN_VMS]),
		   s->n[S_FORGOTTEN_EXITS]);
	tell_bound_of_ended(h->n[D_FORGOTTEN_MAX_ENDED], "max_ended", ended);
	tell_bound_of_ended(h->n[D_FORGOTTEN_MAX_VMS], "max_vms",
			    h->n[D_VMS_MAX]);
	tell_bound_of_ended(h->n[D_FORGOTTEN_MAX_VCPUS], "max_vcpus",
			    h->n[D_VCPUS_MAX]);
	tell_bound_of_ended(h->n[D_FORGOTTEN_MAX_MEMORY], "max_memory_kb",
			    h->n[D_MEMORY_MAX] / 1024);
}

static void tell_hidden(const struct host *h)
{
	__u64 hidden = h->n[D_VMS_HIDDEN];

	if (!hidden)
		return;
	found_tell(FOUND_INCOMPLETE, "losses",
		   "%llu VM%s counted, but cannot be read: no memory for its directory",
		   hidden, hidden == 1 ? " is" : "s are");
	found_remedy("free memory: the module tries again every second");
}

void losses_find(struct host *h)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct timespec before, after;
	struct snapshot later;
	double seconds;
	__u64 exits;

	clock_gettime(CLOCK_MONOTONIC, &before);
	exits = h->status.n[S_EXITS];
	/* For the rate, and so that what is under way ends. */
	if (h->n[D_VMS])
		nanosleep(&pause, NULL);
	if (source_load_status(&later, STORE_ROOT)) {
		found_tell(FOUND_UNKNOWN, "coverage",
			   "status cannot be read any more");
		found_remedy("check again");
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	seconds = after.tv_sec - before.tv_sec +
		  (after.tv_nsec - before.tv_nsec) / 1e9;
	if (!h->n[D_VMS])
		h->rate = 0;
	else if (seconds > 0 && later.n[S_EXITS] >= exits)
		h->rate = (later.n[S_EXITS] - exits) / seconds;
	tell_coverage(h, &later);
	snapshot_free(&later);
	tell_dropped(h);
	tell_lost(h);
	tell_forgotten(h);
	tell_hidden(h);
}

/* "N of MOST things" with a verdict: is it near to the bound? */
static void tell_bound(const char *what, __u64 n, __u64 most,
		       const char *parameter, __u64 unit)
{
	if (n * 100.0 < (double)most * NEARLY) {
		found_tell(FOUND_OK, "bounds",
			   "%s: %llu of %llu", what, n, most);
		return;
	}
	found_tell(FOUND_NOTE, "bounds",
		   "%s: %llu of %llu: what is beyond is not counted, or timed",
		   what, n, most);
	found_remedy(RELOAD "%s=%llu", parameter,
		     2 * most / unit);
}

void losses_find_bounds(struct host *h)
{
	__u64 maxactive;
	int ret;

	tell_bound("VMs", h->n[D_VMS], h->n[D_VMS_MAX], "max_vms", 1);
	tell_bound("vCPUs", h->n[D_VCPUS], h->n[D_VCPUS_MAX], "max_vcpus", 1);
	tell_bound("bytes of memory", h->n[D_MEMORY], h->n[D_MEMORY_MAX],
		   "max_memory_kb", 1024);
	/* Of kretprobes, which only detail has */
	if (!h->status.n[S_DETAIL])
		return;
	ret = sysfile_number(MAXACTIVE, &maxactive);
	if (!ret) {
		tell_bound("vCPUs that may be in KVM at once (maxactive)",
			   h->n[D_VCPUS], maxactive, "maxactive", 1);
		return;
	}
	found_tell(FOUND_UNKNOWN, "bounds",
		   "%s: %s", MAXACTIVE, strerror(-ret));
	found_remedy("as root: cat " MAXACTIVE "; it must be more than the vCPUs, %llu",
		     h->n[D_VCPUS]);
}
