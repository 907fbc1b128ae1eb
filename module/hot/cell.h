/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of an exit reason on a vCPU.  Made of lines of the vCPU's memory.  A part
 * of record.h.
 */
#ifndef KVMHOT_CELL_H
#define KVMHOT_CELL_H

#include <linux/types.h>

#include "hot/group.h"

/**
 * struct kvmhot_beside - what exits had beside the usual stages
 * @cycles: sum of their stages from enter to slept
 * @wait: how many had preempted or slept
 * @wait_max: greatest of these times
 * @halt: how many had poll or block
 * @halt_max: greatest of these times
 * @user: how many left KVM_RUN
 * @user_max: greatest of these times
 */
struct kvmhot_beside {
	u64	cycles[KVMHOT_SLEPT - KVMHOT_ENTER + 1];
	u64	wait;
	u64	wait_max;
	u64	halt;
	u64	halt_max;
	u64	user;
	u64	user_max;
};

/* Where @cycles has one of KVMHOT_RARE_STAGES. */
#define KVMHOT_RARE(stage)	((stage) - KVMHOT_ENTER)

/**
 * struct kvmhot_rare - what is kept of a cell's exits that have KVMHOT_RARE_STAGES
 * @beside: their stages
 * @cost: KVM costs of those that have KVMHOT_DELAY_STAGES
 * @felt: what the guest felt of these
 */
struct kvmhot_rare {
	struct kvmhot_beside	beside;
	struct kvmhot_hist	cost;
	struct kvmhot_hist	felt;
};

/**
 * struct kvmhot_rows - counts of events of a cell
 * @list: number of the list of events that they are of
 * @there: bits of the rows that there are
 * @exits: of the timed exits, those whose counts are known
 * @line: for each row, its first line; 0 is none
 */
struct kvmhot_rows {
	u32	list;
	u32	there;
	u64	exits;
	u16	line[KVMHOT_PMU_ROWS];
};

/**
 * struct kvmhot_cell - what is known of one exit reason on one vCPU
 * @hist: the KVM costs, but for those in @rare
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @key: what it is of
 * @rare: line of &struct kvmhot_rare; 0 is none
 * @rows: line of &struct kvmhot_rows; likewise
 * @reenter: sum of their stage reenter
 * @ept: sum of their time in handle_ept_violation
 * @past: exits that resets took away
 * @fast: of the timed, those that did not come to vmx_handle_exit
 * @lost: exits that are over but whose cost is not known
 *
 * Written by the thread that runs the vCPU only, in probe context, inside of
 * &kvmhot_vcpu.seq but for what a usual exit writes: one &struct kvmhot_group.
 */
struct kvmhot_cell {
	struct kvmhot_hist	hist;
	u32			gen;
	u16			key;
	u16			rare;
	u16			rows;
	u64			reenter;
	u64			ept;
	u64			past;
	u64			fast;
	u64			lost;
};

#define KVMHOT_CELL_LINES	\
	DIV_ROUND_UP(sizeof(struct kvmhot_cell), KVMHOT_LINE_SIZE)
#define KVMHOT_RARE_LINES	\
	DIV_ROUND_UP(sizeof(struct kvmhot_rare), KVMHOT_LINE_SIZE)

#endif /* KVMHOT_CELL_H */
