/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of VMs.
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
 * The bounds for lack of which an ended VM may have to go, each with the name of
 * its module parameter: see kvmhot_registry_bounds.
 */
enum kvmhot_bound {
	KVMHOT_MAX_VMS,
	KVMHOT_MAX_VCPUS,
	KVMHOT_MAX_MEMORY,
	KVMHOT_MAX_ENDED,
	KVMHOT_NR_BOUNDS,
	KVMHOT_NO_BOUND = KVMHOT_NR_BOUNDS,	/* a reset told to remove it */
};

/**
 * struct kvmhot_vm - a VM
 * @list: in the list of VMs
 * @vcpus: its &struct kvmhot_vcpu; records are only ever added
 * @nr_vcpus: number of @vcpus
 * @nr_live: those of them that have not been retired
 * @owner: its VMM
 * @kvm: identity; never followed
 * @name: of its directory
 * @base: as KVM named it, PID-FD; empty if KVM did not
 * @nth: 0: @name is @base.  Else a later VM has taken that name, and @name is
 *	 @base, a dot, and this number
 * @comm: of the VMM, cleaned for printing
 * @ino: of KVM's debugfs directory for it, 0 if there is none
 * @missing: KVM's directory was not there at the last look, or the VMM was not
 * @pid: thread that created it
 * @since: TSC of first sight or of the last reset
 * @ended: TSC of its end, 0 while it runs
 * @forget: an ended VM that a reset told to remove
 * @dir: its debugfs directory; NULL until there is memory for that
 *
 * Made and removed by the worker.  The files in @dir may use a VM without a
 * lock: removing @dir waits for them, and comes first.
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
 * @lock: of everything here
 * @vms: VMs that run or have ended
 * @refused: vCPUs for whose VM there is no place
 * @nr_running: VMs that run
 * @nr_ended: VMs that have ended
 * @generation: resets of all
 * @forgotten_vms: ended VMs that had to make place, by what was lacking
 * @forgotten_exits: their exits
 * @gone_sum: sums of records that were freed
 * @gone_refused: exits of those of them that were refused
 * @link_again: of @refused some may have a place by now: what they lacked was memory,
 *		or something was given back; the worker's own
 */
struct kvmhot_registry {
	struct mutex		lock;		/* of all that follows */
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

extern struct kvmhot_registry kvmhot_registry;
extern const char * const kvmhot_registry_bounds[KVMHOT_NR_BOUNDS];

struct kvmhot_vm *kvmhot_registry_find(const char *name);
void kvmhot_registry_lose_track(void);
bool kvmhot_registry_is_tracking(void);
void kvmhot_registry_keep(struct kvmhot_vcpu *v);
int kvmhot_registry_totals(struct kvmhot_totals *t);

#endif /* KVMHOT_REGISTRY_H */
