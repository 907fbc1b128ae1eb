// SPDX-License-Identifier: GPL-2.0
/* Explains words and columns, each in a sentence. */
#include <stdio.h>
#include <string.h>

#include "show/help.h"

#define INDENT	"                 "

static const struct {
	const char *verbs, *name, *text;
} columns[] = {
	{ "report hist top stat diff tree costs", "KVM cost",
	  "time in KVM from an exit to its next VM entry, in cycles of\n"
	  INDENT "the TSC, less what is halt, wait or user" },
	{ "vms report top stat tree costs", "halt",
	  "time in kvm_vcpu_halt: poll, or asleep (block)" },
	{ "vms report top stat tree costs", "wait",
	  "time in KVM_RUN with the vCPU's thread switched out:\n"
	  INDENT "preempted, or not ready to run (slept)" },
	{ "vms report top stat diff hist tree costs", "user",
	  "time between KVM_RUN ioctls that the VMM was on a CPU;\n"
	  INDENT "in vms, in report's line 'vCPU time %', and in VMM of the heads of\n"
	  INDENT "top and stat, with other ioctls of the vCPU, else (VMM%,\n"
	  INDENT "CYC/USER) without" },
	{ "vms report top stat tree costs", "away",
	  "time between KVM_RUN ioctls that the VMM was off the CPU: asleep,\n"
	  INDENT "stopped, preempted, or busy with another vCPU" },
	{ "hist top", "felt",
	  "time that an exit kept the guest from running: from it to the next\n"
	  INDENT "VM entry, in KVM, switched out, in the VMM or in another ioctl,\n"
	  INDENT "but not halted; without the VM exit and VM entry themselves" },
	{ "tree costs", "ioctl", "time in other ioctls of the vCPU" },
	{ "report tree costs", "unknown",
	  "time between two edges of which one was missed, or disabled" },
	{ "report tree costs", "irq",
	  "time from an exit to vmx_handle_exit: host interrupts are here" },
	{ "tree costs", "handle reenter",
	  "time from there to the next VM entry, or to KVM_RUN's end;\n"
	  INDENT "with 'detail', reenter is that after vmx_handle_exit" },
	{ "tree costs", "enter",
	  "time from KVM_RUN's start to the next VM entry, or to its end" },
	{ "tree costs", "(open, lost)",
	  "time of what has not ended, or whose kind is not known" },
	{ "report", "coverage",
	  "exits that kvmhot counted, of those that KVM itself counted,\n"
	  INDENT "since first sight of the VM, be it reset or not, or since KVM's\n"
	  INDENT "count was cleared by another; 'beyond' are those that KVM did\n"
	  INDENT "not count, as old ones on the fast path" },
	{ "top stat", "CPUs, CPU",
	  "in the head and foot: guest, KVM, VMM, halt, wait: time of the\n"
	  INDENT "vCPUs of all chosen VMs in each, by the time that passed" },
	{ "top stat", "coverage",
	  "of the interval: exits that kvmhot counted, of those that KVM\n"
	  INDENT "itself counted" },
	{ "top stat", "fast path",
	  "ended exits that never came to vmx_handle_exit, of all ended" },
	{ "report check", "own cost",
	  "TSC cycles that kvmhot's probes take for a usual exit (kvm_exit,\n"
	  INDENT "vmx_handle_exit, kvm_entry), and for a KVM_RUN beside its exits:\n"
	  INDENT "medians of rounds that the module timed on this host at load, or\n"
	  INDENT "when detail was switched; p99: 99 % of the rounds took no more.\n"
	  INDENT "Without VMREAD, events, cache misses of a busy host; -: not timed" },
	{ "report", "% of KVM cost",
	  "own cost of all exits and KVM_RUNs since reset, by irq + handle +\n"
	  INDENT "reenter + enter of all vCPUs: a ratio, as some of it is in guest\n"
	  INDENT "and user.  It is in all figures, and subtracted from none" },
	{ "top", "probes",
	  "TSC cycles that kvmhot's probes take for a usual exit, see own cost\n"
	  INDENT "in report; and these for each exit, with those of each KVM_RUN,\n"
	  INDENT "of the VMs and the time of the head, in percent of one CPU.\n"
	  INDENT "They are in KVM, guest and VMM, and subtracted from nothing" },
	{ "top", "top % of a CPU", "what top itself took" },
	{ "report", "detail", "file detail: handle is told from reenter" },
	{ "report top stat", "dropped",
	  "exits in no reason's figures: no memory or place to be had; of the\n"
	  INDENT "whole host, as missed is" },
	{ "report top stat", "lost",
	  "exits that are counted, but whose cost is not known" },
	{ "report top stat", "missed", "hits of a hook that the kernel could not serve" },
	{ "report", "forgotten", "ended VMs removed to make place" },
	{ "vms", "NAME", "QEMU's -name, else the VMM's command" },
	{ "vms", "VM", "PID-FD, KVM's own name for it" },
	{ "top stat diff", "VM",
	  "QEMU's -name, else the VMM's command; in stat with _ for blanks" },
	{ "top vms stat diff", "PID", "process ID of the VMM" },
	{ "vms", "STATE", "running, or ended and not yet removed" },
	{ "vms", "VCPUS", "vCPUs that kvmhot saw" },
	{ "vms", "TIME",
	  "since first sight or last reset, until now or the VM's end" },
	{ "vms", "GUEST% KVM%",
	  "shares of the vCPUs' time: in the guest; in KVM, on a CPU.\n"
	  INDENT "report's KVM% is another thing; its TIME% is like these" },
	{ "vms", "HALT%", "share of that time that is halt" },
	{ "vms", "WAIT% USER%", "shares of it that are wait; user" },
	{ "vms", "AWAY%",
	  "share of it that is away; what lacks to 100 is unknown" },
	{ "report top stat diff", "REASON",
	  "basic exit reason, as the kernel names it; with L2: before\n"
	  INDENT "it, of a nested guest's exits" },
	{ "report vms", "EXITS",
	  "VM exits, on KVM's fast path and not yet ended ones, too" },
	{ "report vms", "RATE", "EXITS per second of the VM's time" },
	{ "top stat diff", "EXITS/s",
	  "VM exits per second of the interval, those on KVM's fast path and\n"
	  INDENT "those not yet ended included" },
	{ "top stat diff", "%HOST",
	  "KVM cost + user of the exits that ended in the interval, by its\n"
	  INDENT "length: 100 is one CPU.  An exit is whole in the interval that it\n"
	  INDENT "ends in" },
	{ "top stat diff", "CPUS",
	  "with --unit cpu, instead of %HOST: the same, 1 is one CPU; KVM and\n"
	  INDENT "VMM are then its parts, in CPUs" },
	{ "report", "SHARE%", "part of the KVM cost of all the VM's exits" },
	{ "report", "TIME%",
	  "the reason's KVM cost as a share of the vCPUs' time" },
	{ "report top stat", "KVM% VMM%",
	  "how the reason's KVM cost + user divides into the two: together\n"
	  INDENT "100; no shares of time, as KVM% in vms is" },
	{ "report", "IRQ%", "part of the reason's KVM cost that is irq" },
	{ "report top stat diff", "CYC/EXIT", "mean KVM cost of the timed exits" },
	{ "top stat diff", "US/EXIT",
	  "with --unit us, instead: in microseconds, as P50 to MAX are then" },
	{ "diff", "BEFORE AFTER",
	  "of the VM's time up to the first reading; of that from there to\n"
	  INDENT "the second, or since a reset in between, or the VM's start" },
	{ "diff", "CHANGE",
	  "AFTER by BEFORE; of %HOST, AFTER less BEFORE: rows are sorted by how\n"
	  INDENT "much that is, or with another -k than cost by AFTER" },
	{ "hist", "MEAN", "mean KVM cost, felt, or user" },
	{ "report hist top stat", "P50 to P99.9",
	  "KVM cost that so many percent of the exits did not exceed,\n"
	  INDENT "within 6.25 %; in hist's parts felt and user, of these" },
	{ "report", "MAX", "greatest KVM cost, exact" },
	{ "top stat", "MAX",
	  "greatest KVM cost: of an interval within 6.25 %, of totals exact" },
	{ "hist", "MIN MAX", "least and greatest, exact" },
	{ "hist", "us", "the row above in microseconds: cycles * 1000 / tsc_khz" },
	{ "hist", "CYCLES", "KVM cost, felt, or user: least and greatest of a row" },
	{ "hist", "EXITS SPANS", "in hist: how many have cycles that are in the row" },
	{ "report", "FAST%",
	  "part of a reason's ended exits that took KVM's fast path" },
	{ "report", "CYC/USER", "mean user of the exits that have it" },
	{ "report", "WAIT%", "part of a reason's ended exits that have wait" },
	{ "report top stat", "IPC",
	  "events instructions by cycles, both in the stages of KVM cost and\n"
	  INDENT "of exits whose counts are known.  Like the next two it is there\n"
	  INDENT "if the list (file events) has them (of top and stat: with --pmu),\n"
	  INDENT "and - if an event is refused, failed on a vCPU of the VM, or no\n"
	  INDENT "exit is known" },
	{ "report top stat", "INS/EXIT",
	  "event instructions, likewise, for each of these exits" },
	{ "report top stat", "MISS/EXIT",
	  "the same of the list's first event that ends in -misses" },
	{ "report", "by ... %",
	  "shares of guest, KVM, halt, wait, user (with ioctl), away: by the TSC\n"
	  INDENT "while counts are known, and by the first there is of cycles,\n"
	  INDENT "task-clock, cpu-clock: the former does not count a halted CPU,\n"
	  INDENT "the others not a thread that is not on one.  Both without the\n"
	  INDENT "guest if that event does not count it" },
	{ "report", "counts known",
	  "--pmu: exits and time at both ends of which events were read, of\n"
	  INDENT "the timed exits and the vCPUs' time" },
	{ "report", "STAGE", "--pmu: where the vCPU was, see module/ABI" },
	{ "report", "TSC MS TIME%",
	  "--pmu: of the time with counts, in cycles, ms, and as a share of it" },
	{ "report", "COUNT /TSC",
	  "--pmu: the event above it: counts, and counts by cycles of the TSC" },
	{ "report", "KNOWN%",
	  "--pmu: EXITS, which are those with counts, by the timed ones;\n"
	  INDENT "behind it, for each of them: cycles of the TSC, and counts" },
	{ "tree", "TOTAL%", "TOTAL by the time of the VM's vCPUs" },
	{ "tree", "MS", "TOTAL in milliseconds: cycles / tsc_khz" },
	{ "tree", "TOTAL", "cycles in this line and in those below it" },
	{ "tree", "SELF",
	  "cycles in this line and in no other; KVM_RUN's is enter that is\n"
	  INDENT "no ended exit's: before the first, or of one open or lost" },
	{ "tree", "COUNT",
	  "spans: exits, ioctls, calls, VM entries of the guest; of reasons\n"
	  INDENT "below halt and wait the exits that have it, where known" },
	{ "tree", "P50 P99",
	  "cycles that so many percent of the spans did not exceed; those\n"
	  INDENT "of KVM_RUN and other ioctls are wall time" },
	{ "tree", "INSTR IPC",
	  "event instructions while counts are known, and by cycles; there\n"
	  INDENT "if the list (file events) has them; - where it is not known, and\n"
	  INDENT "of the guest if the event does not count it" },
	{ "costs", "MEASURE", "what is measured" },
	{ "costs", "GREATEST COST", "which single place has most of it" },
	{ "costs", "OF", "the whole of which it is a share" },
	{ "costs", "AMOUNT",
	  "cycles, or exits, or counts of event cycles (both without MS);\n"
	  INDENT "of all vCPUs" },
	{ "costs", "unhalted",
	  "cycles: the event, in the stages of KVM cost, of known exits" },
	{ "costs", "MS", "AMOUNT in milliseconds: cycles / tsc_khz" },
	{ "check", "ok", "as it should be" },
	{ "check", "note", "may matter, but counts are right" },
	{ "check", "PROBLEM", "counts are missing, or incomplete" },
	{ "check", "unknown", "could not be found out" },
	{ "check", "remedy", "what helps: a command or a setting" },
	{ "check", "means", "what the figures above it have, and have not" },
	{ "check", "cost",
	  "calibrated: own cost; CPUID exit: cycles of the TSC of one that\n"
	  INDENT "KVM handles itself, the least of many, without and with kvmhot" },
	{ "check", "TURNS EXECUTED",
	  "turns of the VM's loop between two exits, their instructions" },
	{ "check", "COUNTED/EXIT",
	  "event in stage guest: EXECUTED, and what any TURNS have alike" },
	{ "check", "EXITS OTHERS",
	  "of the run shown: its I/O exits, and others or not known ones;\n"
	  INDENT "it is that with the fewest OTHERS, of these the least count" },
	{ "check", "CLEAN TRIES", "how many runs had no OTHERS, of how many" },
	{ "check", "slope", "what one line has more than the other: to be compared" },
	{ "check", "fixed", "COUNTED/EXIT less EXECUTED" },
	{ "costs", "SHARE%", "AMOUNT by the whole that OF names" },
};

void help_columns(const char *verb)
{
	const char *before = "\n";
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (verb && !strstr(columns[i].verbs, verb))
			continue;
		printf("%s  %-14s %s\n", before, columns[i].name,
		       columns[i].text);
		before = "";
	}
}
