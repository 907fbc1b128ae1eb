// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU is seen for the first time, or for the last.
 *
 * Everything here runs in probe context: no lock, no allocation, nothing
 * printed.  Records come ready from pool.c; what is left to do goes to the
 * worker in worker.c.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/irq_work.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <asm/msr.h>

#include "compat.h"
#include "control/owner.h"
#include "hot/edge.h"
#include "hot/lookup.h"
#include "hot/quick.h"
#include "kvmhot.h"

struct kvmhot_vcpu *kvmhot_hash[1 << KVMHOT_HASH_BITS];
struct kvmhot_vcpu *kvmhot_spares[KVMHOT_NR_SPARES];
DEFINE_PER_CPU(u64, kvmhot_unseen);
DEFINE_PER_CPU(u64, kvmhot_misfits);
LLIST_HEAD(kvmhot_notices);
LLIST_HEAD(kvmhot_refill);

static struct kvmhot_vcpu *take_spare(void)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_SPARES; i++) {
		if (!READ_ONCE(kvmhot_spares[i]))
			continue;
		/* Pairs with the release in kvmhot_pool_fill(). */
		v = xchg(&kvmhot_spares[i], NULL);
		if (v)
			return v;
	}
	return NULL;
}

static void copy_names(struct kvmhot_vcpu *v, const struct kvm *kvm)
{
	const struct dentry *dir = kvm->debugfs_dentry;

	/* Lives as long as the VM, and is never renamed. */
	if (!IS_ERR_OR_NULL(dir)) {
		strscpy(v->name, dir->d_name.name, sizeof(v->name));
		v->ino = d_inode(dir)->i_ino;
	}
	strscpy(v->comm, current->group_leader->comm, sizeof(v->comm));
}

/**
 * kvmhot_vcpu_hash() - have probes find a record
 * @v: the record, its key set; not found before
 *
 * Context: any; others may do the same at once, or remove other records.
 */
void kvmhot_vcpu_hash(struct kvmhot_vcpu *v)
{
	struct kvmhot_vcpu **bucket, *head;

	v->bucket = hash_ptr(v->vcpu, KVMHOT_HASH_BITS);
	bucket = &kvmhot_hash[v->bucket];
	head = READ_ONCE(*bucket);
	do {
		v->hash = head;
		/* Pairs with READ_ONCE in kvmhot_vcpu_find(). */
	} while (!try_cmpxchg(bucket, &head, v));
}

/*
 * A KVM that was taken from another kernel may call the probes with other
 * arguments than its version says, or have other structures: what came as @vcpu
 * may be any number.  It is one if it is the vCPU that the thread runs by KVM's
 * preempt notifier, and its VM that of the thread's memory.
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
 * kvmhot_vcpu_unseen() - an exit of a vCPU for which there is no record
 *
 * Context: probe, on the vCPU's thread.
 */
void kvmhot_vcpu_unseen(void)
{
	struct kvmhot_owner *o = kvmhot_owner_find(current->mm);

	this_cpu_inc(kvmhot_unseen);
	if (o)
		atomic64_inc(&o->dropped);
}

/**
 * kvmhot_vcpu_see() - make the record of a vCPU that has none
 * @vcpu: the vCPU
 *
 * Context: probe, on the vCPU's thread, which holds the vCPU's mutex: so this
 * is not called twice at once for the same vCPU.
 *
 * Return: the record, its first edge at &kvmhot_vcpu.seen; NULL if there is none
 * to be had, or not all hooks are in place.
 */
struct kvmhot_vcpu *kvmhot_vcpu_see(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v;

	if (!READ_ONCE(kvmhot_hooks_live))
		return NULL;
	if (!is_vcpu(vcpu)) {
		/* The worker tells of it. */
		if (this_cpu_inc_return(kvmhot_misfits) == 1)
			kvmhot_work_kick();
		return NULL;
	}
	if (kvmhot_compat_foreign(vcpu->kvm) || is_owner_full())
		return NULL;
	v = take_spare();
	if (!v) {
		if (!READ_ONCE(kvmhot_work_vain))
			kvmhot_work_kick();
		return NULL;
	}

	v->seen = rdtsc();
	v->since = v->seen;
	v->last = v->seen;
	kvmhot_edge_first(v, v->seen, KVMHOT_UNKNOWN);
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

	kvmhot_vcpu_hash(v);
	this_cpu_write(kvmhot_quick_vcpu, v);
	llist_add(&v->seen_notice.node, &kvmhot_notices);
	kvmhot_work_kick();
	return v;
}

/**
 * kvmhot_vcpu_retire() - a record's vCPU is gone
 * @v: the record
 * @vcpu: the vCPU
 *
 * From here on the record is not found, nor written; so @vcpu may be reused.
 *
 * Context: probe; whoever comes second does nothing.
 */
void kvmhot_vcpu_retire(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu)
{
	if (cmpxchg(&v->vcpu, vcpu, NULL) != vcpu)
		return;
	/* Another vCPU that has its address must not go its quick way. */
	if (this_cpu_read(kvmhot_quick_vcpu) == v)
		this_cpu_write(kvmhot_quick_vcpu, &kvmhot_quick_nobody);
	llist_add(&v->gone_notice.node, &kvmhot_notices);
	kvmhot_work_kick();
}

/**
 * kvmhot_vcpu_want_page() - ask the worker for more memory
 * @v: the vCPU
 *
 * Context: probe; two threads that race for an ioctl may be here at once.
 */
void kvmhot_vcpu_want_page(struct kvmhot_vcpu *v)
{
	/* Pairs with the stores in kvmhot_pool_add_page(). */
	if (READ_ONCE(v->refill_asked) || xchg(&v->refill_asked, true))
		return;
	llist_add(&v->refill, &kvmhot_refill);
	kvmhot_work_kick();
}

/* A hard interrupt: nothing that was interrupted holds a lock of the scheduler. */
static void queue_kvmhot_work(struct irq_work *unused)
{
	queue_work(system_unbound_wq, &kvmhot_work);
}

static struct irq_work kick_work = KVMHOT_COMPAT_HARD_IRQ_WORK(queue_kvmhot_work);

/**
 * kvmhot_work_kick() - have the worker look for something to do
 *
 * sched_switch is hit with the run queue's lock held.  Queueing work may wake a
 * worker thread, which takes that lock: the CPU would wait for itself for ever.
 * So this only raises an interrupt of this CPU, which queues the work as soon as
 * interrupts are on again, or, if the guest is entered before, makes it exit.
 *
 * Context: any; takes no lock.
 */
void kvmhot_work_kick(void)
{
	irq_work_queue(&kick_work);
}

/**
 * kvmhot_work_flush() - wait until the worker has done what was asked for so far
 *
 * Context: sleeps.
 */
void kvmhot_work_flush(void)
{
	irq_work_sync(&kick_work);
	flush_work(&kvmhot_work);
}
