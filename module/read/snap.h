/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies what probes write.
 */
#ifndef KVMHOT_SNAP_H
#define KVMHOT_SNAP_H

#include "hot/pmu.h"
#include "hot/record.h"
#include "read/look.h"

/**
 * struct kvmhot_dist - the figures of one or more histograms
 * @timed: how many values
 * @cycles: their sum
 * @min: least of them; void if there are none
 * @max: greatest of them
 * @guest: see &struct kvmhot_group
 * @irq: likewise
 */
struct kvmhot_dist {
	u64	timed;
	u64	cycles;
	u64	min;
	u64	max;
	u64	guest;
	u64	irq;
};

/**
 * struct kvmhot_tally - the figures of a cell, or of several, but for the buckets
 * @total: exits since first sight; never goes back over a reset
 * @exits: exits since the last reset, as the rest
 * @open: 1 if one is under way, else 0
 * @lost: exits that are over but whose cost is not known
 * @fast: of the timed, those that did not come to vmx_handle_exit
 * @reenter: sum of their stage reenter
 * @ept: sum of their time in handle_ept_violation
 * @beside: of their other stages
 * @cost: KVM costs
 * @felt: what the guest felt of the same exits
 */
struct kvmhot_tally {
	u64			total;
	u64			exits;
	u64			open;
	u64			lost;
	u64			fast;
	u64			reenter;
	u64			ept;
	struct kvmhot_beside	beside;
	struct kvmhot_dist	cost;
	struct kvmhot_dist	felt;
};

/**
 * struct kvmhot_buckets - their buckets
 * @cost: sum is that of @timed
 * @felt: likewise
 * @part: of a histogram that is added to them
 */
struct kvmhot_buckets {
	u64	cost[KVMHOT_HIST_BUCKETS];
	u64	felt[KVMHOT_HIST_BUCKETS];
	u64	part[KVMHOT_HIST_BUCKETS];
};

/**
 * struct kvmhot_open - the exit of a vCPU that is open
 * @nr: VM entries before it: tells it from the next one
 * @key: of its cell; KVMHOT_KEY_NONE if no exit is open, or it was dropped
 * @counts: it began after the last reset
 */
struct kvmhot_open {
	u64	nr;
	u16	key;
	bool	counts;
};

/**
 * struct kvmhot_span_snap - a consistent copy of spans
 * @key: of them
 * @aux: likewise
 * @d: their figures
 * @bucket: the histogram; its sum is @d.timed
 */
struct kvmhot_span_snap {
	u32			key;
	u16			aux;
	struct kvmhot_dist	d;
	u64			bucket[KVMHOT_HIST_BUCKETS];
};

/**
 * struct kvmhot_counts - a consistent copy of counts of events
 * @gen: value of &kvmhot_vcpu.gen that they belong to
 * @list: number of the list of events; 0 if there are no counts
 * @exits: known exits; of a cell only
 * @state: for each event, enum kvmhot_pmu_state; of a vCPU only
 * @err: likewise why it was not made
 * @waiting: the events of its thread are not in use yet; of a vCPU only
 * @stage: the counts, by stage
 */
struct kvmhot_counts {
	u32				gen;
	u32				list;
	u64				exits;
	u8				state[KVMHOT_MAX_EVENTS];
	int				err[KVMHOT_MAX_EVENTS];
	bool				waiting;
	struct kvmhot_stage_counts	stage[KVMHOT_NR_STAGES];
};

/**
 * struct kvmhot_sums - a consistent copy of the sums of a vCPU
 * @sum: see enum kvmhot_sum; the stage that it is in counts up to @now
 * @gen: value of &kvmhot_vcpu.gen that they belong to
 * @since: TSC from which on @sum is
 * @now: TSC up to which it is
 */
struct kvmhot_sums {
	u64	sum[KVMHOT_NR_SUMS];
	u32	gen;
	u64	since;
	u64	now;
};

void kvmhot_snap_add_dist(struct kvmhot_dist *sum, const struct kvmhot_dist *d);
int kvmhot_snap_cell(struct kvmhot_vcpu *v, unsigned int key,
		     struct kvmhot_tally *t, struct kvmhot_buckets *b);
int kvmhot_snap_open(struct kvmhot_vcpu *v, struct kvmhot_open *open);
int kvmhot_snap_spans(struct kvmhot_vcpu *v, const struct kvmhot_spans *spans,
		      struct kvmhot_span_snap *snap);
int kvmhot_snap_counts(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_counts *c);
void kvmhot_snap_stages(const struct kvmhot_vcpu *v, const struct kvmhot_pmu *p,
			const struct kvmhot_look *look,
			struct kvmhot_stage_counts *stage);
int kvmhot_snap_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s);

#endif /* KVMHOT_SNAP_H */
