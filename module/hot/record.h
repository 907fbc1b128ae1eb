/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of a vCPU: the cells of its exit reasons, its other spans, its record.
 * The words are those of the file ABI.
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

#define KVMHOT_NAME_LEN		32	/* of a VM, as in KVM's debugfs */
/* The same in kvmhot's: a dot and a number tell VMs of one name apart. */
#define KVMHOT_VM_NAME_LEN	(KVMHOT_NAME_LEN + 12)

/*
 * What a VM exit counts under: its basic reason, and whether it was the nested
 * guest's.
 */
#define KVMHOT_KEY_LEVEL2	(KVMHOT_REASON_LAST + 1)
#define KVMHOT_NR_KEYS		(2 * KVMHOT_KEY_LEVEL2)
#define KVMHOT_KEY_NONE		0xffff	/* not known */
/*
 * An EPT violation has a cell by its class, KVMHOT_EPT_..., from the moment that its
 * handler is reached; before, and if it never is, that of its reason.
 */
#define KVMHOT_KEY_EPT		KVMHOT_NR_KEYS
#define KVMHOT_NR_CELLS		(KVMHOT_KEY_EPT + KVMHOT_EPT_CLASSES)
/*
 * Exits of level 1 for the quick way, which has a place for each class, then one for
 * each reason; no processor has a greater reason yet.
 */
#define KVMHOT_QUICK_CLASSES	KVMHOT_EPT_LEVEL2
#define KVMHOT_QUICK_REASONS	96
#define KVMHOT_QUICK_PLACES	(KVMHOT_QUICK_CLASSES + KVMHOT_QUICK_REASONS)

/*
 * Memory of a vCPU comes in pages, cut into lines of one cache line.  A line
 * holds one group of a histogram, so that an exit writes to one of them.  The first
 * page begins with the record itself.
 */
#define KVMHOT_LINE_SIZE	64
#define KVMHOT_PAGE_LINES	(PAGE_SIZE / KVMHOT_LINE_SIZE)
/*
 * That a record starts with: a guest that boots has a dozen reasons and all classes of
 * EPT violations before the worker comes to run.
 */
#define KVMHOT_FIRST_PAGES	3
#define KVMHOT_MAX_PAGES	16
#define KVMHOT_LINES_END	(KVMHOT_MAX_PAGES * KVMHOT_PAGE_LINES)
/*
 * A VMM can make as many kinds of spans as there are numbers of ioctls.  From
 * this line on there is nothing for them, so that exits have memory.
 */
#define KVMHOT_SPANS_END	(KVMHOT_LINES_END / 2)
/* Likewise for counts of events. */
#define KVMHOT_ROWS_END		(KVMHOT_LINES_END / 4 * 3)
/* A burst of new reasons must fit while the worker gets the next page. */
#define KVMHOT_LOW_LINES	(KVMHOT_PAGE_LINES / 2)

/*
 * Sums of a vCPU.  They only grow; a reset remembers where they were
 * (&kvmhot_vcpu.base).  The stages are TSC cycles.
 */
enum kvmhot_sum {
	KVMHOT_GUEST,		/* stage */
	KVMHOT_IRQ,		/* stage */
	KVMHOT_HANDLE,		/* stage */
	KVMHOT_REENTER,		/* stage */
	KVMHOT_ENTER,		/* stage */
	KVMHOT_POLL,		/* stage */
	KVMHOT_BLOCK,		/* stage */
	KVMHOT_USER,		/* stage */
	KVMHOT_AWAY,		/* stage */
	KVMHOT_IOCTL,		/* stage */
	KVMHOT_PREEMPTED,	/* stage */
	KVMHOT_SLEPT,		/* stage */
	KVMHOT_UNKNOWN,		/* stage */
	KVMHOT_NR_STAGES,
	KVMHOT_ENTRIES = KVMHOT_NR_STAGES, /* hits of kvm_entry */
	KVMHOT_HANDLED,		/* hits of vmx_handle_exit */
	KVMHOT_RETURNED,	/* returns from it, seen with 'detail' */
	KVMHOT_EXITS,		/* hits of kvm_exit; for readers only */
	KVMHOT_CLASSED,		/* EPT violations with a class; for readers only */
	KVMHOT_SWITCHES,	/* times that a thread was switched out in a stage */
	KVMHOT_STARTS,		/* entries of KVM_RUN */
	KVMHOT_RUNS,		/* ends of KVM_RUN */
	KVMHOT_RUN_RETURNS,	/* its returns, with 'detail' */
	KVMHOT_EPT,		/* returns from handle_ept_violation, with 'detail' */
	KVMHOT_EPT_CYCLES,	/* TSC cycles in it, without wait */
	KVMHOT_HALTS,		/* entries of kvm_vcpu_halt */
	KVMHOT_WAKEUPS,		/* ends of it */
	KVMHOT_DROPPED,		/* exits that are in no cell */
	KVMHOT_ENDS,		/* 1 after its VM ended */
	KVMHOT_BACK,		/* edges at which the TSC had gone back */
	KVMHOT_NR_SUMS,
};

