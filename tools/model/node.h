/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds a tree of a VM's time.  Each child is cut out of what its parent has for
 * itself, so that everywhere total = self + the totals of the children, and
 * no cycle is in two places, however the files differ in time.
 */
#ifndef KVMHOT_MODEL_NODE_H
#define KVMHOT_MODEL_NODE_H

#include "base/fmt.h"
#include "base/hist.h"
#include "read/snapshot.h"

struct node {
	struct node *next, *child;
	char name[160];		/* a frame of a stack: a VM's name and id fit */
	char note[128];		/* what else there is to say, in the tree */
	__u64 total, self;
	__u64 count;
	bool counted, has_hist;
	__u64 p50, p99;
	/* What events counted here: these stages (0: none are known) of */
	enum { OF_VCPUS, OF_REASON, OF_REASONS } of;
	unsigned int stages;
	const struct reason *reason;
};

struct node *node_new(const char *name);
void node_free(struct node *n);

/* A child of that many of the parent's own cycles, or of all there are. */
struct node *node_add(struct node *parent, const char *name, __u64 cycles);
__printf(2, 3)
void node_note(struct node *n, const char *format, ...);
void node_count(struct node *n, __u64 count);
void node_hist(struct node *n, const struct hist *h);
/* To a sum of several, which begins as all 0; the second one frees it. */
void node_add_hist(struct hist *sum, const struct hist *h);
void node_sum(struct node *n, struct hist *sum);
/* Of a reason, or if it is NULL of the vCPUs */
void node_stages(struct node *n, const struct reason *r, unsigned int stages);

/* Throws out those with nothing in them, and sorts by total. */
void node_sort(struct node *n);

#endif /* KVMHOT_MODEL_NODE_H */
