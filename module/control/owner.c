// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps any VMM, and any user, from taking all places and memory.
 *
 * Process context; may sleep.  Only the worker calls these functions, with one exception:
 * readers of files call kvmhot_owner_show().
 *
 * Nothing is ever taken from an owner.  So a part must be kept free for other owners
 * before they come: an owner gets no more once it has max_share percent of the sum of
 * what it has and what is free.  By default one owner alone gets half.  Of two owners
 * each gets a third, and a third is left; each new owner still finds as much as any other
 * has.  Many small VMMs, as in a cloud, get all.
 *
 * VMMs are told apart by their memory.  A user can start any number of VMMs, so the same
 * rule holds for users.  The share of a user is greater, as most hosts run all VMMs as
 * one user.
 */
#include <linux/ctype.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control/account.h"
#include "control/owner.h"
#include "control/registry.h"
#include "hot/lines.h"
#include "param.h"
#include "read/reason.h"

#define USER_SHARE	90	/* percent for a user, as max_share for a VMM */

static LIST_HEAD(owners);
static LIST_HEAD(users);
static u64 taken[KVMHOT_NR_SHARES];	/* by all owners */

static u64 bound_of(enum kvmhot_share share)
{
	switch (share) {
	case KVMHOT_SHARE_VMS:
		return kvmhot_param_max_vms;
	case KVMHOT_SHARE_VCPUS:
		return kvmhot_param_max_vcpus;
	default:
		return (u64)kvmhot_param_max_memory_kb * 1024;
	}
}

static bool is_within(u64 mine, u64 unused, unsigned int percent)
{
	return mine * (100 - percent) < unused * percent;
}

/**
 * kvmhot_owner_may() - may an owner take more?
 * @o: the owner
 * @share: what it wants to take
 *
 * Return: true if its share, and that of its user, allow for it.
 */
bool kvmhot_owner_may(const struct kvmhot_owner *o, enum kvmhot_share share)
{
	u64 bound = bound_of(share);
	u64 unused = bound - min(bound, taken[share]);

	return is_within(o->taken[share], unused, kvmhot_param_max_share) &&
	       is_within(o->user->taken[share], unused,
			 max_t(unsigned int, kvmhot_param_max_share, USER_SHARE));
}

/**
 * kvmhot_owner_charge() - an owner has taken something, or given it back
 * @o: the owner
 * @share: what it has taken
 * @n: how much; negative if it was given back
 */
void kvmhot_owner_charge(struct kvmhot_owner *o, enum kvmhot_share share, s64 n)
{
	o->taken[share] += n;
	o->user->taken[share] += n;
	taken[share] += n;
}

static struct kvmhot_user *user_get(kuid_t uid)
{
	struct kvmhot_user *u;

	list_for_each_entry(u, &users, list)
		if (uid_eq(u->uid, uid))
			goto found;
	u = kvmhot_account_alloc(sizeof(*u));
	if (!u)
		return NULL;
	u->uid = uid;
	list_add(&u->list, &users);
found:
	u->refs++;
	return u;
}

static void user_put(struct kvmhot_user *u)
{
	if (--u->refs)
		return;
	list_del(&u->list);
	kvmhot_account_put(sizeof(*u));
	kfree(u);
}

/**
 * kvmhot_owner_comm() - clean the name of a VMM for printing
 * @to: set to the clean name; has room for TASK_COMM_LEN characters
 * @comm: the name
 */
void kvmhot_owner_comm(char *to, const char *comm)
{
	char *p;

	strscpy(to, comm, TASK_COMM_LEN);
	for (p = to; *p; p++)
		if (!isascii(*p) || !isprint(*p))
			*p = '?';
}

static struct kvmhot_owner *owner_new(const struct kvmhot_vcpu *v)
{
	struct kvmhot_owner *o = kvmhot_account_alloc(sizeof(*o));

	if (!o)
		return NULL;
	o->user = user_get(v->uid);
	if (!o->user) {
		kvmhot_account_put(sizeof(*o));
		kfree(o);
		return NULL;
	}
	o->mm = v->mm;
	mmgrab(o->mm);
	o->tgid = v->tgid;
	kvmhot_owner_comm(o->comm, v->comm);
	mutex_lock(&kvmhot_registry.lock);
	list_add_tail(&o->list, &owners);
	hlist_add_head_rcu(&o->hash, &kvmhot_vcpu_owners[hash_ptr(o->mm, KVMHOT_OWNER_BITS)]);
	mutex_unlock(&kvmhot_registry.lock);
	return o;
}

static void owner_put(struct kvmhot_owner *o)
{
	if (--o->refs)
		return;
	mutex_lock(&kvmhot_registry.lock);
	list_del(&o->list);
	hlist_del_rcu(&o->hash);
	mutex_unlock(&kvmhot_registry.lock);
	user_put(o->user);
	mmdrop(o->mm);
	kvmhot_account_put(sizeof(*o));
	kfree_rcu(o, rcu);
}