/* Stages that are KVM's cost, in which a thread may also be switched out. */
#define KVMHOT_COST_STAGES	(BIT(KVMHOT_IRQ) | BIT(KVMHOT_HANDLE) | \
				 BIT(KVMHOT_REENTER) | BIT(KVMHOT_ENTER))

/* KVM's cost of an exit. */
static __always_inline u64 kvmhot_cost(const struct kvmhot_fold *f)
{
	return f->cycles[KVMHOT_IRQ] + f->cycles[KVMHOT_HANDLE] +
	       f->cycles[KVMHOT_REENTER] + f->cycles[KVMHOT_ENTER];
}

/* Is there a stretch of the exit of which something is not known? */
static __always_inline bool kvmhot_is_lost(const struct kvmhot_fold *f)
{
	return f->touched & BIT(KVMHOT_UNKNOWN) || f->back;
}

/* Stages in which the thread is switched out, in KVM_RUN and in the VMM. */
#define KVMHOT_OUT_STAGES	(BIT(KVMHOT_BLOCK) | BIT(KVMHOT_PREEMPTED) | \
				 BIT(KVMHOT_SLEPT))
#define KVMHOT_VMM_STAGES	(BIT(KVMHOT_USER) | BIT(KVMHOT_AWAY))

/* Stages of a stay in the VMM, or of a halt, and those in which it is switched out. */
#define KVMHOT_STAY_IN		(BIT(KVMHOT_USER) | BIT(KVMHOT_POLL))
#define KVMHOT_STAY_OUT		(BIT(KVMHOT_AWAY) | BIT(KVMHOT_BLOCK))

/* Stages that a usual exit does not have: see &struct kvmhot_rare. */
#define KVMHOT_RARE_STAGES	GENMASK(KVMHOT_SLEPT, KVMHOT_ENTER)

/* Those of them by which the guest felt more than KVM's cost; a halt is its own wish. */
#define KVMHOT_DELAY_STAGES	(BIT(KVMHOT_USER) | BIT(KVMHOT_AWAY) | \
				 BIT(KVMHOT_IOCTL) | BIT(KVMHOT_PREEMPTED) | \
				 BIT(KVMHOT_SLEPT))

/* What they amount to. */
static __always_inline u64 kvmhot_delay(const struct kvmhot_fold *f)
{
	return f->cycles[KVMHOT_USER] + f->cycles[KVMHOT_AWAY] +
	       f->cycles[KVMHOT_IOCTL] + f->cycles[KVMHOT_PREEMPTED] +
	       f->cycles[KVMHOT_SLEPT];
}

/* Kinds of spans that have histograms of their own, beside the cells. */
enum kvmhot_chain {
	KVMHOT_CHAIN_USER,	/* key: that of the exit, and run << 16 */
	KVMHOT_CHAIN_HALT,	/* key: KVMHOT_POLL or KVMHOT_BLOCK */
	KVMHOT_CHAIN_RUN,	/* key: KVM_RUN; aux: enum kvmhot_result */
	KVMHOT_CHAIN_IOCTL,	/* key: another ioctl; aux: likewise */
	KVMHOT_NR_CHAINS,
};

/* What the guest did, and whether the EPT entry allowed anything. */
#define KVMHOT_EPT_READ		0x1
#define KVMHOT_EPT_WRITE	0x2
#define KVMHOT_EPT_FETCH	0x3
#define KVMHOT_EPT_ACCESS	0x3	/* mask of these */
#define KVMHOT_EPT_PRESENT	0x4
#define KVMHOT_EPT_LEVEL2	0x8
#define KVMHOT_EPT_CLASSES	0x10

#define KVMHOT_MAX_EVENTS	8	/* of perf; a line for each stage */

/*
 * Rows of counts in a cell: for each stage a line with those of the events, and
 * one of two lines with the TSC cycles of the same time by stage.
 */
#define KVMHOT_PMU_TSC		KVMHOT_NR_STAGES
#define KVMHOT_PMU_TSC_LINES	2
#define KVMHOT_PMU_ROWS		(KVMHOT_PMU_TSC + 1)

/* What an ioctl returned. */
enum kvmhot_result {
	KVMHOT_OK,
	KVMHOT_EINTR,
	KVMHOT_EAGAIN,
	KVMHOT_ERROR,
	KVMHOT_NR_RESULTS,
};

