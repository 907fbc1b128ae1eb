/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of kvmhot share.  The words are those of the file ABI.
 */
#ifndef KVMHOT_H
#define KVMHOT_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "control/vm.h"
#include "hot/pmu.h"
#include "hot/record.h"
#include "shared/version.h"

struct dentry;
struct kvm;
struct kvm_vcpu;
struct seq_file;
struct tracepoint;

/*
 * Records that wait for their vCPU.  As many vCPUs may be seen for the first
 * time before the worker comes to run.
 */
#define KVMHOT_NR_SPARES	32

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
 * struct kvmhot_snap - a copy of what is counted of a reason
 * @t: its figures
 * @b: its buckets
 * @part: those of a cell that is added to it
 */
struct kvmhot_snap {
	struct kvmhot_tally	t;
	struct kvmhot_buckets	b;
	struct kvmhot_buckets	part;
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
 * struct kvmhot_look - where a vCPU was when a copy of it was begun
 * @tries: how often it was begun so far; 0 at first
 * @seq: of its record
 * @q: the same on the quick way
 * @log: and the edges there
 */
struct kvmhot_look {
	unsigned int		tries;
	u32			seq;
	struct kvmhot_quick	q;
	struct kvmhot_log	log;
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

/**
 * struct kvmhot_figures - what file vcpus has of a vCPU, or the sum of several
 * @exits: exits that are in a cell, since the last reset
 * @level2: those of them that are of level 2
 * @lost: those of them whose cost is not known
 * @bytes: memory of its record
 * @kvm_exits: KVM's own count of exits, see coverage.c
 * @s: its sums; of several only @s.sum
 */
struct kvmhot_figures {
	u64			exits;
	u64			level2;
	u64			lost;
	u64			bytes;
	u64			kvm_exits;
	struct kvmhot_sums	s;
};

/**
 * struct kvmhot_totals - the registry in numbers, see status in the file ABI
 * @vms: running VMs
 * @vms_ended: VMs that ended and are kept
 * @vms_hidden: VMs of both that have no directory
 * @vcpus: vCPUs of running VMs
 * @generation: resets of all
 * @memory_bytes: held for VMs and vCPUs
 * @exits: of all VMs since load
 * @dropped: exits that are in no VM's figures
 * @refused: those of them that have no VM
 * @misfits: edges that were not those of a vCPU
 * @dropped_spans: spans that are in no histogram
 * @dropped_counts: known exits whose counts are in no cell
 * @lost: exits since the last reset that are in no histogram
 * @forgotten_vms: ended VMs that had to make place, by what was lacking
 * @forgotten_exits: their exits
 * @sum: sums of all vCPUs since load
 */
struct kvmhot_totals {
	unsigned int	vms;
	unsigned int	vms_ended;
	unsigned int	vms_hidden;
	unsigned int	vcpus;
	unsigned int	generation;
	u64		memory_bytes;
	u64		exits;
	u64		dropped;
	u64		refused;
	u64		misfits;
	u64		dropped_spans;
	u64		dropped_counts;
	u64		lost;
	u64		forgotten_vms[KVMHOT_NR_BOUNDS];
	u64		forgotten_exits;
	u64		sum[KVMHOT_NR_SUMS];
};

/* main.c: module parameters */
extern unsigned int kvmhot_max_vms;
extern unsigned int kvmhot_max_vcpus;
extern unsigned int kvmhot_max_memory_kb;
extern unsigned int kvmhot_max_ended;
extern unsigned int kvmhot_max_share;
extern unsigned int kvmhot_maxactive;
extern bool kvmhot_detail;	/* what hooks begin with */
extern char *kvmhot_events;	/* likewise the list of events */

/* follow.c: control path */
int kvmhot_follow_init(void);
void kvmhot_follow_exit(void);

/* clock.c: process context */
u64 kvmhot_clock(void);
u64 kvmhot_clock_at(u64 tsc);
int kvmhot_clock_init(void);
void kvmhot_clock_exit(void);

/* arm.c: control path */
void kvmhot_hooks_start(void);
void kvmhot_hooks_stop(void);
void kvmhot_hooks_module(const char *name, bool there);
void kvmhot_hooks_tracepoint(struct tracepoint *tp, const char *module,
			     bool there);
void kvmhot_hooks_no_vms(void);
int kvmhot_hooks_enable(bool on);
bool kvmhot_hooks_enabled(void);
int kvmhot_hooks_set_detail(bool on);
bool kvmhot_hooks_detail(void);
void kvmhot_hooks_suspend(bool on);
u64 kvmhot_hooks_bytes(void);
void kvmhot_hooks_show(struct seq_file *m, const struct kvmhot_totals *t);

/* place.c: control path */
extern bool kvmhot_hooks_live;	/* all that is needed is in place */
extern bool kvmhot_handle_twice;
extern bool kvmhot_hooks_see_ends;
bool kvmhot_hooks_replaced(void);

/* calib.c: control path */
void kvmhot_calib_run(void);
void kvmhot_calib_show(struct seq_file *m);

/* cell.c: probe context */
struct kvmhot_cell *kvmhot_cell_begin(struct kvmhot_vcpu *v, unsigned int key);
struct kvmhot_cell *kvmhot_cell_prepare(struct kvmhot_vcpu *v);
bool kvmhot_cell_add_rare(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
			  u64 guest, u64 irq);
bool kvmhot_cell_add_delayed(struct kvmhot_vcpu *v, struct kvmhot_rare *rare,
			     u64 cost, u64 felt, u64 guest, u64 irq);
void kvmhot_cell_add_stages(struct kvmhot_vcpu *v, struct kvmhot_cell *cell);
void kvmhot_cell_end(struct kvmhot_vcpu *v, struct kvmhot_cell *cell, u64 now);
void kvmhot_cell_lose(struct kvmhot_vcpu *v);
extern struct kvmhot_cell kvmhot_no_cell;

/* span.c: probe context */
DECLARE_PER_CPU(u64, kvmhot_dropped_spans);
void kvmhot_spans_add(struct kvmhot_vcpu *v, enum kvmhot_chain chain, u32 key,
		      u16 aux, u64 cycles, u64 beside);
void kvmhot_spans_add_from(struct kvmhot_vcpu *v, enum kvmhot_chain chain,
			   u32 key, u16 aux, u64 from, u64 to);

/* out.c: process context */
int kvmhot_out_init(void);
void kvmhot_out_exit(void);
void kvmhot_out_forget(bool all);

/* look.c: control path */
int kvmhot_look_again(unsigned int *tries);
int kvmhot_look_begin(const struct kvmhot_vcpu *v, struct kvmhot_look *look);
bool kvmhot_look_retry(const struct kvmhot_vcpu *v,
		       const struct kvmhot_look *look);

/* snap.c: control path */
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

/* reason.c: process context */
void kvmhot_dist_add(struct kvmhot_dist *sum, const struct kvmhot_dist *d);
void kvmhot_tally_add(struct kvmhot_tally *sum, struct kvmhot_buckets *sum_b,
		      const struct kvmhot_tally *t,
		      const struct kvmhot_buckets *b);
int kvmhot_reason_snap(struct kvmhot_vcpu *v, unsigned int key,
		       struct kvmhot_snap *snap);
int kvmhot_reason_tally(struct kvmhot_vcpu *v, unsigned int key,
			struct kvmhot_tally *t);
int kvmhot_reason_counts(struct kvmhot_vcpu *v, unsigned int key, u32 list,
			 struct kvmhot_counts *c, struct kvmhot_counts *part);

/* vcpu.c: probe context */
extern struct kvmhot_vcpu *kvmhot_spares[KVMHOT_NR_SPARES];
extern struct llist_head kvmhot_notices, kvmhot_refill;
DECLARE_PER_CPU(u64, kvmhot_unseen);
DECLARE_PER_CPU(u64, kvmhot_misfits);
void kvmhot_vcpu_hash(struct kvmhot_vcpu *v);
void kvmhot_vcpu_unseen(void);
struct kvmhot_vcpu *kvmhot_vcpu_see(struct kvm_vcpu *vcpu);
void kvmhot_vcpu_retire(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu);
void kvmhot_vcpu_want_page(struct kvmhot_vcpu *v);
void kvmhot_work_kick(void);
void kvmhot_work_flush(void);

/* pool.c: the worker, but for record and unhash */
void kvmhot_pool_record(struct kvmhot_vcpu *v);
bool kvmhot_pool_empty(void);
bool kvmhot_pool_take(u64 bytes);
void kvmhot_pool_put(u64 bytes);
void *kvmhot_pool_alloc(size_t bytes);
u64 kvmhot_pool_bytes(void);
bool kvmhot_pool_fill(enum kvmhot_bound *bound);
void kvmhot_pool_drain(void);
void kvmhot_pool_add_page(struct kvmhot_vcpu *v);
void kvmhot_pool_refill(void);
u64 kvmhot_pool_vcpu_bytes(const struct kvmhot_vcpu *v);
void kvmhot_pool_unhash(struct kvmhot_vcpu *v);
void kvmhot_pool_init_quick(void);
void kvmhot_pool_close_quick(void);
void kvmhot_pool_free(struct kvmhot_vcpu *v);

/* perf.c: the worker, but for flush and exit */
void kvmhot_perf_flush(void);
void kvmhot_perf_work(void);
void kvmhot_perf_release(struct kvmhot_vcpu *v);
void kvmhot_perf_free(struct kvmhot_pmu *p);
void kvmhot_perf_exit(void);

/* registry.c: control path */
extern struct mutex kvmhot_reset_lock;	/* one reset at a time */
int kvmhot_vcpu_exits(struct kvmhot_vcpu *v, u64 *exits);
void kvmhot_vcpu_gone(struct kvmhot_vcpu *v);
void kvmhot_vm_lose_track(void);
bool kvmhot_vm_is_tracking(void);
int kvmhot_vm_reset(const char *name);
int kvmhot_vm_reset_one(struct kvmhot_vm *vm);
int kvmhot_vm_totals(struct kvmhot_totals *t);

/* since.c: process context */
int kvmhot_vcpu_counts(struct kvmhot_vcpu *v, struct kvmhot_counts *c);
int kvmhot_vcpu_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s);

/* coverage.c: process context */
int kvmhot_coverage_kvm_exits(struct kvmhot_vcpu *v, u64 *exits);
int kvmhot_coverage_show(struct seq_file *m);

/* debugfs.c, vmfiles.c, cellfiles.c, spanfiles.c, pmufiles.c, totalfile.c */
void kvmhot_debugfs_init(void);
void kvmhot_debugfs_exit(void);
/* Columns that several files have; what prints them is named behind. */
#define KVMHOT_COLUMNS_CELL	/* kvmhot_cellfiles_show() */		\
	"exits\ttimed\topen\tlost\tfast\tcycles\tmin\tmax\t"		\
	"wait\twait_cycles\twait_max\tuser\tuser_cycles\tuser_max\t"	\
	"total\thalt\thalt_cycles\thalt_max"
#define KVMHOT_COLUMNS_FELT	/* kvmhot_cellfiles_felt() */		\
	"felt_cycles\tfelt_min\tfelt_max\tfelt_buckets"
#define KVMHOT_COLUMNS_VCPU	/* kvmhot_vmfiles_show() */		\
	"exits\tdropped\tlost\tentries\truns\tguest_cycles\t"		\
	"kvm_cycles\twait_cycles\tuser_cycles\tunknown_cycles\t"	\
	"ept\tept_cycles\tbytes\thalt_cycles\tkvm_exits\tlevel2\taway_cycles"
#define KVMHOT_COLUMNS_STAGES	/* kvmhot_vmfiles_stages */		\
	"guest\tirq\thandle\treenter\tenter\tpoll\tblock\tuser\t"	\
	"away\tioctl\tpreempted\tslept\tunknown"
#define KVMHOT_VMFILES_STAGES	13
extern const u8 kvmhot_vmfiles_stages[KVMHOT_VMFILES_STAGES];
struct dentry *kvmhot_vmfiles_create(struct kvmhot_vm *vm,
				     struct dentry *parent);
bool kvmhot_vmfiles_add(struct dentry *dir, const char *name, umode_t mode,
			struct kvmhot_vm *vm, const struct file_operations *fops);
void kvmhot_vmfiles_header(struct seq_file *m, const char *file,
			   const struct kvmhot_vm *vm);
void kvmhot_vmfiles_key(struct seq_file *m, unsigned int key);
unsigned int kvmhot_vmfiles_level(unsigned int key);
void kvmhot_vmfiles_buckets(struct seq_file *m, const u64 *bucket);
void kvmhot_vmfiles_sums(struct seq_file *m, const struct kvmhot_sums *s);
int kvmhot_vmfiles_read(struct kvmhot_vcpu *v, struct kvmhot_figures *f);
void kvmhot_vmfiles_show(struct seq_file *m, const struct kvmhot_figures *f);
void kvmhot_cellfiles_show(struct seq_file *m, const struct kvmhot_tally *t);
void kvmhot_cellfiles_felt(struct seq_file *m, const struct kvmhot_snap *snap);
void kvmhot_cellfiles_stages(struct seq_file *m, const struct kvmhot_tally *t);
bool kvmhot_cellfiles_create(struct kvmhot_vm *vm, struct dentry *dir);
bool kvmhot_spanfiles_create(struct kvmhot_vm *vm, struct dentry *dir);
bool kvmhot_pmufiles_create(struct kvmhot_vm *vm, struct dentry *dir);
bool kvmhot_totalfile_create(struct kvmhot_vm *vm, struct dentry *dir);
int kvmhot_pmufiles_show_events(struct seq_file *m);
struct dentry *kvmhot_debugfs_vms(void);
ssize_t kvmhot_debugfs_no_read(struct file *file, char __user *buf,
			       size_t count, loff_t *pos);
int kvmhot_debugfs_bool(const char __user *buf, size_t count, bool *value);

#endif /* KVMHOT_H */
