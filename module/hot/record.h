/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Describes what is kept of a vCPU: its record, the cells of its exit reasons, and its
 * other spans.  The words are those of the file ABI.
 */
#ifndef KVMHOT_RECORD_H
#define KVMHOT_RECORD_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <asm/vmx.h>

#include "hot/log.h"
#include "hot/seq.h"
#include "shared/hist.h"
#include "shared/reasons.h"

struct kvm;
struct kvm_vcpu;
struct kvmhot_owner;
struct kvmhot_pmu;
struct kvmhot_vm;

#define KVMHOT_NAME_LEN		32	/* of a VM's name in KVM's debugfs */
/* Of a VM's name in kvmhot's debugfs: a dot and a number tell equal names apart. */
#define KVMHOT_VM_NAME_LEN	(KVMHOT_NAME_LEN + 12)

/*
 * The key of an exit: its basic reason, plus KVMHOT_KEY_LEVEL2 if a nested guest
 * exited.
 */
#define KVMHOT_KEY_LEVEL2	(KVMHOT_REASON_LAST + 1)
#define KVMHOT_NR_KEYS		(2 * KVMHOT_KEY_LEVEL2)
#define KVMHOT_KEY_NONE		0xffff	/* not known */
/*
 * An EPT violation counts in the cell of its class (KVMHOT_EPT_...) once its handler is
 * reached.  Before that, or if the handler is never reached, it counts in the cell of
 * its reason.
 */
#define KVMHOT_KEY_EPT		KVMHOT_NR_KEYS
#define KVMHOT_NR_CELLS		(KVMHOT_KEY_EPT + KVMHOT_EPT_CLASSES)
/*
 * The quick way knows exits of level 1 only.  It has a place for each class, then one
 * for each reason; no processor has a greater reason yet.
 */
#define KVMHOT_QUICK_CLASSES	KVMHOT_EPT_LEVEL2
#define KVMHOT_QUICK_REASONS	96
#define KVMHOT_QUICK_PLACES	(KVMHOT_QUICK_CLASSES + KVMHOT_QUICK_REASONS)

/*
 * Memory of a vCPU comes in pages, which are cut into lines of one cache line.  One
 * group of a histogram fills a line, so an exit writes one line of its cell.  The first
 * page begins with the record itself.
 */
#define KVMHOT_LINE_SIZE	64
#define KVMHOT_PAGE_LINES	(PAGE_SIZE / KVMHOT_LINE_SIZE)
/*
 * Pages of a new record.  A guest that boots has a dozen reasons and all classes of EPT
 * violations before the worker runs.
 */
#define KVMHOT_FIRST_PAGES	3
#define KVMHOT_MAX_PAGES	16
#define KVMHOT_LINES_END	(KVMHOT_MAX_PAGES * KVMHOT_PAGE_LINES)
/*
 * Spans get no line from this one on, so that memory is left for exits: a VMM can make
 * as many kinds of spans as there are ioctl numbers.
 */
#define KVMHOT_SPANS_END	(KVMHOT_LINES_END / 2)
/* Counts of events get no line from this one on. */
#define KVMHOT_ROWS_END		(KVMHOT_LINES_END / 4 * 3)
/* Ask for a page with this many lines left: a burst of new reasons must fit meanwhile. */
#define KVMHOT_LOW_LINES	(KVMHOT_PAGE_LINES / 2)

/*
 * Sums of a vCPU.  Sums only grow; a reset stores their values of that moment in
 * &kvmhot_vcpu.base.  Stages are in TSC cycles.
 */
