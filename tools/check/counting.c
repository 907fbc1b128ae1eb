// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: finds out whether kvmhot counts, in what, and which events there are. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fmt.h"
#include "check/finders.h"
#include "check/found.h"
#include "check/sysfile.h"
#include "read/snapshot.h"
#include "read/store.h"

#define CLOCKSOURCE	"/sys/devices/system/clocksource/clocksource0/current_clocksource"
#define PMUS		"/sys/bus/event_source/devices"
#define NMI_WATCHDOG	"/proc/sys/kernel/nmi_watchdog"

static bool has_missing(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_hooks; i++)
		if (!strcmp(s->hooks[i].state, "missing"))
			return true;
	return false;
}

static void tell_enabled(const struct host *h)
{
	const struct snapshot *s = &h->status;

	if (!s->n[S_ENABLED]) {
		found_tell(FOUND_STOPPED, "enabled",
			   "kvmhot is not enabled: nothing is counted");
		found_remedy("echo 1 > " STORE_ROOT "/enabled");
	} else if (s->n[S_ARMED]) {
		found_tell(FOUND_OK, "enabled",
			   "enabled and armed: exits are counted");
	} else {
		found_tell(FOUND_STOPPED, "enabled",
			   "enabled, but not armed: nothing is counted");
		if (has_missing(s))
			found_remedy("see the hook that is missing");
		else
			found_remedy("modprobe kvm_intel");
	}
}

static void tell_tsc(const struct host *h)
{
	if (h->readable && !h->status.n[S_TSC_STABLE]) {
		found_tell(FOUND_INCOMPLETE, "tsc",
			   "the kernel found it unstable: counts are exact, cycles are not");
		found_remedy("dmesg | grep -i tsc tells why; update the firmware");
		found_remedy("in a virtual machine: let its host give it an invariant TSC");
	} else if (h->readable) {
		found_tell(FOUND_OK, "tsc", "stable, %.3f GHz",
			   h->status.n[S_TSC_KHZ] / 1e6);
	}
	if (!h->cpuinfo)
		return;
	if (h->constant_tsc && h->nonstop_tsc) {
		found_tell(FOUND_OK, "tsc", "constant_tsc and nonstop_tsc");
		return;
	}
	found_tell(FOUND_NOTE, "tsc", "the CPU is without %s%s%s",
		   h->constant_tsc ? "" : "constant_tsc",
		   h->constant_tsc || h->nonstop_tsc ? "" : " and ",
		   h->nonstop_tsc ? "" : "nonstop_tsc");
	found_remedy("compare counts, not cycles, where the CPU's clock changes");
	found_remedy("in a virtual machine: let its host give it an invariant TSC");
}

static void tell_clocksource(void)
{
	char name[32];
	int ret = sysfile_read(CLOCKSOURCE, name, sizeof(name));

	if (ret) {
		found_tell(FOUND_UNKNOWN, "tsc",
			   "%s: %s", CLOCKSOURCE, strerror(-ret));
		found_remedy("dmesg | grep -i -e tsc -e clocksource");
	} else if (!strcmp(name, "tsc")) {
		found_tell(FOUND_OK, "tsc", "it is the kernel's clocksource");
	} else {
		found_tell(FOUND_NOTE, "tsc",
			   "the kernel's clocksource is %s, not the TSC",
			   name);
		found_remedy("dmesg | grep -i -e tsc -e clocksource tells why");
	}
}

void counting_find(struct host *h)
{
	if (h->readable)
		tell_enabled(h);
	tell_tsc(h);
	tell_clocksource();
}

/* Return: is there a PMU of the CPU's that kvmhot takes? */
static bool tell_hardware(void)
{
	if (access(PMUS, F_OK)) {
		found_tell(FOUND_UNKNOWN, "pmu", PMUS ": %s", strerror(errno));
		found_remedy("dmesg | grep -i 'performance events'");
		return false;
	}
	if (!access(PMUS "/cpu", F_OK)) {
		found_tell(FOUND_OK, "pmu",
			   "there is one of the CPU's; kvmhot check --pmu tries it");
		return true;
	}
	if (!access(PMUS "/cpu_core", F_OK)) {
		found_tell(FOUND_NOTE, "pmu",
			   "cores of two kinds: events of the CPU's PMUs are refused");
		found_remedy("count events of the kernel's (events=task-clock), or none");
		return false;
	}
	found_tell(FOUND_NOTE, "pmu",
		   "no hardware PMU: cycles, instructions and caches cannot be counted as events");
	found_remedy("none is needed for counts and times");
	found_remedy("in a virtual machine: let its host give it one (QEMU -cpu host,pmu=on)");
	return false;
}

static void tell_refused(const struct event *e, bool hardware)
{
	found_tell(FOUND_INCOMPLETE, "event",
		   "%s: %s (%s)%s%s", e->name, e->state,
		   e->error ? fmt_errno(e->error).text : "no errno",
		   *e->note ? ": " : "", e->note);
	if (!hardware && (e->error == ENOENT || e->error == EOPNOTSUPP ||
			  e->error == ENODEV))
		found_remedy("take it off the list: echo auto > " STORE_ROOT "/events");
	else
		found_remedy("a shorter list; kvmhot check --pmu tells which events there are");
}

static void tell_failed(const struct event *e)
{
	__u64 watchdog;

	found_tell(FOUND_INCOMPLETE, "event",
		   "%s: failed on %llu vCPU%s (%s)%s%s",
		   e->name, e->failed, PLURAL(e->failed),
		   e->error ? fmt_errno(e->error).text : "no errno",
		   *e->note ? ": " : "", e->note);
	if (!sysfile_number(NMI_WATCHDOG, &watchdog) && watchdog)
		found_remedy("sysctl kernel.nmi_watchdog=0 frees a counter; write the list again");
	found_remedy("a shorter list to " STORE_ROOT "/events");
	found_remedy("no perf, or guests without a PMU; write the list again");
}

void counting_find_events(struct host *h)
{
	bool hardware = tell_hardware();
	const struct event *e;

	if (!h->readable)
		return;
	for (e = h->status.events; e < h->status.events + h->status.nr_events; e++) {
		if (!strcmp(e->state, "refused"))
			tell_refused(e, hardware);
		else if (e->failed)
			tell_failed(e);
		else
			found_tell(FOUND_OK, "event",
				   "%s: %s, %s, on %llu vCPU%s",
				   e->name, e->state, e->where, e->counting,
				   PLURAL(e->counting));
	}
	if (!h->status.nr_events)
		found_tell(FOUND_OK, "event",
			   "none is counted: the list is empty");
}