#define KVMHOT_RUN_ERROR	0xffff	/* KVM_RUN failed: no run->exit_reason */

/* Groups that are found without the number of their line. */
#define KVMHOT_HIST_NEAR	4
/* From this group on 32 bits cannot tell a value. */
#define KVMHOT_HIST_WIDE	30
/*
 * A count that has come to this goes on in &struct kvmhot_wide.  For tests: a lesser
 * one comes sooner.
 */
#ifndef KVMHOT_COUNT_TOP
#define KVMHOT_COUNT_TOP	BIT(31)
#endif

/**
 * struct kvmhot_group - a group of a histogram, and all that a usual exit adds to its
 * cell: one cache line
 * @cycles: sum of the values: KVM costs of exits, or the length of spans
 * @guest: of exits, sum of their stage guest; of spans, of what passed beside
 * @irq: of exits, sum of their stage irq
 * @min: least value; U32_MAX if there is none, and from KVMHOT_HIST_WIDE on
 * @max: greatest value; likewise 0
 * @n: how many are in each bucket, but for what is in &struct kvmhot_wide
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
 * struct kvmhot_wide - what 32 bits cannot tell of a group
 * @next: line of that of another group; 0 is none
 * @g: the group
 * @high: for each bucket, how many times KVMHOT_COUNT_TOP are to be added
 * @min: least value, from KVMHOT_HIST_WIDE on
 * @max: greatest value, likewise
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
 * @near: for each remainder of a group's number, the group that was last added to;
 *	  &kvmhot_hist_no_group if there is none
 * @line: for each group, its line; 0 is none
 * @wide: line of the first &struct kvmhot_wide; 0 is none
 * @end: lines from this one on are not for it
 */
struct kvmhot_hist {
	struct kvmhot_group	*near[KVMHOT_HIST_NEAR];
	u16			line[KVMHOT_HIST_GROUPS];
	u16			wide;
	u16			end;
};

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

/**
 * kvmhot_key_reason() - the key of an exit's reason and level
 * @key: of an exit, by its class or not
 *
 * Return: the key; KVMHOT_KEY_NONE if that is what it was.
 */
static inline u16 kvmhot_key_reason(u16 key)
{
	if (key < KVMHOT_KEY_EPT || key == KVMHOT_KEY_NONE)
		return key;
	return EXIT_REASON_EPT_VIOLATION |
	       (key & KVMHOT_EPT_LEVEL2 ? KVMHOT_KEY_LEVEL2 : 0);
}

/**
 * struct kvmhot_notice - something for the worker to do, in order of time
 * @node: in kvmhot_kick_notices
 * @vcpu: the record
 * @gone: the vCPU is gone; else it was first seen
 */
struct kvmhot_notice {
	struct llist_node	node;
	struct kvmhot_vcpu	*vcpu;
	bool			gone;
};

/*
 * How many edges there were since kvm_entry, in the low bits of &kvmhot_quick.who,
 * which the address of a struct kvm_vcpu does not need: one comparison asks for vCPU
 * and place.  The first two edges always are the same, and so is the third with
 * 'detail' and events; others are in the log, from the third on, up to the last
 * place that it has.
 */
enum kvmhot_tag {
	KVMHOT_TAG_GUEST,
	KVMHOT_TAG_IRQ,
	KVMHOT_TAG_HANDLE,
	KVMHOT_TAG_LOG,
	KVMHOT_TAG_REENTER = KVMHOT_TAG_LOG,
	KVMHOT_TAG_VMM,		/* the usual exit to the VMM, at kvm_entry */
	KVMHOT_TAG_LAST = KVMHOT_LOG_EDGES - 1,
	KVMHOT_TAG_PMU = 16,	/* added to the others: with perf events */
};

#define KVMHOT_TAG_MASK		(KVMHOT_TAG_PMU - 1UL)
#define KVMHOT_WHO_MASK		(KVMHOT_TAG_PMU + KVMHOT_TAG_MASK)
#define KVMHOT_SLOW		(~0UL)