enum kvmhot_sum {
	KVMHOT_GUEST,		/* stage: kvm_entry to kvm_exit */
	KVMHOT_IRQ,		/* stage: kvm_exit to vmx_handle_exit */
	KVMHOT_HANDLE,		/* stage: vmx_handle_exit to its return or kvm_entry */
	KVMHOT_REENTER,		/* stage: that return to kvm_entry, with 'detail' */
	KVMHOT_ENTER,		/* stage: entry of KVM_RUN to kvm_entry */
	KVMHOT_POLL,		/* stage: halted, on a CPU */
	KVMHOT_BLOCK,		/* stage: halted or waiting for INIT, switched out */
	KVMHOT_USER,		/* stage: in the VMM, on a CPU */
	KVMHOT_AWAY,		/* stage: in the VMM, switched out or with another vCPU */
	KVMHOT_IOCTL,		/* stage: in another ioctl, with 'detail' */
	KVMHOT_PREEMPTED,	/* stage: switched out in a cost stage, runnable */
	KVMHOT_SLEPT,		/* stage: switched out in a cost stage, asleep */
	KVMHOT_UNKNOWN,		/* stage: what cannot be known */
	KVMHOT_NR_STAGES,
	KVMHOT_ENTRIES = KVMHOT_NR_STAGES, /* hits of kvm_entry */
	KVMHOT_HANDLED,		/* hits of vmx_handle_exit */
	KVMHOT_RETURNED,	/* returns from vmx_handle_exit, with 'detail' */
	KVMHOT_EXITS,		/* hits of kvm_exit; only readers fill it in */
	KVMHOT_CLASSED,		/* EPT violations with a class; only readers fill it in */
	KVMHOT_SWITCHES,	/* times that the thread was switched out in a stage */
	KVMHOT_STARTS,		/* entries of KVM_RUN */
	KVMHOT_RUNS,		/* ends of KVM_RUN */
	KVMHOT_RUN_RETURNS,	/* returns from KVM_RUN, with 'detail' */
	KVMHOT_EPT,		/* returns from handle_ept_violation, with 'detail' */
	KVMHOT_EPT_CYCLES,	/* TSC cycles in handle_ept_violation, without wait */
	KVMHOT_HALTS,		/* entries of kvm_vcpu_halt */
	KVMHOT_WAKEUPS,		/* ends of kvm_vcpu_halt */
	KVMHOT_DROPPED,		/* exits that are in no cell */
	KVMHOT_ENDS,		/* 1 after the VM ended */
	KVMHOT_BACK,		/* edges before which the TSC had gone back */
	KVMHOT_NR_SUMS,
};

/* Stages that are KVM's cost.  The thread may be switched out in them. */
#define KVMHOT_COST_STAGES	(BIT(KVMHOT_IRQ) | BIT(KVMHOT_HANDLE) | \
				 BIT(KVMHOT_REENTER) | BIT(KVMHOT_ENTER))

/* KVM's cost of an exit. */
static __always_inline u64 kvmhot_cost(const struct kvmhot_fold *f)
{
	return f->cycles[KVMHOT_IRQ] + f->cycles[KVMHOT_HANDLE] +
	       f->cycles[KVMHOT_REENTER] + f->cycles[KVMHOT_ENTER];
}

/* Is a part of the exit unknown? */
static __always_inline bool kvmhot_is_lost(const struct kvmhot_fold *f)
{
	return f->touched & BIT(KVMHOT_UNKNOWN) || f->back;
}

/* Stages in which the thread is switched out of KVM_RUN. */
#define KVMHOT_OUT_STAGES	(BIT(KVMHOT_BLOCK) | BIT(KVMHOT_PREEMPTED) | \
				 BIT(KVMHOT_SLEPT))
#define KVMHOT_VMM_STAGES	(BIT(KVMHOT_USER) | BIT(KVMHOT_AWAY))

/* Stages of a stay in the VMM or of a halt: on a CPU, and switched out. */
#define KVMHOT_STAY_IN		(BIT(KVMHOT_USER) | BIT(KVMHOT_POLL))
#define KVMHOT_STAY_OUT		(BIT(KVMHOT_AWAY) | BIT(KVMHOT_BLOCK))

/* Stages that no plain exit has: see &struct kvmhot_rare. */
#define KVMHOT_RARE_STAGES	GENMASK(KVMHOT_SLEPT, KVMHOT_ENTER)

/*
 * Those of the rare stages that the guest feels in addition to KVM's cost.  Halts are
 * not among them: the guest asked for these.
 */
#define KVMHOT_DELAY_STAGES	(BIT(KVMHOT_USER) | BIT(KVMHOT_AWAY) | \
				 BIT(KVMHOT_IOCTL) | BIT(KVMHOT_PREEMPTED) | \
				 BIT(KVMHOT_SLEPT))

/* Time of an exit in KVMHOT_DELAY_STAGES. */
static __always_inline u64 kvmhot_delay(const struct kvmhot_fold *f)
{
	return f->cycles[KVMHOT_USER] + f->cycles[KVMHOT_AWAY] +
	       f->cycles[KVMHOT_IOCTL] + f->cycles[KVMHOT_PREEMPTED] +
	       f->cycles[KVMHOT_SLEPT];
}

