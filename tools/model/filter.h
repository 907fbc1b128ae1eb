/* SPDX-License-Identifier: GPL-2.0 */
/* Chooses VMs, vCPUs and exit reasons by the options -p, -g, -r and --vcpu. */
#ifndef KVMHOT_MODEL_FILTER_H
#define KVMHOT_MODEL_FILTER_H

#include <stdbool.h>

#include "read/snapshot.h"

enum sort {
	SORT_COST, SORT_KVM, SORT_VMM, SORT_EXITS, SORT_AVG, SORT_P50,
	SORT_P95, SORT_P99, SORT_MAX, SORT_NAME,
	NR_SORTS
};

struct filter {
	const char *vms;	/* -p: WORD[,WORD...], or NULL for all */
	const char *guests;	/* -g: NAME or ~PART, [,...] */
	const char *reasons;	/* -r: [!]REASON[,...] */
	const char *text;	/* a part of a row's VM, PID or reason */
	int vcpu;		/* or ALL_VCPUS */
	enum sort sort;
	unsigned long top;	/* so many rows; 0: all */
	double min;		/* rows from so many percent of one CPU on */
};

extern const char * const filter_sorts[NR_SORTS];

/* Is every word of -r a reason's name or number?  If not: told, and -1. */
int filter_check_reasons(const char *words);

/* The one VM that WORD means, as one of -p does; if there is none: told, and NULL */
const struct vm *filter_find(const struct snapshot *s, const char *word);

/*
 * Does every word of -p and -g mean a VM that is there, and has one of them the
 * vCPU?  If not: told, and -1.
 */
int filter_check(const struct filter *f, const struct snapshot *s);

bool filter_vm(const struct filter *f, const struct vm *vm);
bool filter_reason(const struct filter *f, const struct reason *r);

#endif /* KVMHOT_MODEL_FILTER_H */
