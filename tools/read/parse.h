/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses the text format of the files.  What is not as module/ABI has it is told on
 * stderr, with file and line, and gives -EBADMSG.  A file that cannot be
 * opened or read gives its -errno and no message: that a VM's file went away
 * is the caller's to judge.
 */
#ifndef KVMHOT_READ_PARSE_H
#define KVMHOT_READ_PARSE_H

#include "read/snapshot.h"
#include "read/text.h"

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
	bool has_vm_row;	/* must have a row of the VM itself */
	int (*row)(struct text *t, struct vm *vm, int vcpu, struct keys *k);
};

/*
 * Fills in the head (pid, since ...) and adds the rows of all vCPUs, or of
 * one, to the sums of the VM.
 */
int parse_file(const char *root, const struct vm_file *file, struct vm *vm,
	       int vcpu);

/* The numbers of the VM's vCPUs, to be freed; NULL after an error. */
int parse_vcpu_ids(const char *root, const struct vm *vm, int **ids,
		   size_t *nr);

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

/* An errno, as the files have it: negative, or 0 */
int parse_error(const struct text *t, unsigned int column, __u64 *error);

#endif /* KVMHOT_READ_PARSE_H */
