/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of kvmhot share.  The words are those of the file ABI.
 */
#ifndef KVMHOT_H
#define KVMHOT_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu-defs.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "hist.h"
#include "reasons.h"
#include "version.h"

struct dentry;
struct file;
struct kvm;
struct kvm_vcpu;
struct seq_file;
struct tracepoint;

#define KVMHOT_NR_REASONS	(KVMHOT_REASON_LAST + 1)
#define KVMHOT_NAME_LEN		32	/* of a VM, as in its debugfs directory */

/*
 * Records that wait for their vCPU.  As many vCPUs may be seen for the first
 * time before the worker comes to run.
 */
#define KVMHOT_NR_SPARES	32

/*
 * Memory of a vCPU comes in pages, cut into lines of one cache line.  A line
 * holds one group of a histogram, so that an exit writes to one of them.
 */
#define KVMHOT_LINE_SIZE	64
#define KVMHOT_PAGE_LINES	(PAGE_SIZE / KVMHOT_LINE_SIZE)
#define KVMHOT_FIRST_PAGES	2	/* that a record starts with */
#define KVMHOT_MAX_PAGES	16
/* A burst of new reasons must fit while the worker gets the next page. */
#define KVMHOT_LOW_LINES	KVMHOT_PAGE_LINES

/**
 * struct kvmhot_cell - what is known of one exit reason on one vCPU
 * @seq: odd while the vCPU's thread writes @timed and what goes with it
 * @gen: value of &kvmhot_vcpu.gen that the figures belong to
 * @exits: exits begun; grows outside of @seq, at kvm_exit
 * @timed: exits ended and in the histogram
 * @cycles: sum of their KVM cost, in TSC cycles
 * @min: least of them, U64_MAX if there are none
 * @max: greatest of them
 * @fast: ended exits that did not come to vmx_handle_exit
 * @past: exits that resets took away
 * @lost: exits that are over but whose cost is not known
 * @wait: ended exits during which the thread was switched out
 * @wait_cycles: sum of those times
 * @wait_max: greatest of them
 * @user: ended exits that left KVM_RUN
 * @user_cycles: sum of those times
 * @user_max: greatest of them
 * @line: for each group of the histogram, the line that holds it; 0 is none
 *
 * Written by the thread that runs the vCPU only, in probe context.  The first
 * cache line is what a usual exit writes.
 */
struct kvmhot_cell {
	seqcount_t	seq;
	u32		gen;
	u64		exits;
	u64		timed;
	u64		cycles;
	u64		min;
	u64		max;
	u64		fast;
	u64		past;

	u64		lost;
	u64		wait;
	u64		wait_cycles;
	u64		wait_max;
	u64		user;
	u64		user_cycles;
	u64		user_max;

	u16		line[KVMHOT_HIST_GROUPS] __aligned(KVMHOT_LINE_SIZE);
};

#define KVMHOT_CELL_LINES	(sizeof(struct kvmhot_cell) / KVMHOT_LINE_SIZE)

/**
 * struct kvmhot_snap - a consistent copy of a cell
 * @cell: scalars; of the current generation
 * @open: 1 if an exit is under way, else 0
 * @total: exits since first sight
 * @bucket: the histogram; its sum is @cell.timed
 */
struct kvmhot_snap {
	struct kvmhot_cell	cell;
	u64			open;
	u64			total;
	u64			bucket[KVMHOT_HIST_BUCKETS];
};

/*
 * Sums of a vCPU.  They only grow; a reset remembers where they were
 * (&kvmhot_vcpu.base).  Those marked so are TSC cycles spent in a stage, and
 * name it; the first four are what a usual exit writes.
 */
enum kvmhot_sum {
	KVMHOT_GUEST,		/* stage: between kvm_entry and kvm_exit */
	KVMHOT_KVM,		/* stage: in KVM_RUN, not in the guest, on a CPU */
	KVMHOT_ENTRIES,		/* hits of kvm_entry */
	KVMHOT_HANDLED,		/* hits of vmx_handle_exit */
	KVMHOT_WAIT,		/* stage: as KVMHOT_KVM, but switched out */
	KVMHOT_USER,		/* stage: between two KVM_RUN */
	KVMHOT_UNKNOWN,		/* stage: not seen yet, or an edge was missed */
	KVMHOT_EXITS,		/* hits of kvm_exit; filled in by readers only */
	KVMHOT_SWITCHES,	/* times switched out in KVMHOT_KVM */
	KVMHOT_STARTS,		/* entries of KVM_RUN */
	KVMHOT_RUNS,		/* returns from KVM_RUN */
	KVMHOT_EPT,		/* returns from handle_ept_violation */
	KVMHOT_EPT_CYCLES,	/* TSC cycles in it, on a CPU */
	KVMHOT_DROPPED,		/* exits that are in no cell */
	KVMHOT_ENDS,		/* 1 after its VM ended */
	KVMHOT_NR_SUMS,
};

/**
 * struct kvmhot_event - something for the worker to do, in order of time
 * @node: in kvmhot_events
 * @vcpu: the record
 * @gone: the vCPU is gone; else it was first seen
 */
