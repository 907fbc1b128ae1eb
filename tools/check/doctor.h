/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvmhot check: findings about this host.  Each doctor_*.c has a few of them,
 * and tells each in a line; what is not as it should be has its remedy below.
 * What cannot be found out is told as that, and never guessed.
 */
#ifndef KVMHOT_DOCTOR_H
#define KVMHOT_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

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
};

/* doctor.c */
__printf(3, 4)
void doctor_tell(enum verdict verdict, const char *topic, const char *format,
		 ...);
__printf(1, 2)
void doctor_remedy(const char *format, ...);
/* What the figures above are, and what they are not */
__printf(1, 2)
void doctor_means(const char *format, ...);

/* The findings, in the order in which they are told */
void doctor_cpu(struct host *h);
void doctor_kvm(struct host *h);
void doctor_kernel(struct host *h);
void doctor_lockdown(void);
void doctor_debugfs(struct host *h);
void doctor_module(struct host *h);
void doctor_hooks(struct host *h);
void doctor_clock(const struct host *h);
void doctor_events(const struct host *h);
void doctor_losses(struct host *h);
void doctor_bounds(const struct host *h);
void doctor_cost(const struct host *h, bool even_so);

/* doctor_read.c: a small file as a string, cut to SIZE; 0 or a negative errno */
int read_file(const char *path, char *buf, size_t size);
/* As a number: 0 or a negative errno */
int read_number(const char *path, __u64 *number);
/* Is WORD one of LINE's, which blanks separate? */
bool has_word(const char *line, const char *word);
/* Is WORD=VALUE, or WORD, on the kernel's command line?  VALUE's copy or NULL */
bool has_argument(const char *word, char *value, size_t size);
/* Is a module there, be it loaded or built in? */
bool has_module(const char *name);

/* doctor_symbols.c: from /proc/kallsyms, which is read once */
struct symbol {
	const char *name, *module;	/* NULL: the kernel itself */
	bool found;
	char variant[64];		/* found under this name only, or "" */
};

/* 0 or a negative errno */
int symbols_read(void);
const struct symbol *symbols_find(const char *name);
/* Those that the hooks need, where there is no module that tells. */
void symbols_tell(const struct host *h);

/* doctor_status.c: 0, or -1 with the error told */
int status_read(struct host *h);

#endif /* KVMHOT_DOCTOR_H */