/* Kinds of spans other than exits.  Each span has a key, and some have an aux. */
enum kvmhot_chain {
	KVMHOT_CHAIN_USER,	/* stays in the VMM; key: the exit's key and run << 16 */
	KVMHOT_CHAIN_HALT,	/* halts; key: KVMHOT_POLL or KVMHOT_BLOCK */
	KVMHOT_CHAIN_RUN,	/* key: KVM_RUN; aux: enum kvmhot_result */
	KVMHOT_CHAIN_IOCTL,	/* key: another ioctl; aux: enum kvmhot_result */
	KVMHOT_NR_CHAINS,
};

/*
 * Classes of EPT violations: what the guest did, whether the EPT entry allowed anything,
 * and whether a nested guest did it.
 */
#define KVMHOT_EPT_READ		0x1
#define KVMHOT_EPT_WRITE	0x2
#define KVMHOT_EPT_FETCH	0x3
#define KVMHOT_EPT_ACCESS	0x3	/* mask of the three accesses */
#define KVMHOT_EPT_PRESENT	0x4
#define KVMHOT_EPT_LEVEL2	0x8
#define KVMHOT_EPT_CLASSES	0x10

#define KVMHOT_MAX_EVENTS	8	/* perf events; their counts of a stage: a line */

/*
 * Rows of counts in a cell.  Each stage has a row of one line with the counts of the
 * events.  One more row of two lines has the TSC cycles of the same time, by stage.
 */
#define KVMHOT_PMU_TSC		KVMHOT_NR_STAGES
#define KVMHOT_PMU_TSC_LINES	2
#define KVMHOT_PMU_ROWS		(KVMHOT_PMU_TSC + 1)

/* What an ioctl returned: success, one of two errors, or any other error. */
enum kvmhot_result {
	KVMHOT_OK,
	KVMHOT_EINTR,
	KVMHOT_EAGAIN,
	KVMHOT_ERROR,
	KVMHOT_NR_RESULTS,
};

#define KVMHOT_RUN_ERROR	0xffff	/* KVM_RUN failed: no run->exit_reason */

/* Groups of a histogram that are found without the number of their line. */
#define KVMHOT_HIST_NEAR	4
/* From this group on, values do not fit into 32 bits. */
#define KVMHOT_HIST_WIDE	30
/*
 * A bucket's count that reaches this is carried to &struct kvmhot_wide.  Tests define a
 * smaller value to see that sooner.
 */
#ifndef KVMHOT_COUNT_TOP
#define KVMHOT_COUNT_TOP	BIT(31)
#endif

/**
 * struct kvmhot_group - group of a histogram, one cache line; a plain exit writes
 *			 nothing else of its cell
 * @cycles: sum of the values: KVM costs of exits, or lengths of spans
 * @guest: exits: sum of their stage guest; spans: sum of the time beside them
 * @irq: exits: sum of their stage irq
 * @min: least value; U32_MAX if the group is empty or is KVMHOT_HIST_WIDE or above
 * @max: greatest value; 0 if the group is empty or is KVMHOT_HIST_WIDE or above
 * @n: count of each bucket, without what was carried to &struct kvmhot_wide
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
 * struct kvmhot_wide - what does not fit into the 32 bits of a group
 * @next: line of the next group's &struct kvmhot_wide; 0 for none
 * @g: number of the group
 * @high: for each bucket, how many times KVMHOT_COUNT_TOP was carried
 * @min: least value of a group from KVMHOT_HIST_WIDE on
 * @max: greatest value of a group from KVMHOT_HIST_WIDE on
 */
struct kvmhot_wide {
	u16	next;
	u16	g;
	u32	high[KVMHOT_HIST_SUB];
	u64	min;
	u64	max;
};

/**
 * struct kvmhot_hist - a histogram
 * @near: for each remainder of a group's number, the group last added to;
 *	  &kvmhot_hist_no_group for none
 * @line: for each group, its line; 0 for none
 * @wide: line of the first &struct kvmhot_wide; 0 for none
 * @end: this histogram takes no line from this one on
 */
struct kvmhot_hist {
	struct kvmhot_group	*near[KVMHOT_HIST_NEAR];
	u16			line[KVMHOT_HIST_GROUPS];
	u16			wide;
	u16			end;
};