struct kvmhot_event {
	struct llist_node	node;
	struct kvmhot_vcpu	*vcpu;
	bool			gone;
};

/**
 * struct kvmhot_vcpu - a vCPU
 * @last: TSC of the last edge
 * @exit_tsc: TSC of the open exit's kvm_exit; 0 if its cost will not be known
 * @cell: cell of the open exit; NULL if none is open, or it was dropped
 * @gen: generation that counts; raised by kvmhot_vm_reset_one()
 * @stage: where the vCPU is since @last, a stage of enum kvmhot_sum
 * @slow: the open exit came to vmx_handle_exit
 * @next_line: first unused line
 * @sum: see enum kvmhot_sum
 * @wait: TSC cycles switched out in the open exit
 * @user: TSC cycles outside of KVM_RUN in the open exit
 * @task: thread that last entered the guest; only ever compared
 * @vcpu: key; NULL once the vCPU is gone
 * @hash: next record in the bucket
 * @bucket: of the hash table
 * @kvm: VM it belongs to, to tell a reused @vcpu; never followed
 * @mm: address space of its VMM, likewise
 * @cells: for each reason, the first line of its cell; 0 is none
 * @page: memory
 * @nr_lines: lines in @page that may be used; the worker publishes new ones
 * @refill_asked: more pages were asked for; cleared by the worker
 * @hungry: there were none to be had; the worker's own
 * @tid: id of @task
 * @id: KVM's vcpu_id
 * @base: @sum as of the last reset
 * @vm: VM, once the worker has linked it
 * @siblings: in &kvmhot_vm.vcpus
 * @seen: TSC of the first sight
 * @pid: thread that created the VM
 * @name: of the VM
 * @comm: of the VMM
 * @seen_event: the worker has to link the record
 * @gone_event: the worker has to retire the record
 * @refill: in the list of records that want pages
 *
 * Written by the thread that runs the vCPU, in probe context, as far as not
 * said otherwise.  Up to @sum[KVMHOT_HANDLED] it is one cache line.
 */
struct kvmhot_vcpu {
	u64			last;
	u64			exit_tsc;
	struct kvmhot_cell	*cell;
	u32			gen;
	u8			stage;
	u8			slow;
	u16			next_line;
	u64			sum[KVMHOT_NR_SUMS];
	u64			wait;
	u64			user;
	struct task_struct	*task;

	struct kvm_vcpu		*vcpu ____cacheline_aligned;
	struct kvmhot_vcpu	*hash;
	unsigned int		bucket;
	struct kvm		*kvm;
	struct mm_struct	*mm;
	u16			cells[KVMHOT_NR_REASONS];
	void			*page[KVMHOT_MAX_PAGES];
	unsigned int		nr_lines;
	bool			refill_asked;
	bool			hungry;
	pid_t			tid;
	int			id;

	u64			base[KVMHOT_NR_SUMS];
	struct kvmhot_vm	*vm;
	struct list_head	siblings;
	u64			seen;
	pid_t			pid;
	char			name[KVMHOT_NAME_LEN];
	char			comm[TASK_COMM_LEN];
	struct kvmhot_event	seen_event;
	struct kvmhot_event	gone_event;
	struct llist_node	refill;
};

/**
 * struct kvmhot_vm - a VM
 * @list: in the list of VMs
 * @vcpus: its &struct kvmhot_vcpu; records are only ever added
 * @nr_vcpus: number of @vcpus
 * @nr_live: those of them that have not been retired
 * @kvm: identity; never followed
 * @name: PID-FD
 * @comm: of the VMM, cleaned for printing
 * @pid: thread that created it
 * @since: TSC of first sight or of the last reset
 * @ended: TSC of its end, 0 while it runs
 * @forget: an ended VM that a reset told to remove
 * @dir: its debugfs directory
 *
 * Made and removed by the worker.  The files in @dir may use a VM without a
 * lock: removing @dir waits for them, and comes first.
 */
struct kvmhot_vm {
	struct list_head	list;
	struct list_head	vcpus;
	unsigned int		nr_vcpus;
	unsigned int		nr_live;
	struct kvm		*kvm;
	char			name[KVMHOT_NAME_LEN];
	char			comm[TASK_COMM_LEN];
	pid_t			pid;
	u64			since;
	u64			ended;
	bool			forget;
	struct dentry		*dir;
};

/**
 * struct kvmhot_registry - all VMs
 * @lock: of everything here
 * @vms: VMs that run or have ended
 * @refused: vCPUs for whose VM there is no place
 * @nr_running: VMs that run
 * @nr_ended: VMs that have ended
 * @generation: resets of all
 * @forgotten_vms: ended VMs that had to make place
 * @forgotten_exits: their exits
 * @gone_sum: sums of records that were freed
 * @gone_refused: exits of those of them that were refused
 */
struct kvmhot_registry {
	struct mutex		lock;		/* of all below */
	struct list_head	vms;
	struct list_head	refused;
	unsigned int		nr_running;
	unsigned int		nr_ended;
	unsigned int		generation;
	u64			forgotten_vms;
	u64			forgotten_exits;
	u64			gone_sum[KVMHOT_NR_SUMS];
	u64			gone_refused;
};