/**
 * kvmhot_owner_add_vcpu() - find or make the owner of a new vCPU
 * @v: the vCPU; its owner is set
 *
 * Return: false if there is no memory for an owner; the worker will try again.
 */
bool kvmhot_owner_add_vcpu(struct kvmhot_vcpu *v)
{
	struct kvmhot_owner *o = kvmhot_owner_find(v->mm);

	if (!o)
		o = owner_new(v);
	if (!o) {
		kvmhot_registry.link_again = true;
		return false;
	}
	o->refs++;
	v->owner = o;
	kvmhot_owner_charge(o, KVMHOT_SHARE_VCPUS, 1);
	kvmhot_owner_charge(o, KVMHOT_SHARE_BYTES, kvmhot_lines_bytes(v));
	return true;
}

/**
 * kvmhot_owner_remove_vcpu() - a vCPU is gone
 * @v: the vCPU; may have no owner
 */
void kvmhot_owner_remove_vcpu(struct kvmhot_vcpu *v)
{
	struct kvmhot_owner *o = v->owner;

	if (!o)
		return;
	v->owner = NULL;
	kvmhot_owner_charge(o, KVMHOT_SHARE_VCPUS, -1);
	kvmhot_owner_charge(o, KVMHOT_SHARE_BYTES,
			    -(s64)kvmhot_lines_bytes(v));
	owner_put(o);
}

/**
 * kvmhot_owner_add_vm() - an owner has one more VM
 * @vm: the VM
 * @o: the owner
 */
void kvmhot_owner_add_vm(struct kvmhot_vm *vm, struct kvmhot_owner *o)
{
	o->refs++;
	vm->owner = o;
	kvmhot_owner_charge(o, KVMHOT_SHARE_VMS, 1);
}

/**
 * kvmhot_owner_end_vm() - a VM has ended
 * @vm: the VM
 */
void kvmhot_owner_end_vm(struct kvmhot_vm *vm)
{
	kvmhot_owner_charge(vm->owner, KVMHOT_SHARE_VMS, -1);
	vm->owner->nr_ended++;
	vm->owner->user->nr_ended++;
}

/**
 * kvmhot_owner_remove_vm() - an ended VM is forgotten
 * @vm: the VM
 */
void kvmhot_owner_remove_vm(struct kvmhot_vm *vm)
{
	vm->owner->nr_ended--;
	vm->owner->user->nr_ended--;
	owner_put(vm->owner);
}

/**
 * kvmhot_owner_ended_more() - whose ended VMs should make place first?
 * @a: an owner
 * @b: another owner
 * @otherwise: what to return if neither has more ended VMs
 *
 * Return: true if the user of @a has more ended VMs than the user of @b; or, if both
 * users have as many, if @a has more than @b.
 */
bool kvmhot_owner_ended_more(const struct kvmhot_owner *a,
			     const struct kvmhot_owner *b, bool otherwise)
{
	if (a->user->nr_ended != b->user->nr_ended)
		return a->user->nr_ended > b->user->nr_ended;
	if (a->nr_ended != b->nr_ended)
		return a->nr_ended > b->nr_ended;
	return otherwise;
}

/**
 * kvmhot_owner_update() - tell probes which owners have their share
 */
void kvmhot_owner_update(void)
{
	struct kvmhot_owner *o;

	list_for_each_entry(o, &owners, list)
		WRITE_ONCE(o->full,
			   !kvmhot_owner_may(o, KVMHOT_SHARE_VCPUS) ||
			   !kvmhot_owner_may(o, KVMHOT_SHARE_BYTES));
}

/* Add up exits of vCPUs that are there, and that are in no VM's figures. */
static void add_dropped(void)
{
	struct kvmhot_owner *o;
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	u64 exits;

	list_for_each_entry(o, &owners, list)
		o->dropped_too = 0;
	list_for_each_entry(v, &kvmhot_registry.refused, siblings)
		if (v->owner && !kvmhot_reason_exits(v, &exits))
			v->owner->dropped_too += exits;
	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			vm->owner->dropped_too += READ_ONCE(v->sum[KVMHOT_DROPPED]);
}

/**
 * kvmhot_owner_show() - print the rows of the owners in status
 * @m: file to print to
 */
void kvmhot_owner_show(struct seq_file *m)
{
	struct kvmhot_owner *o;

	mutex_lock(&kvmhot_registry.lock);
	add_dropped();
	list_for_each_entry(o, &owners, list)
		seq_printf(m, "vmm\t%d\t%u\t%llu\t%llu\t%llu\t%u\t%llu\t%d\t%s\n",
			   o->tgid, from_kuid(&init_user_ns, o->user->uid),
			   READ_ONCE(o->taken[KVMHOT_SHARE_VMS]),
			   READ_ONCE(o->taken[KVMHOT_SHARE_VCPUS]),
			   READ_ONCE(o->taken[KVMHOT_SHARE_BYTES]), o->nr_ended,
			   atomic64_read(&o->dropped) + o->dropped_too,
			   READ_ONCE(o->full), o->comm);
	mutex_unlock(&kvmhot_registry.lock);
}
