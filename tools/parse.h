/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text format of the files.  What is not as module/ABI has it is told on
 * stderr, with file and line, and gives -EBADMSG.  A file that cannot be
 * opened or read gives its -errno and no message: that a VM's file went away
 * is the caller's to judge.
 */
#ifndef KVMHOT_PARSE_H
#define KVMHOT_PARSE_H

#include "source.h"
#include "text.h"

int parse_status(const char *path, struct snapshot *s);

/*
 * The files of one VM.  Each fills in the head (pid, since ...) and adds its
 * rows to the reasons or to the vCPU sums, those of all vCPUs or of one.
 */
int parse_exits(const char *path, struct vm *vm, int vcpu);
int parse_hist(const char *path, struct vm *vm, int vcpu);
int parse_vcpus(const char *path, struct vm *vm, int vcpu);

/* What the three have in common, for parse.c and rows.c. */

/* The keys of all rows, to find one that is there twice. */
struct keys {
	size_t nr, room;
	__u64 *key;
};

int parse_begin(struct text *t, const char *path, const char *file,
		struct vm *vm);
int parse_end(struct text *t, struct keys *k, int ret);
int parse_key(const struct text *t, struct keys *k, __u64 vcpu, __u64 reason);
int parse_add(const struct text *t, const char *what, __u64 *sum, __u64 value);

#endif /* KVMHOT_PARSE_H */