/**
 * struct kvmhot_totals - the registry in numbers, see status in the file ABI
 * @vms: running VMs
 * @vms_ended: VMs that ended and are kept
 * @vcpus: vCPUs of running VMs
 * @generation: resets of all
 * @memory_bytes: held for VMs and vCPUs
 * @exits: of all VMs since load
 * @dropped: exits that are in no VM's figures
 * @refused: those of them that have no VM
 * @lost: of those, in no histogram
 * @forgotten_vms: ended VMs that had to make place
 * @forgotten_exits: their exits
 * @sum: sums of all vCPUs since load
 */
struct kvmhot_totals {
	unsigned int	vms;
	unsigned int	vms_ended;
	unsigned int	vcpus;
	unsigned int	generation;
	u64		memory_bytes;
	u64		exits;
	u64		dropped;
	u64		refused;
	u64		lost;
	u64		forgotten_vms;
	u64		forgotten_exits;
	u64		sum[KVMHOT_NR_SUMS];
};

/* main.c: module parameters */
extern unsigned int kvmhot_max_vms;
extern unsigned int kvmhot_max_vcpus;
extern unsigned int kvmhot_max_memory_kb;
extern unsigned int kvmhot_max_ended;
extern unsigned int kvmhot_maxactive;

/* follow.c: control path */
int kvmhot_follow_init(void);
void kvmhot_follow_exit(void);

/* arm.c: control path */
extern bool kvmhot_hooks_live;	/* all that is needed is in place */
void kvmhot_hooks_start(void);
void kvmhot_hooks_stop(void);
void kvmhot_hooks_module(const char *name, bool there);
void kvmhot_hooks_tracepoint(struct tracepoint *tp, const char *module,
			     bool there);
int kvmhot_hooks_enable(bool on);
bool kvmhot_hooks_enabled(void);
void kvmhot_hooks_show(struct seq_file *m, const struct kvmhot_totals *t);

/* cell.c: probe context, but for the last three */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v,
				      unsigned int reason);
void kvmhot_cell_end(struct kvmhot_vcpu *v, u64 now);
void kvmhot_cell_lose(struct kvmhot_vcpu *v);
int kvmhot_cell_snap(struct kvmhot_vcpu *v, unsigned int reason,
		     struct kvmhot_snap *snap);
u64 kvmhot_cell_total(struct kvmhot_vcpu *v, unsigned int reason);
u64 kvmhot_cell_lost(struct kvmhot_vcpu *v, unsigned int reason);

/* vcpu.c: probe context */
extern struct kvmhot_vcpu *kvmhot_spares[KVMHOT_NR_SPARES];
extern struct llist_head kvmhot_events, kvmhot_refill;
DECLARE_PER_CPU(u64, kvmhot_unseen);
struct kvmhot_vcpu *kvmhot_vcpu_see(struct kvm_vcpu *vcpu, u64 now);
void kvmhot_vcpu_retire(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu);
void kvmhot_vcpu_want_page(struct kvmhot_vcpu *v);
void kvmhot_work_kick(void);

/* pool.c: the worker */
bool kvmhot_pool_empty(void);
bool kvmhot_pool_take(u64 bytes);
void kvmhot_pool_put(u64 bytes);
u64 kvmhot_pool_bytes(void);
bool kvmhot_pool_fill(void);
void kvmhot_pool_drain(void);
void kvmhot_pool_add_page(struct kvmhot_vcpu *v);
u64 kvmhot_pool_vcpu_bytes(const struct kvmhot_vcpu *v);
void kvmhot_pool_unhash(struct kvmhot_vcpu *v);
void kvmhot_pool_free(struct kvmhot_vcpu *v);

/* vm.c: control path */
extern struct kvmhot_registry kvmhot_reg;
extern struct work_struct kvmhot_work;
extern bool kvmhot_work_vain;	/* no place, and none to be made; for probes */
void kvmhot_vm_init(void);
void kvmhot_vm_exit(void);
struct kvmhot_vm *kvmhot_vm_by_name(const char *name);

/* registry.c: control path */
u64 kvmhot_vcpu_in_cells(struct kvmhot_vcpu *v);
u64 kvmhot_vcpu_exits(struct kvmhot_vcpu *v);
void kvmhot_vcpu_add_sums(struct kvmhot_vcpu *v, u64 *sum);
void kvmhot_vm_lose_track(void);
int kvmhot_vm_reset(const char *name);
void kvmhot_vm_reset_one(struct kvmhot_vm *vm);
void kvmhot_vm_totals(struct kvmhot_totals *t);

/* debugfs.c, vmfiles.c */
void kvmhot_debugfs_init(void);
void kvmhot_debugfs_exit(void);
struct dentry *kvmhot_vmfiles_create(struct kvmhot_vm *vm,
				     struct dentry *parent);
struct dentry *kvmhot_debugfs_vms(void);
ssize_t kvmhot_debugfs_no_read(struct file *file, char __user *buf,
			       size_t count, loff_t *pos);
int kvmhot_debugfs_bool(const char __user *buf, size_t count, bool *value);

#endif /* KVMHOT_H */