/**
 * struct kvmhot_quick - a vCPU between usual exits, see quick.h
 * @who: the vCPU and enum kvmhot_tag, or KVMHOT_SLOW: then the rest is void
 * @last: TSC of the last kvm_entry
 * @exit_tsc: TSC of the last kvm_exit
 * @handle_tsc: TSC of the last vmx_handle_exit
 * @rounds: exits that ended since @began, but for @returned
 * @guest: stage guest of all of them
 * @irq: their stage irq
 * @key: of the last exit: its reason, or its class - KVMHOT_QUICK_CLASSES
 * @began: TSC of the kvm_entry that this began with
 * @fast: of @rounds, those on KVM's fast path
 * @returned: exits that ended, and whose return from vmx_handle_exit was seen
 * @reenter: their stage reenter
 * @beside: of @rounds, all that is neither guest, irq nor handle
 *
 * A usual exit writes the first cache line only.
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
 * @quick: of usual exits
 * @quick_cell: for each class of level 1, then for each reason, its cell if usual
 *              exits may add to it; else &kvmhot_cell_none
 * @seq: of @log, @fold, @sum, and of the cells
 * @gen: generation that counts; raised by kvmhot_reset_vm()
 * @log: edges since the last kvm_entry; on the quick way those from KVMHOT_TAG_LOG
 *       on, and the rest is in @quick
 * @fold: what was in @log of the open exit, and the guest that it ended
 * @last: TSC up to which all is in @sum
 * @cell: cell of the open exit; NULL if none is open, or it was dropped
 * @resume: the stage that was left for one of KVMHOT_OUT_STAGES, or AWAY
 * @halted: the stage that was left for KVMHOT_POLL
 * @slow: the open exit came to vmx_handle_exit
 * @lost_track: edges may be missing since @quick; written by kvmhot_registry_lose_track()
 * @key: of the open exit or the one before; KVMHOT_KEY_NONE if not known
 * @run: what KVM_RUN last told the VMM: run->exit_reason or KVMHOT_RUN_ERROR
 * @ept: of the open exit: in handle_ept_violation
 * @stay: the current stay in the VMM, or halt
 * @sum: see enum kvmhot_sum
 * @out: place in the table of threads that are switched out, plus 1; 0 is none
 * @missed_handle: what *kvmhot_switches.missed_handle was when it was last looked at
 * @task: thread that last entered the guest; only ever compared
 * @pmu: counts of perf events, or NULL; made by the worker, which replaces it
 *       under kvmhot_since_lock
 * @vcpu: key; NULL once the vCPU is gone
 * @hash: next record in the bucket
 * @bucket: of the hash table
 * @kvm: VM it belongs to, to tell a reused @vcpu; never followed
 * @mm: address space of its VMM, pinned, and NULL when the vCPU is gone
 * @ino: of the directory that KVM's debugfs has for the VM, named @name; 0 if
 *       it has none
 * @cells: for each key and class, the first line of its cell; 0 is none
 * @chains: for each enum kvmhot_chain, the line of its first spans; 0 is none
 * @ioctl_lock: of the spans of ioctls but KVM_RUN, which threads may race for
 * @page: memory; the first one begins with this record
 * @nr_lines: lines in @page that may be used; the worker publishes new ones
 * @next_line: first unused line
 * @refill_asked: more pages were asked for; cleared by the worker
 * @page_denied: there were none to be had; the worker's own
 * @pmu_denied: there was no memory for @pmu, or its events; written by the worker
 * @own: it is calib.c's, whose hooks always are in place
 * @tid: id of @task
 * @id: KVM's vcpu_id
 * @kvm_first: KVM's own count of exits, when comparing began: at first sight, or
 *             when it was last found to have been cleared; see coverage.c
 * @kvm_last: the same at the end
 * @kvm_seen: the same when it was last read; of readers, under kvmhot_since_lock,
 *            as all further ones
 * @kvm_handled: @sum[KVMHOT_HANDLED] when comparing began
 * @kvm_exits: exits since first sight, when comparing began
 * @kvm_cleared: how often KVM's count was found to have been cleared
 * @since: TSC of the first sight, or of the last reset
 * @base: @sum as of then
 * @vm: VM, once the worker has linked it
 * @siblings: in &kvmhot_vm.vcpus
 * @owner: its VMM, once the worker has looked at the record, until the vCPU is gone
 * @seen: TSC of the first sight
 * @offset: what the TSC was seen to go back by: @last + @offset only rises
 * @pid: thread that created the VM
 * @tgid: process of the VMM
 * @uid: user of it
 * @name: of the VM
 * @comm: of the VMM
 * @seen_notice: the worker has to link the record
 * @gone_notice: the worker has to retire the record
 * @refill: in the list of records that want pages
 *
 * Written by the thread that runs the vCPU, in probe context, as far as not
 * said otherwise.  A usual exit writes the first cache line of @quick, and one
 * of a cell.
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

/* Of the first page. */
#define KVMHOT_RECORD_LINES	\
	DIV_ROUND_UP(sizeof(struct kvmhot_vcpu), KVMHOT_LINE_SIZE)

/* What is taken as one line, and as several in one page. */
static_assert(sizeof(struct kvmhot_group) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_wide) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_rows) <= KVMHOT_LINE_SIZE);
static_assert(sizeof(struct kvmhot_rare) <= PAGE_SIZE);
static_assert(sizeof(struct kvmhot_vcpu) <= PAGE_SIZE);

#endif /* KVMHOT_RECORD_H */
