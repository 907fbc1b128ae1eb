/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells findings about this host, each in a line; what is not as it should be has
 * its remedy below.  What cannot be found out is told as that, and never guessed.
 */
#ifndef KVMHOT_CHECK_FOUND_H
#define KVMHOT_CHECK_FOUND_H

#include <stdbool.h>

#include "base/fmt.h"
#include "read/snapshot.h"

enum verdict {
	FOUND_OK,
	FOUND_NOTE,
	FOUND_UNKNOWN,
	FOUND_INCOMPLETE,	/* a problem: counts, or cycles, lack something */
	FOUND_STOPPED,		/* a problem: nothing is counted, or can be read */
	NR_FOUND
};

/* Rows of 'status' that the reader has no other use for. */
enum {
	D_VMS, D_VMS_ENDED, D_VMS_MAX, D_VCPUS, D_VCPUS_MAX, D_MEMORY,
	D_MEMORY_MAX, D_DROPPED_SPANS,
	/* Not there before the module told causes apart: then 0. */
	D_FORGOTTEN_MAX_VMS, D_FORGOTTEN_MAX_VCPUS, D_FORGOTTEN_MAX_MEMORY,
	D_FORGOTTEN_MAX_ENDED,
	/* Not there before directories were tried again. */
	D_VMS_HIDDEN,
	NR_D
};

/* Columns of a hook's row, likewise; in the order of the rows. */
struct hook_more {
	char module[32];
	__u64 hits;
};

/* A row of a VMM: what it dropped, as it had its share of what there is. */
struct vmm_row {
	__u64 pid, dropped;
	char comm[16];
};

#define MAX_HOOKS	64

/* What the findings so far say to those that come. */
struct host {
	unsigned int major, minor;	/* of the kernel; 0: not known */
	char release[65];
	bool kvm, kvm_intel;		/* loaded, or built in */
	bool unrestricted;		/* not found to be off */
	bool constant_tsc, nonstop_tsc, cpuinfo;
	bool debugfs;			/* is where it should be */
	bool no_probes;			/* a switch turns them off */
	bool loaded, readable;		/* the module, its files */
	struct snapshot status;		/* if they are */
	__u64 n[NR_D];
	struct hook_more more[MAX_HOOKS];
	struct vmm_row worst;		/* that dropped most; 0 if none did */
	double rate;			/* exits per second now; < 0: not known */
	bool cost;			/* is to be measured even while VMs run */
	bool (*stopped)(void);		/* a signal asks to end */
};

__printf(3, 4)
void found_tell(enum verdict verdict, const char *topic, const char *format,
		...);
__printf(1, 2)
void found_remedy(const char *format, ...);
/* What the figures above are, and what they are not */
__printf(1, 2)
void found_means(const char *format, ...);

/* A line with how many there are of each kind; the exit status */
int found_sum(void);

#endif /* KVMHOT_CHECK_FOUND_H */
