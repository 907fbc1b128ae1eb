/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of VMs, and what the worker does to them.
 */
#ifndef KVMHOT_VM_H
#define KVMHOT_VM_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "hot/record.h"

struct dentry;
struct kvm;

/*
 * The bounds for lack of which an ended VM may have to go, each with the name of
 * its module parameter: see kvmhot_bound_names.
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

/* worker.c */
extern struct work_struct kvmhot_work;
extern bool kvmhot_work_vain;	/* no place, and none to be made; for probes */
void kvmhot_worker_init(void);
void kvmhot_worker_exit(void);

/* vm.c: the worker, but for by_name */
extern struct kvmhot_registry kvmhot_reg;
extern const char * const kvmhot_bound_names[KVMHOT_NR_BOUNDS];
struct kvmhot_vm *kvmhot_vm_by_name(const char *name);
void kvmhot_vm_comm(char *to, const char *comm);
struct kvmhot_vm *kvmhot_vm_of(struct kvmhot_vcpu *v);
bool kvmhot_vm_retry_dirs(void);
void kvmhot_vm_end(struct kvmhot_vm *vm, u64 tsc);
void kvmhot_vm_lost(struct kvmhot_vm *vm);
bool kvmhot_vm_is_removable(const struct kvmhot_vm *vm);
struct kvmhot_vm *kvmhot_vm_oldest_ended(void);
void kvmhot_vm_remove(struct kvmhot_vm *vm, enum kvmhot_bound bound);
bool kvmhot_vm_make_place(enum kvmhot_bound bound);

/* gone.c: the worker */
void kvmhot_gone_look(void);

/* free.c: the worker */
void kvmhot_free_vm(struct kvmhot_vm *vm);
void kvmhot_free_vcpu(struct kvmhot_vcpu *v);
void kvmhot_free_removed(void);
void kvmhot_free_vcpus(struct list_head *vcpus);
void kvmhot_free_wait(void);

#endif /* KVMHOT_VM_H */