/**
 * struct kvmhot_beside - time of exits in their rare stages
 * @cycles: sums of the stages enter to slept
 * @wait: exits with preempted or slept
 * @wait_max: longest preempted and slept of one exit
 * @halt: exits with poll or block
 * @halt_max: longest poll and block of one exit
 * @user: exits that left KVM_RUN
 * @user_max: longest user of one exit
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

/* Index of one of KVMHOT_RARE_STAGES in &kvmhot_beside.cycles. */
#define KVMHOT_RARE(stage)	((stage) - KVMHOT_ENTER)

/**
 * struct kvmhot_rare - what a cell keeps of exits with KVMHOT_RARE_STAGES
 * @beside: their rare stages
 * @cost: KVM costs of those with KVMHOT_DELAY_STAGES
 * @felt: what the guest felt of the exits in @cost
 */
struct kvmhot_rare {
	struct kvmhot_beside	beside;
	struct kvmhot_hist	cost;
	struct kvmhot_hist	felt;
};

/**
 * struct kvmhot_rows - a cell's counts of events
 * @list: number of the list of events that was counted
 * @there: bits of the rows that have lines
 * @exits: timed exits whose counts are known
 * @line: for each row, its first line; 0 for none
 */
struct kvmhot_rows {
	u32	list;
	u32	there;
	u64	exits;
	u16	line[KVMHOT_PMU_ROWS];
};

/**
 * struct kvmhot_cell - figures of one exit reason on one vCPU
 * @hist: KVM costs of all exits that are not in &kvmhot_rare.cost
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @key: key of the exits
 * @rare: line of &struct kvmhot_rare; 0 for none
 * @rows: line of &struct kvmhot_rows; 0 for none
 * @reenter: sum of the exits' stage reenter
 * @ept: sum of the exits' time in handle_ept_violation
 * @past: exits that resets took away
 * @fast: timed exits that never reached vmx_handle_exit
 * @lost: exits that are over but whose cost is not known
 *
 * Only the thread that runs the vCPU writes a cell, in probe context and inside
 * &kvmhot_vcpu.seq.  Writes of the quick way are outside of the sequence count: see
 * plain.c.
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

/**
 * struct kvmhot_spans - figures of one kind of spans on one vCPU
 * @hist: lengths; @guest of its groups is the time of something else during them
 * @seq: protects @hist and @gen
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @key: see enum kvmhot_chain
 * @aux: second part of the key
 * @next: line of the next spans in the chain; 0 for none
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

/**
 * kvmhot_key_reason() - turn a key with a class into the key of the reason
 * @key: of an exit, with or without a class
 *
 * Return: the key of the reason and level; KVMHOT_KEY_NONE for KVMHOT_KEY_NONE.
 */
static inline u16 kvmhot_key_reason(u16 key)
{
	if (key < KVMHOT_KEY_EPT || key == KVMHOT_KEY_NONE)
		return key;
	return EXIT_REASON_EPT_VIOLATION |
	       (key & KVMHOT_EPT_LEVEL2 ? KVMHOT_KEY_LEVEL2 : 0);
}

/**
 * struct kvmhot_notice - tells the worker of a vCPU; the list keeps their order
 * @node: in kvmhot_kick_notices
 * @vcpu: the record
 * @gone: the vCPU is gone; otherwise it was seen for the first time
 */
struct kvmhot_notice {
	struct llist_node	node;
	struct kvmhot_vcpu	*vcpu;
	bool			gone;
};

/*
 * Number of edges since kvm_entry.  The tag is in the low bits of &kvmhot_quick.who,
 * where the address of a struct kvm_vcpu is 0: one comparison checks vCPU and tag.  The
 * first two edges always are kvm_exit and vmx_handle_exit.  Edges from the third on are
 * in the log, up to its last place.
 */
enum kvmhot_tag {
	KVMHOT_TAG_GUEST,	/* kvm_entry was the last edge */
	KVMHOT_TAG_IRQ,		/* kvm_exit */
	KVMHOT_TAG_HANDLE,	/* vmx_handle_exit */
	KVMHOT_TAG_LOG,		/* the first edge in the log */
	KVMHOT_TAG_REENTER = KVMHOT_TAG_LOG, /* its return, with 'detail' */
	KVMHOT_TAG_VMM,		/* entry of KVM_RUN, after a plain stay in the VMM */
	KVMHOT_TAG_LAST = KVMHOT_LOG_EDGES - 1,
	KVMHOT_TAG_PMU = 16,	/* added to the others: with perf events */
};

