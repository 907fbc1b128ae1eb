/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies what probes write, and describes the copies.
 */
#ifndef KVMHOT_SNAP_H
#define KVMHOT_SNAP_H

#include "hot/pmu.h"
#include "hot/record.h"
#include "read/look.h"

/**
 * struct kvmhot_dist - the figures of one or more histograms
 * @timed: number of values
 * @cycles: sum of the values
 * @min: least value; void if there are none
 * @max: greatest value
 * @guest: sum of &kvmhot_group.guest
 * @irq: sum of &kvmhot_group.irq
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
 * struct kvmhot_tally - the figures of one or more cells, without buckets
 * @total: exits since first sight; never goes back over a reset
 * @exits: exits since the last reset; all further members are since then, too
 * @open: 1 if an exit is under way, else 0
 * @lost: exits that are over but whose cost is not known
 * @fast: timed exits that never reached vmx_handle_exit
 * @reenter: sum of the exits' stage reenter
 * @ept: sum of the exits' time in handle_ept_violation
 * @beside: time of the exits in their rare stages
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
 * struct kvmhot_buckets - the buckets of one or more cells
 * @cost: buckets of KVM costs; their sum is &kvmhot_tally.cost.timed
 * @felt: buckets of what the guest felt; their sum is &kvmhot_tally.felt.timed
 * @part: buckets of a histogram that is added to both
 */
struct kvmhot_buckets {
	u64	cost[KVMHOT_HIST_BUCKETS];
	u64	felt[KVMHOT_HIST_BUCKETS];
	u64	part[KVMHOT_HIST_BUCKETS];
};

/**
 * struct kvmhot_open - the exit of a vCPU that is open
 * @nr: number of VM entries before it, which tells it from the next exit
 * @key: key of its cell; KVMHOT_KEY_NONE if no exit is open, or it was dropped
 * @counts: the exit began after the last reset
 */
struct kvmhot_open {
	u64	nr;
	u16	key;
	bool	counts;
};

/**
 * struct kvmhot_span_snap - a consistent copy of spans
 * @key: key of the spans, see enum kvmhot_chain
 * @aux: second part of the key
 * @d: figures of the spans
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
 * @gen: value of &kvmhot_vcpu.gen that the counts belong to
 * @list: number of the list of events; 0 if there are no counts
 * @exits: exits with known counts; only set for a cell
 * @state: for each event, enum kvmhot_pmu_state; only set for a vCPU
 * @err: for each event, why it was not made; only set for a vCPU
 * @waiting: the events of the vCPU's thread are not in use yet; only set for a vCPU
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
 * @sum: see enum kvmhot_sum; the current stage counts up to @now
 * @gen: value of &kvmhot_vcpu.gen that the sums belong to
 * @since: TSC at which @sum begins
 * @now: TSC at which @sum ends
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
