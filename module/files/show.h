/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints what several files of a VM have in common.
 */
#ifndef KVMHOT_SHOW_H
#define KVMHOT_SHOW_H

#include <linux/fs.h>
#include <linux/types.h>

#include "hot/record.h"
#include "read/snap.h"

struct kvmhot_vm;
struct seq_file;

/**
 * struct kvmhot_show_file - a file of a VM, in a table
 * @name: name of the file; NULL ends the table
 * @mode: mode of the file
 * @fops: operations of the file; its private data is the VM
 */
struct kvmhot_show_file {
	const char			*name;
	umode_t				mode;
	const struct file_operations	*fops;
};

/* Column names of kvmhot_show_stages[]. */
#define KVMHOT_SHOW_STAGE_COLUMNS					\
	"guest\tirq\thandle\treenter\tenter\tpoll\tblock\tuser\t"	\
	"away\tioctl\tpreempted\tslept\tunknown"

extern const u8 kvmhot_show_stages[KVMHOT_NR_STAGES];

void kvmhot_show_header(struct seq_file *m, const char *file,
			const struct kvmhot_vm *vm);
void kvmhot_show_key(struct seq_file *m, unsigned int key);
unsigned int kvmhot_show_level(unsigned int key);
void kvmhot_show_buckets(struct seq_file *m, const u64 *bucket);
void kvmhot_show_sums(struct seq_file *m, const struct kvmhot_sums *s);
int kvmhot_show_vcpus(struct seq_file *m, size_t size,
		      int (*show)(struct seq_file *m, struct kvmhot_vcpu *v,
				  void *buffer, const void *arg),
		      const void *arg);

#endif /* KVMHOT_SHOW_H */