#define KVMHOT_TAG_MASK		(KVMHOT_TAG_PMU - 1UL)
#define KVMHOT_WHO_MASK		(KVMHOT_TAG_PMU + KVMHOT_TAG_MASK)
#define KVMHOT_SLOW		(~0UL)

/**
 * struct kvmhot_quick - state of a vCPU on the quick way, see quick.h
 * @who: the vCPU's address plus enum kvmhot_tag; if KVMHOT_SLOW, the rest is void
 * @last: TSC of the last kvm_entry
 * @exit_tsc: TSC of the last kvm_exit
 * @handle_tsc: TSC of the last vmx_handle_exit
 * @rounds: exits that ended since @began, without those in @returned
 * @guest: sum of the stage guest of @rounds and @returned
 * @irq: sum of the stage irq of @rounds and @returned
 * @key: of the last exit: its reason, or its class - KVMHOT_QUICK_CLASSES
 * @began: TSC of the kvm_entry that started the quick way
 * @fast: exits of @rounds on KVM's fast path
 * @returned: exits that ended and whose return from vmx_handle_exit was seen
 * @reenter: sum of the stage reenter
 * @beside: time of @rounds that is neither guest, irq, handle nor reenter
 *
 * A plain exit writes the first cache line only.
 */
struct kvmhot_quick {
	unsigned long	who;
	u64		last;
	u64		exit_tsc;
	u64		handle_tsc;
	u64		rounds;
	u64		guest;
	u64		irq;
	u64		key;

	u64		began;
	u64		fast;
	u64		returned;
	u64		reenter;
	u64		beside;
};

/**
 * struct kvmhot_vcpu - a vCPU
 * @quick: state on the quick way
 * @quick_cell: for each class of level 1, then for each reason, its cell if plain
 *              exits may add to it; else &kvmhot_cell_none
 * @seq: protects @log, @fold, @sum, and the cells
 * @gen: generation that counts now; raised by kvmhot_reset_vm()
 * @log: edges since the last kvm_entry; on the quick way only those from
 *       KVMHOT_TAG_LOG on, as @quick has the others
 * @fold: sum of the open exit's edges that left @log, and of the guest stage before it
 * @last: TSC up to which @sum is complete
 * @cell: cell of the open exit; NULL if none is open, or it was dropped
 * @resume: stage to return to from one of KVMHOT_OUT_STAGES or from AWAY
 * @halted: stage to return to from KVMHOT_POLL
 * @slow: the open exit reached vmx_handle_exit
 * @lost_track: edges may be missing since @quick; written by kvmhot_registry_lose_track()
 * @key: of the open exit or the one before; KVMHOT_KEY_NONE if not known
 * @run: what KVM_RUN last told the VMM: run->exit_reason or KVMHOT_RUN_ERROR
 * @ept: time of the open exit in handle_ept_violation
 * @stay: the current stay in the VMM, or the current halt
 * @sum: see enum kvmhot_sum
 * @out: place in the table of threads that are switched out, plus 1; 0 for none
 * @missed_handle: value of *kvmhot_switches.missed_handle when it was last read
 * @task: thread that last entered the guest; only compared, never followed
 * @pmu: counts of perf events, or NULL; made by the worker, which replaces it
 *       under kvmhot_since_lock
 * @vcpu: key; NULL once the vCPU is gone
 * @hash: next record in the bucket
 * @bucket: of the hash table
 * @kvm: its VM, to notice that @vcpu was reused; never followed
 * @mm: address space of its VMM, pinned; NULL when the vCPU is gone
 * @ino: inode of the VM's directory, @name, in KVM's debugfs; 0 if there is none
 * @cells: for each key and class, the first line of its cell; 0 for none
 * @chains: for each enum kvmhot_chain, the line of its first spans; 0 for none
 * @ioctl_lock: protects spans of ioctls other than KVM_RUN, for which threads may race
 * @page: pages of memory; the first one begins with this record
 * @nr_lines: lines in @page that may be used; the worker publishes new ones
 * @next_line: first unused line
 * @refill_asked: a page was asked for; cleared by the worker
 * @page_denied: there was no memory for a page; used by the worker only
 * @pmu_denied: there was no memory for @pmu or for its events; written by the worker
 * @own: the record is calib.c's, whose hooks always are in place
 * @tid: id of @task
 * @id: KVM's vcpu_id
 * @kvm_first: KVM's own count of exits when comparing began: at first sight, or when
 *             KVM's count was last found to have been cleared; see coverage.c
 * @kvm_last: KVM's own count of exits at the end of the vCPU
 * @kvm_seen: KVM's own count of exits when it was last read; readers write this, and
 *            the members up to @base, under kvmhot_since_lock
 * @kvm_handled: @sum[KVMHOT_HANDLED] when comparing began
 * @kvm_exits: exits since first sight, when comparing began
 * @kvm_cleared: how often KVM's count was found to have been cleared
 * @since: TSC of the first sight or of the last reset
 * @base: @sum at the time @since
 * @vm: its VM, once the worker has linked the record
 * @siblings: in &kvmhot_vm.vcpus
 * @owner: its VMM, from when the worker has looked at the record until the vCPU is gone
 * @seen: TSC of the first sight
 * @offset: sum of what the TSC was seen to go back by: @last + @offset only rises
 * @pid: thread that created the VM
 * @tgid: process of the VMM
 * @uid: user of the VMM
 * @name: of the VM
 * @comm: of the VMM
 * @seen_notice: the worker has to link the record
 * @gone_notice: the worker has to retire the record
 * @refill: in the list of records that want pages
 *
 * Only the thread that runs the vCPU writes a record, in probe context, unless stated
 * otherwise above.  A plain exit writes the first cache line of @quick and one of a
 * cell.
 */
