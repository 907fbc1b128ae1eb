/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holds all VMs.
 */
#ifndef KVMHOT_REGISTRY_H
#define KVMHOT_REGISTRY_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "hot/record.h"

struct dentry;
struct kvm;

/*
 * Bounds that may make an ended VM go.  kvmhot_registry_bounds has the names of their
 * module parameters.
 */
enum kvmhot_bound {
	KVMHOT_MAX_VMS,
	KVMHOT_MAX_VCPUS,
	KVMHOT_MAX_MEMORY,
	KVMHOT_MAX_ENDED,
	KVMHOT_NR_BOUNDS,
	KVMHOT_NO_BOUND = KVMHOT_NR_BOUNDS,	/* none: a reset removes the VM */
};

/**
 * struct kvmhot_vm - a VM
 * @list: in the list of VMs
 * @vcpus: its &struct kvmhot_vcpu; records are only ever added
 * @nr_vcpus: number of records in @vcpus
 * @nr_live: number of records in @vcpus that the worker has not released
 * @owner: its VMM
 * @kvm: KVM's structure of it, as an identity; never followed
 * @name: name of its directory
 * @base: PID-FD, as KVM named it; empty if KVM did not
 * @nth: 0 if @name is @base.  Otherwise a later VM has taken that name, and @name is
 *	 @base, a dot, and this number
 * @comm: name of the VMM, cleaned for printing
 * @ino: inode of its directory in KVM's debugfs; 0 if there is none
 * @missing: at the last look, KVM's directory was gone, or the VMM was
 * @pid: thread that created it
 * @since: TSC of first sight or of the last reset
 * @ended: TSC of its end; 0 while it runs
 * @forget: it has ended, and a reset removes it
 * @dir: its debugfs directory; NULL until there is memory for that
 *
 * The worker makes and removes VMs.  The files in @dir use a VM without a lock: the
 * worker removes @dir before it frees the VM, and that waits for readers of the files.
 */
struct kvmhot_vm {
	struct list_head	list;
	struct list_head	vcpus;
	unsigned int		nr_vcpus;
	unsigned int		nr_live;
	struct kvmhot_owner	*owner;
	struct kvm		*kvm;
	char			name[KVMHOT_VM_NAME_LEN];
	char			base[KVMHOT_NAME_LEN];
	unsigned int		nth;
	char			comm[TASK_COMM_LEN];
	unsigned long		ino;
	bool			missing;
	pid_t			pid;
	u64			since;
	u64			ended;
	bool			forget;
	struct dentry		*dir;
};

/**
 * struct kvmhot_registry - all VMs
 * @lock: protects all members
 * @vms: VMs that run or have ended
 * @refused: vCPUs for whose VM there is no place
 * @nr_running: number of VMs that run
 * @nr_ended: number of VMs that have ended
 * @generation: number of resets of all VMs
 * @forgotten_vms: ended VMs that had to make place, by the bound that was reached
 * @forgotten_exits: exits of these VMs
 * @gone_sum: sums of records that were freed
 * @gone_refused: exits of freed records that had been refused
 * @link_again: some of @refused may have a place by now, as they lacked memory or
 *		something was given back; used by the worker only
 */
struct kvmhot_registry {
	struct mutex		lock;		/* protects all members */
	struct list_head	vms;
	struct list_head	refused;
	unsigned int		nr_running;
	unsigned int		nr_ended;
	unsigned int		generation;
	u64			forgotten_vms[KVMHOT_NR_BOUNDS];
	u64			forgotten_exits;
	u64			gone_sum[KVMHOT_NR_SUMS];
	u64			gone_refused;
	bool			link_again;
};

/**
 * struct kvmhot_totals - the registry in numbers, see status in the file ABI
 * @vms: VMs that run
 * @vms_ended: VMs that ended and are kept
 * @vms_hidden: VMs, running or ended, that have no directory
 * @vcpus: vCPUs of running VMs
 * @generation: resets of all VMs
 * @memory_bytes: memory of VMs and vCPUs
 * @exits: exits of all VMs since load
 * @dropped: exits that are in no VM's figures
 * @refused: exits of @dropped that have no VM
 * @misfits: edges of something that is no vCPU
 * @dropped_spans: spans that are in no histogram
 * @dropped_counts: exits with known counts that are in no cell
 * @lost: exits since the last reset that are in no histogram
 * @forgotten_vms: ended VMs that had to make place, by the bound that was reached
 * @forgotten_exits: exits of these VMs
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

extern struct kvmhot_registry kvmhot_registry;
extern const char * const kvmhot_registry_bounds[KVMHOT_NR_BOUNDS];

struct kvmhot_vm *kvmhot_registry_find(const char *name);
void kvmhot_registry_lose_track(void);
bool kvmhot_registry_is_tracking(void);
void kvmhot_registry_keep(struct kvmhot_vcpu *v);
int kvmhot_registry_totals(struct kvmhot_totals *t);

#endif /* KVMHOT_REGISTRY_H */
