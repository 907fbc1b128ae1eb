/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text format of the files.  What is not as module/ABI has it is told on
 * stderr, with file and line, and gives -EBADMSG.  A file that cannot be
 * opened or read gives its -errno and no message: that a VM's file went away
 * is the caller's to judge.
 */
#ifndef KVMHOT_PARSE_H
#define KVMHOT_PARSE_H

#include "base/hist.h"
#include "read/source.h"
#include "read/text.h"

/* status.c */
int parse_status(const char *root, struct snapshot *s);

/* What tells the rows of a file apart, to find one that is there twice. */
struct key {
	__u64 vcpu, row;
	unsigned int line;
};

struct keys {
	size_t nr, room;
	struct key *key;
};

/* A file of a VM: each of its rows, of LEAST columns, is given to ROW. */
struct vm_file {
	const char *name;
	unsigned int least;
	bool optional;		/* not in every tree */
	int (*row)(struct text *t, struct vm *vm, int vcpu, struct keys *k);
};

/* Those from there on share one row. */
#define MOST_REASON	127

#define NR_VM_FILES	9
extern const struct vm_file vm_files[NR_VM_FILES];

/* What there is of all vCPUs together, in one file; and events. */
extern const struct vm_file totals_file, pmu_file;
/* As totals and more, where a vCPU is asked for, or there is no such file. */
#define NR_LIVE_FILES	4
extern const struct vm_file live_files[NR_LIVE_FILES];

/*
 * Fills in the head (pid, since ...) and adds the rows of all vCPUs, or of
 * one, to the sums of the VM.
 */
int parse_file(const char *root, const struct vm_file *file, struct vm *vm,
	       int vcpu);

/* The numbers of the VM's vCPUs, to be freed; NULL after an error. */
int parse_vcpu_ids(const char *root, const struct vm *vm, int **ids,
		   size_t *nr);

/* counts.c, spans.c, stages.c, pmu.c and totals.c */
int parse_totals_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_vcpus_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_exits_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_hist_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_stages_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_pmu_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_user_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_ept_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_halt_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);
int parse_ioctl_row(struct text *t, struct vm *vm, int vcpu, struct keys *k);

/* What they have in common. */

/* ROW: what the vCPU has but one of.  1 if the vCPU is wanted, 0 if not. */
int parse_key(const struct text *t, struct keys *k, int vcpu, __u64 row);
/* The same of what no vCPU has: 0 or -EBADMSG */
int parse_note_row(const struct text *t, struct keys *k, __u64 id, __u64 row);
int parse_add(const struct text *t, const char *what, __u64 *sum, __u64 value);
int parse_skip_names(struct text *t);
/* Rows of one file may differ: has this one LEAST columns?  0 or -EBADMSG */
int parse_columns(const struct text *t, unsigned int least);

/* The word in COLUMN as its place in WORDS. */
int parse_word(const struct text *t, const char *what, unsigned int column,
	       const char * const *words, unsigned int nr, __u64 *place);
int parse_level(const struct text *t, unsigned int column, __u64 *level);

/* vcpu, reason and name begin a row: *r, or NULL if it is not wanted. */
int parse_reason(const struct text *t, struct vm *vm, int vcpu, struct keys *k,
		 unsigned int level_column, struct reason **r);

/* The reason of the VM with these, and the name in column 2, new or not. */
struct reason *parse_find_reason(const struct text *t, struct vm *vm,
				 unsigned int number, unsigned int level);

/* An errno, as the files have it: negative, or 0 */
int parse_error(const struct text *t, unsigned int column, __u64 *error);

extern const char * const exits_columns[NR_R], * const vcpus_columns[NR_V];

/* The stages from COLUMN on; SUM: of them, must be a number, too. */
int parse_stages(const struct text *t, unsigned int column, __u64 *stages,
		 __u64 *sum);
int parse_add_stages(const struct text *t, __u64 *to, const __u64 *stages);

/* The columns of 'exits' from COLUMN on */
int parse_exits(const struct text *t, unsigned int column, __u64 *n);
/* LOW:COUNT, in the order of LOW, or - if there are none; the rest of H is there. */
int parse_counts(const struct text *t, char *word, struct hist *h);

/* 'timed cycles min max BUCKETS', from COLUMN on. */
int parse_buckets(const struct text *t, unsigned int column,
		  unsigned int buckets, struct hist *h);
/*
 * 'felt_cycles felt_min felt_max felt_buckets' of TIMED exits, from COLUMN on; all
 * 0 if the file has no such columns.
 */
int parse_felt(struct text *t, unsigned int column, __u64 timed, struct hist *h);
int parse_merge(const struct text *t, struct hist *to, const struct hist *h);

#endif /* KVMHOT_PARSE_H */
