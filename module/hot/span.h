/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spans that are not exits: stays in the VMM, halts, ioctls.  A part of record.h.
 */
#ifndef KVMHOT_SPAN_H
#define KVMHOT_SPAN_H

#include <linux/types.h>

#include "hot/group.h"
#include "hot/seq.h"

/**
 * struct kvmhot_spans - what is known of one kind of spans on one vCPU
 * @hist: how long they were; @guest of its groups is what else passed during them
 * @seq: of @hist and @gen
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @key: of the spans, see enum kvmhot_chain
 * @aux: further part of the key
 * @next: line of the next spans in the chain; 0 is none
 */
struct kvmhot_spans {
	struct kvmhot_hist	hist;
	struct kvmhot_seq	seq;
	u32			gen;
	u32			key;
	u16			aux;
	u16			next;
};

#define KVMHOT_SPANS_LINES	\
	DIV_ROUND_UP(sizeof(struct kvmhot_spans), KVMHOT_LINE_SIZE)

#endif /* KVMHOT_SPAN_H */
