/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells whether what was copied of a vCPU is of one moment.
 */
#ifndef KVMHOT_LOOK_H
#define KVMHOT_LOOK_H

#include "hot/record.h"

/**
 * struct kvmhot_look - state of a vCPU when a copy was begun
 * @tries: number of tries so far; 0 at first
 * @seq: sequence count of the record
 * @q: copy of the state on the quick way
 * @log: the edges on the quick way
 */
struct kvmhot_look {
	unsigned int		tries;
	u32			seq;
	struct kvmhot_quick	q;
	struct kvmhot_log	log;
};

int kvmhot_look_again(unsigned int *tries);
int kvmhot_look_begin(const struct kvmhot_vcpu *v, struct kvmhot_look *look);
bool kvmhot_look_retry(const struct kvmhot_vcpu *v,
		       const struct kvmhot_look *look);

#endif /* KVMHOT_LOOK_H */
