// SPDX-License-Identifier: GPL-2.0
/* What the words and the columns mean, each in a sentence. */
#include <stdio.h>
#include <string.h>

#include "cmds.h"

#define INDENT	"                "

static const struct {
	const char *verbs, *name, *text;
} columns[] = {
	{ "report hist stat", "KVM cost",
	  "time from an exit to its next VM entry, in cycles of the TSC,\n"
	  INDENT "less what is wait or user" },
	{ "vms report", "wait",
	  "time in KVM_RUN with the vCPU's thread switched out; HLT's sleep" },
	{ "vms report", "user", "time between KVM_RUN ioctls, in the VMM" },
	{ "report", "unknown",
	  "time between two edges of which one was missed, or disabled" },
	{ "report stat", "dropped",
	  "exits in no VM's figures: no memory or place to be had" },
	{ "report stat", "lost",
	  "exits that are counted, but whose cost is not known" },
	{ "report", "missed", "hits of a hook that the kernel could not serve" },
	{ "report", "forgotten", "ended VMs removed to make place" },
	{ "vms stat", "NAME", "QEMU's -name, else the VMM's command" },
	{ "vms stat", "VM", "PID-FD, KVM's own name for it" },
	{ "vms", "PID", "process ID of the VMM" },
	{ "vms", "STATE", "running, or ended and not yet removed" },
	{ "vms", "VCPUS", "vCPUs that kvmhot saw" },
	{ "vms", "TIME",
	  "since first sight or last reset, until now or the VM's end" },
	{ "vms", "GUEST% KVM%",
	  "part of the vCPUs' time in the guest; in KVM, on a CPU" },
	{ "vms", "WAIT% USER%",
	  "part of it that is wait; user (what then lacks to 100, unknown)" },
	{ "report stat", "REASON", "basic exit reason, as the kernel names it" },
	{ "report vms stat", "EXITS",
	  "VM exits, on KVM's fast path and not yet ended ones, too" },
	{ "report vms stat", "RATE/S",
	  "EXITS by the seconds of the VM's time, or of the interval" },
	{ "report stat", "SHARE%", "part of the KVM cost of all the VM's exits" },
	{ "report stat", "CYC/EXIT", "mean KVM cost" },
	{ "hist", "MEAN", "mean KVM cost" },
	{ "report hist stat", "P50 to P99.9",
	  "KVM cost that so many percent of the exits did not exceed,\n"
	  INDENT "within 6.25 %" },
	{ "report", "MAX", "greatest KVM cost, exact" },
	{ "hist", "MIN MAX", "least and greatest KVM cost, exact" },
	{ "hist", "us", "the row above in microseconds: cycles * 1000 / tsc_khz" },
	{ "hist", "CYCLES", "KVM cost, from the least to the greatest of a row" },
	{ "hist", "EXITS", "in hist: those whose KVM cost is in the row" },
	{ "report stat", "USER%",
	  "part of a reason's ended exits that went out to the VMM" },
	{ "report", "CYC/USER",
	  "mean time until the VMM came back, which may have slept" },
	{ "report", "WAIT%",
	  "part of a reason's ended exits with the thread switched out" },
};

void help_columns(const char *verb)
{
	const char *before = "\n";
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (verb && !strstr(columns[i].verbs, verb))
			continue;
		printf("%s  %-13s %s\n", before, columns[i].name,
		       columns[i].text);
		before = "";
	}
}
