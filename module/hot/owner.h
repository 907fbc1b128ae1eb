/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owners of VMs: the VMMs, told apart by their memory, and the users that run them.
 */
#ifndef KVMHOT_OWNER_H
#define KVMHOT_OWNER_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct mm_struct;

/* What there are bounds for, of which an owner may take its share. */
enum kvmhot_share {
	KVMHOT_SHARE_VMS,	/* that run */
	KVMHOT_SHARE_VCPUS,	/* that have a record, and are not gone */
	KVMHOT_SHARE_BYTES,	/* of these records */
	KVMHOT_NR_SHARES,
};

/**
 * struct kvmhot_user - a user
 * @list: in the list of users
 * @uid: who
 * @refs: its owners
 * @taken: by all of them
 * @nr_ended: their ended VMs
 */
struct kvmhot_user {
	struct list_head	list;
	kuid_t			uid;
	unsigned int		refs;
	u64			taken[KVMHOT_NR_SHARES];
	unsigned int		nr_ended;
};

/**
 * struct kvmhot_owner - a VMM that has vCPUs or VMs
 * @hash: in kvmhot_vcpu_owners
 * @list: in the list of owners
 * @rcu: to free it
 * @mm: its memory; pinned
 * @user: its user
 * @refs: its vCPUs that are not gone, and its VMs, ended ones included
 * @taken: see enum kvmhot_share
 * @nr_ended: its ended VMs
 * @full: it has its share of vCPUs or of memory: probes make no record for it
 * @dropped: its exits that are in no VM's figures, as of what is gone, or never had
 *	     a record
 * @dropped_too: the same of vCPUs that are there; for readers, under the
 *		 registry's lock
 * @tgid: its process
 * @comm: name of that, cleaned for printing
 *
 * The worker's, but for what probes read or add to: @mm, @full and @dropped.  It is
 * put into its lists, and taken out, with the registry's lock held.
 */
struct kvmhot_owner {
	struct hlist_node	hash;
	struct list_head	list;
	struct rcu_head		rcu;
	struct mm_struct	*mm;
	struct kvmhot_user	*user;
	unsigned int		refs;
	u64			taken[KVMHOT_NR_SHARES];
	unsigned int		nr_ended;
	bool			full;
	atomic64_t		dropped;
	u64			dropped_too;
	pid_t			tgid;
	char			comm[TASK_COMM_LEN];
};

#define KVMHOT_OWNER_BITS	8

extern struct hlist_head kvmhot_vcpu_owners[1 << KVMHOT_OWNER_BITS];

/**
 * kvmhot_owner_find() - the owner that has a VMM's memory
 * @mm: the memory
 *
 * Context: probe, or the worker.
 *
 * Return: the owner, or NULL if there is none.
 */
static inline struct kvmhot_owner *kvmhot_owner_find(const struct mm_struct *mm)
{
	struct kvmhot_owner *o;

	hlist_for_each_entry_rcu(o, &kvmhot_vcpu_owners[hash_ptr(mm, KVMHOT_OWNER_BITS)],
				 hash, true)
		if (o->mm == mm)
			return o;
	return NULL;
}

#endif /* KVMHOT_OWNER_H */
