/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of an exit reason on a vCPU, and of other spans.  Made of lines
 * of the vCPU's memory.  A part of record.h.
 */
#ifndef KVMHOT_CELL_H
#define KVMHOT_CELL_H

#include <linux/types.h>

#include "hist.h"
#include "seq.h"

/**
 * struct kvmhot_group - a group of a cell's histogram, and all that a usual exit
 * adds to its cell: one cache line
 * @cycles: sum of their KVM costs
 * @guest: sum of their stage guest
 * @irq: sum of their stage irq
 * @min: least of the costs: what is beyond 32 bits is that of the group
 * @max: greatest, likewise; less than @min if there are none
 * @n: exits in each bucket, modulo 2^32: see @carry of &struct kvmhot_cell
 */
struct kvmhot_group {
	u64	cycles;
	u64	guest;
	u64	irq;
	u32	min;
	u32	max;
	u32	n[KVMHOT_HIST_SUB];
};

/**
 * struct kvmhot_rare - what is counted of exits that have more than irq and handle
 * @cycles: sum of their other stages, from reenter to slept
 * @ept: sum of their time in handle_ept_violation
 * @past: exits that resets took away
 * @fast: of the timed, those that did not come to vmx_handle_exit
 * @lost: exits that are over but whose cost is not known
 * @wait: of the timed, those with preempted or slept
 * @wait_max: greatest of these times
 * @halt: of the timed, those with poll or block
 * @halt_max: greatest of these times
 * @user: of the timed, those that left KVM_RUN
 * @user_max: greatest of these times
 */
struct kvmhot_rare {
	u64	cycles[KVMHOT_SLEPT - KVMHOT_REENTER + 1];
	u64	ept;
	u64	past;
	u64	fast;
	u64	lost;
	u64	wait;
	u64	wait_max;
	u64	halt;
	u64	halt_max;
	u64	user;
	u64	user_max;
};

/* Where @cycles has one of KVMHOT_RARE_STAGES. */
#define KVMHOT_RARE(stage)	((stage) - KVMHOT_REENTER)

/**
 * struct kvmhot_cell - what is known of one exit reason on one vCPU
 * @group: the histogram; &kvmhot_no_group where there is nothing
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @pmu_list: number of the list of events that the rows of counts are of
 * @pmu_exits: of the timed exits, those whose counts of events are known
 * @pmu_line: for each row of counts, its first line; 0 is none
 * @pmu_rows: bits of those that there are
 * @key: what it is of
 * @carry: line of a map: for each group, the line of what went beyond 2^32, and
 *	   0 where nothing did; 0 if there is no such map
 * @top_max: greatest cost in the last group, which 32 bits cannot tell
 * @top_min: least
 * @rare: the rest
 *
 * Written by the thread that runs the vCPU only, in probe context, inside of
 * &kvmhot_vcpu.seq but for what a usual exit writes: one &struct kvmhot_group.
 */
struct kvmhot_cell {
	struct kvmhot_group	*group[KVMHOT_HIST_GROUPS];
	u32			gen;
	u32			pmu_list;
	u64			pmu_exits;
	u16			pmu_line[KVMHOT_PMU_ROWS]; /* stays over a reset */
	u16			key;
	u32			pmu_rows;
	u16			carry;
	u64			top_max;
	u64			top_min;
	struct kvmhot_rare	rare;
} __aligned(KVMHOT_LINE_SIZE);

#define KVMHOT_CELL_LINES	(sizeof(struct kvmhot_cell) / KVMHOT_LINE_SIZE)

/**
 * struct kvmhot_slot - what is known of one kind of spans on one vCPU
 * @seq: of what follows
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @key: of the spans, see enum kvmhot_chain
 * @aux: further part of the key
 * @next: line of the next slot in the chain; 0 is none
 * @timed: number of spans
 * @cycles: their sum
 * @beside: what else passed during them
 * @min: the least
 * @max: the greatest
 * @line: for each group of the histogram, the line that holds it; 0 is none
 */
struct kvmhot_slot {
	struct kvmhot_seq seq;
	u32		gen;
	u32		key;
	u16		aux;
	u16		next;
	u64		timed;
	u64		cycles;
	u64		beside;
	u64		min;
	u64		max;

	u16		line[KVMHOT_HIST_GROUPS] __aligned(KVMHOT_LINE_SIZE);
};

#define KVMHOT_SLOT_LINES	(sizeof(struct kvmhot_slot) / KVMHOT_LINE_SIZE)

#endif /* KVMHOT_CELL_H */
