/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reading of kvmhot's debugfs tree, or of a saved copy of it, in memory.
 * Only source.c and parse.c know the files; the verbs see these structs.
 */
#ifndef KVMHOT_SOURCE_H
#define KVMHOT_SOURCE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "hist.h"

#define SOURCE_ROOT	"/sys/kernel/debug/kvmhot"
#define ALL_VCPUS	-1

/* The numeric columns of a VM's file 'exits', behind vcpu, reason and name. */
enum {
	R_EXITS, R_TIMED, R_OPEN, R_LOST, R_FAST,
	R_CYCLES, R_MIN, R_MAX,
	R_WAIT, R_WAIT_CYCLES, R_WAIT_MAX,
	R_USER, R_USER_CYCLES, R_USER_MAX,
	R_TOTAL,
	NR_R
};

/* The numeric columns of a VM's file 'vcpus', behind vcpu and tid. */
enum {
	V_EXITS, V_DROPPED, V_LOST, V_ENTRIES, V_RUNS,
	V_GUEST, V_KVM, V_WAIT, V_USER, V_UNKNOWN,
	V_EPT, V_EPT_CYCLES, V_BYTES,
	NR_V
};

/* The rows of 'status' that a reader needs; a row more is no error. */
enum {
	S_ENABLED, S_ARMED, S_TSC_KHZ, S_TSC_STABLE, S_EXITS, S_DROPPED,
	S_LOST, S_FORGOTTEN_VMS, S_FORGOTTEN_EXITS,
	NR_S
};

/* 'timed' to 'max' are of the exits in the buckets, nothing else. */
struct hist {
	__u64 timed, cycles, min, max;
	__u64 buckets[KVMHOT_HIST_BUCKETS];
};

/* An exit reason of a VM, summed over its vCPUs; min and max are not. */
struct reason {
	unsigned int number;
	char name[32];
	__u64 n[NR_R];
	struct hist hist;
};

struct vm {
	char id[32];		/* PID-FD */
	char comm[32];
	char name[128];
	unsigned int pid;
	bool running;
	bool restarted;		/* set by delta.c only */
	__u64 tsc_khz, since, now;
	unsigned int nr_vcpus;
	__u64 n[NR_V];		/* summed over the vCPUs */
	size_t nr_reasons;
	struct reason *reasons;
};

struct hook {
	char name[64], kind[16], state[16], note[256];
	__u64 missed, error;	/* an errno, or 0 */
};

struct snapshot {
	__u64 n[NR_S];
	size_t nr_hooks, nr_vms;
	struct hook *hooks;
	struct vm *vms;
};

/* All of these that return an int: 0, or -1 with the error already told. */
int source_load(struct snapshot *s, const char *root, int vcpu);
void source_free(struct snapshot *s);
int source_reset(const char *root, const char *what);

/* names.c */
void names_lookup(struct vm *vm, const char *root);
void names_clean(char *s);

/* summary.c */
struct vm *summary_find(struct snapshot *s, const char *word);
void summary_sort(struct snapshot *s);
__u64 summary_cycles(const struct vm *vm);
__u64 summary_vcpu_cycles(const struct vm *vm);
double summary_seconds(const struct vm *vm);
__u64 summary_quantile(const struct hist *h, unsigned int per_mille);

#endif /* KVMHOT_SOURCE_H */