struct kvmhot_vcpu {
	struct kvmhot_quick	quick;
	struct kvmhot_cell	*quick_cell[KVMHOT_QUICK_PLACES];
	struct kvmhot_seq	seq;
	u32			gen;
	u16			key;
	u16			run;
	u8			resume;
	u8			halted;
	u8			slow;
	bool			lost_track;
	u64			last;
	struct kvmhot_cell	*cell;
	u64			ept;
	struct kvmhot_stay	stay;
	struct kvmhot_log	log;
	struct kvmhot_fold	fold;
	u64			sum[KVMHOT_NR_SUMS];

	unsigned int		out;
	int			missed_handle;
	struct task_struct	*task;
	struct kvmhot_pmu	*pmu;

	struct kvm_vcpu		*vcpu ____cacheline_aligned;
	struct kvmhot_vcpu	*hash;
	unsigned int		bucket;
	struct kvm		*kvm;
	struct mm_struct	*mm;
	unsigned long		ino;
	u16			cells[KVMHOT_NR_CELLS];
	u16			chains[KVMHOT_NR_CHAINS];
	raw_spinlock_t		ioctl_lock;
	void			*page[KVMHOT_MAX_PAGES];
	unsigned int		nr_lines;
	unsigned int		next_line;
	bool			refill_asked;
	bool			page_denied;
	bool			pmu_denied;
	bool			own;
	pid_t			tid;
	int			id;
	u64			kvm_first;
	u64			kvm_last;
	u64			kvm_seen;
	u64			kvm_handled;
	u64			kvm_exits;
	u64			kvm_cleared;

	u64			since;
	u64			base[KVMHOT_NR_SUMS];
	struct kvmhot_vm	*vm;
	struct list_head	siblings;
	struct kvmhot_owner	*owner;
	u64			seen;
	u64			offset;
	pid_t			pid;
	pid_t			tgid;
	kuid_t			uid;
	char			name[KVMHOT_NAME_LEN];
	char			comm[TASK_COMM_LEN];
	struct kvmhot_notice	seen_notice;
	struct kvmhot_notice	gone_notice;
	struct llist_node	refill;
};

/* Lines of the first page that the record fills. */
#define KVMHOT_RECORD_LINES	\
	DIV_ROUND_UP(sizeof(struct kvmhot_vcpu), KVMHOT_LINE_SIZE)

/* These must fit into one line, or into the lines of one page. */
static_assert(sizeof(struct kvmhot_group) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_wide) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_rows) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_rare) <= PAGE_SIZE);
static_assert(sizeof(struct kvmhot_vcpu) <= PAGE_SIZE);

#endif /* KVMHOT_RECORD_H */
