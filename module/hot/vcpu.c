// SPDX-License-Identifier: GPL-2.0
/*
 * Sees a vCPU for the first time, and for the last.
 *
 * Probe context: takes no lock, allocates and prints nothing.  pool.c prepares the
 * records; worker.c does what is left to do.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/msr.h>

#include "compat.h"
#include "hot/kick.h"
#include "hot/log.h"
#include "hot/lookup.h"
#include "hot/owner.h"
#include "hot/record.h"
#include "hot/switches.h"
#include "hot/vcpu.h"

struct kvmhot_vcpu *kvmhot_vcpu_spares[KVMHOT_VCPU_SPARES];
struct hlist_head kvmhot_vcpu_owners[1 << KVMHOT_OWNER_BITS];
DEFINE_PER_CPU(u64, kvmhot_vcpu_nr_unseen);
DEFINE_PER_CPU(u64, kvmhot_vcpu_nr_misfits);

static struct kvmhot_vcpu *take_spare(void)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	for (i = 0; i < KVMHOT_VCPU_SPARES; i++) {
		if (!READ_ONCE(kvmhot_vcpu_spares[i]))
			continue;
		/* Pairs with the release in kvmhot_pool_fill(). */
		v = xchg(&kvmhot_vcpu_spares[i], NULL);
		if (v)
			return v;
	}
	return NULL;
}

static void copy_names(struct kvmhot_vcpu *v, const struct kvm *kvm)
{
	const struct dentry *dir = kvm->debugfs_dentry;

	/* The dentry lives as long as the VM, and is never renamed. */
	if (!IS_ERR_OR_NULL(dir)) {
		strscpy(v->name, dir->d_name.name, sizeof(v->name));
		v->ino = d_inode(dir)->i_ino;
	}
	strscpy(v->comm, current->group_leader->comm, sizeof(v->comm));
}

/*
 * Is @vcpu the vCPU that the thread runs by KVM's preempt notifier, and is its VM that of
 * the thread's memory?  @vcpu may be any number: a KVM that was taken from another kernel
 * may pass other arguments to the probes than its version says, or have other structures.
 */
static bool is_vcpu(struct kvm_vcpu *vcpu)
{
	u64 mm;

	if (kvmhot_compat_task_vcpu(current) != vcpu)
		return false;
	pagefault_disable();
	__get_kernel_nofault(&mm, &vcpu->kvm->mm, u64, gone);
	pagefault_enable();
	return mm == (unsigned long)current->mm;
gone:
	pagefault_enable();
	return false;
}

static bool is_owner_full(void)
{
	const struct kvmhot_owner *o = kvmhot_owner_find(current->mm);

	return o && READ_ONCE(o->full);
}

/**
 * kvmhot_vcpu_unseen() - count an exit of a vCPU that has no record
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_vcpu_unseen(void)
{
	struct kvmhot_owner *o = kvmhot_owner_find(current->mm);

	this_cpu_inc(kvmhot_vcpu_nr_unseen);
	if (o)
		atomic64_inc(&o->dropped);
}

/**
 * kvmhot_vcpu_see() - make the record of a vCPU that has none
 * @vcpu: the vCPU
 *
 * Context: probe, on the vCPU's thread, which holds the vCPU's mutex.  So there are no
 * two calls at once for the same vCPU.
 *
 * Return: the record, its first edge at &kvmhot_vcpu.seen; NULL if there is no record to
 * be had, or some hooks are missing.
 */
struct kvmhot_vcpu *kvmhot_vcpu_see(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v;

	if (!READ_ONCE(kvmhot_switches.live))
		return NULL;
	if (!is_vcpu(vcpu)) {
		/* The worker reports it. */
		if (this_cpu_inc_return(kvmhot_vcpu_nr_misfits) == 1)
			kvmhot_kick();
		return NULL;
	}
	if (kvmhot_compat_foreign(vcpu->kvm) || is_owner_full())
		return NULL;
	v = take_spare();
	if (!v) {
		if (!READ_ONCE(kvmhot_switches.is_full))
			kvmhot_kick();
		return NULL;
	}

	v->seen = rdtsc();
	v->since = v->seen;
	v->last = v->seen;
	kvmhot_log_first(&v->log, v->seen, KVMHOT_UNKNOWN);
	v->key = KVMHOT_KEY_NONE;
	v->kvm_first = vcpu->stat.exits;
	v->kvm_last = v->kvm_first;
	v->task = current;
	v->tid = current->pid;
	v->id = vcpu->vcpu_id;
	v->vcpu = vcpu;
	v->kvm = vcpu->kvm;
	v->mm = vcpu->kvm->mm;
	mmgrab(v->mm);
	v->pid = vcpu->kvm->userspace_pid;
	v->tgid = current->tgid;
	v->uid = current_uid();
	copy_names(v, vcpu->kvm);

	kvmhot_lookup_add(v);
	this_cpu_write(kvmhot_lookup_here, v);
	llist_add(&v->seen_notice.node, &kvmhot_kick_notices);
	kvmhot_kick();
	return v;
}

/**
 * kvmhot_vcpu_retire() - a record's vCPU is gone: have no probe find the record
 * @v: the record
 * @vcpu: the vCPU
 *
 * From here on the record is neither found nor written, so @vcpu may be reused.
 *
 * Context: probe; of two calls for one record, the second does nothing.
 */
void kvmhot_vcpu_retire(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu)
{
	if (cmpxchg(&v->vcpu, vcpu, NULL) != vcpu)
		return;
	/* Another vCPU at the same address must not find the record on the quick way. */
	if (this_cpu_read(kvmhot_lookup_here) == v)
		this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
	llist_add(&v->gone_notice.node, &kvmhot_kick_notices);
	kvmhot_kick();
}
