/* SPDX-License-Identifier: GPL-2.0 */
/* Holds a reading of the files in memory: the verbs see these structs, and no file. */
#ifndef KVMHOT_READ_SNAPSHOT_H
#define KVMHOT_READ_SNAPSHOT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/hist.h"

#define ALL_VCPUS	-1

/* The numeric columns of a VM's file 'exits', behind vcpu, reason and name. */
enum {
	R_EXITS, R_TIMED, R_OPEN, R_LOST, R_FAST,
	R_CYCLES, R_MIN, R_MAX,
	R_WAIT, R_WAIT_CYCLES, R_WAIT_MAX,
	R_USER, R_USER_CYCLES, R_USER_MAX,
	R_TOTAL,
	R_HALT, R_HALT_CYCLES, R_HALT_MAX,
	NR_R
};

/* The numeric columns of a VM's file 'vcpus', behind vcpu and tid. */
enum {
	V_EXITS, V_DROPPED, V_LOST, V_ENTRIES, V_RUNS,
	V_GUEST, V_KVM, V_WAIT, V_USER, V_UNKNOWN,
	V_EPT, V_EPT_CYCLES, V_BYTES,
	V_HALT, V_KVM_EXITS, V_LEVEL2, V_AWAY,
	NR_V
};

/* The rows of 'status' that a reader needs; a row more is no error. */
enum {
	S_ENABLED, S_ARMED, S_TSC_KHZ, S_TSC_STABLE, S_EXITS, S_DROPPED,
	S_LOST, S_FORGOTTEN_VMS, S_FORGOTTEN_EXITS, S_DETAIL,
	/* Not there before there were events: then 0. */
	S_EVENTS_NUMBER, S_DROPPED_COUNTS, S_DROPPED_SPANS, S_GENERATION,
	/* Nor these before the module timed its probes: 0 rounds, then. */
	S_OWN_EXIT, S_OWN_P99, S_OWN_RUN, S_OWN_ROUNDS,
	/* Nor this where the module cannot tell: KPROBES_UNKNOWN, then. */
	S_KPROBES_HIT,
	NR_S
};

#define KPROBES_UNKNOWN	~0ULL

/* The stages, as a VM's file 'stages' has them. */
enum {
	ST_GUEST, ST_IRQ, ST_HANDLE, ST_REENTER, ST_ENTER, ST_POLL, ST_BLOCK,
	ST_USER, ST_AWAY, ST_IOCTL, ST_PREEMPTED, ST_SLEPT, ST_UNKNOWN,
	NR_ST
};

/* The files that have spans by what they were spent on. */
enum { SP_USER, SP_EPT, SP_HALT, SP_IOCTL, NR_SP };

/* Of known stretches and exits: TSC cycles, or counts of an event. */
struct counts {
	__u64 exits, stages[NR_ST];
};

/* What a VM's 'counts' are of: in place 0 tsc, then the events of its file. */
struct counter {
	char name[128];
	unsigned int vcpus;	/* those summed that have rows of it: */
	unsigned int counting, failed;
	int failed_vcpu;	/* the last of those that failed, */
	char state[16];		/* and why the first did */
	__u64 error;
};

/*
 * An exit reason of a VM, and a level: summed over the vCPUs; min and max are
 * not.  The name begins with 'L2:' if the level is 2.
 */
struct reason {
	unsigned int number, level;
	char name[32];
	__u64 n[NR_R];
	__u64 stages[NR_ST], ept;
	struct hist hist;
	struct hist felt;	/* by the guest; all 0 if the module is older */
	size_t nr_counts;
	struct counts *counts;	/* summed; fewer than the VM's: no more known */
};

/* Spans of one kind, summed over the vCPUs; 'row' tells kinds apart. */
struct span {
	__u64 row;
	unsigned int reason, level;	/* of user; of ept the level only */
	char name[32];	/* user: of the reason; ioctl: the result; ept: L2: */
	char what[48];	/* user: of run; ept: access; halt: stage; ioctl */
	__u64 stages[NR_ST], ept;	/* of ept */
	__u64 away;	/* of user */
	struct hist hist;
};

struct spans {
	size_t nr;
	struct span *span;
	/* Of spans.c, to find them while they are read: 1 + a place in SPAN, or 0 */
	size_t room;
	unsigned int *place;
};

struct vm {
	char id[32];		/* PID-FD; PID-FD.N: another VM has that name now */
	char comm[32];
	char name[128];
	unsigned int pid;
	int vcpu;		/* the one that it is of, or ALL_VCPUS */
	bool running;
	bool restarted;		/* set by delta.c only */
	__u64 tsc_khz, since, now;
	unsigned int nr_vcpus;	/* those that are summed */
	unsigned int all_vcpus;
	__u64 n[NR_V];		/* summed over the vCPUs */
	__u64 stages[NR_ST];	/* summed over the vCPUs' own rows */
	size_t nr_reasons;
	struct reason *reasons;
	struct spans spans[NR_SP];
	size_t nr_counters;	/* 0: nothing known */
	struct counter *counters;
	struct counts *counts;	/* summed over the vCPUs' own rows */
};

/* What KVM itself counted, of a VM, since first sight or since that was cleared. */
struct coverage {
	char id[32];
	__u64 exits, kvm_exits;
	__u64 cleared;		/* how often it was found so, of all vCPUs */
	unsigned int line;	/* of the file, for errors */
};

struct hook {
	char name[64], kind[16], state[16], note[256];
	__u64 missed, error;	/* an errno, or 0 */
};

/* An event of the list, as 'status' has it. */
struct event {
	char name[128], state[16], where[16], note[256];
	__u64 error;		/* an errno, or 0 */
	__u64 counting, failed;	/* vCPUs */
};

struct snapshot {
	const char *root;
	bool no_totals;		/* the module has no such files */
	FILE *save;		/* while it is made: see source_save() */
	__u64 n[NR_S];
	size_t nr_hooks, nr_events, nr_coverages, nr_vms;
	struct hook *hooks;
	struct event *events;
	struct coverage *coverages;
	struct vm *vms;
	const struct vm **by_id;	/* sorted */
};

void snapshot_free(struct snapshot *s);
void snapshot_free_vm(struct vm *vm);

/* Sorts the VMs and their reasons by cost, and makes snapshot_find() work. */
int snapshot_sort(struct snapshot *s);

/* By PID-FD and vCPU (or ALL_VCPUS): the VM, or NULL */
const struct vm *snapshot_find(const struct snapshot *s, const char *id,
			       int vcpu);

/* Are all kprobes turned off?  Then exits are counted, but their times are wrong. */
static inline bool snapshot_kprobes_off(const struct snapshot *s)
{
	return !s->n[S_KPROBES_HIT];
}

#endif /* KVMHOT_READ_SNAPSHOT_H */
