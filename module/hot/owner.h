/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Describes owners of VMs: VMMs, told apart by their memory, and the users that run them.
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

/* What is bounded, and what an owner may take its share of. */
enum kvmhot_share {
	KVMHOT_SHARE_VMS,	/* VMs that run */
	KVMHOT_SHARE_VCPUS,	/* vCPUs that have a record and are not gone */
	KVMHOT_SHARE_BYTES,	/* memory of these records */
	KVMHOT_NR_SHARES,
};

/**
 * struct kvmhot_user - a user
 * @list: in the list of users
 * @uid: the user's id
 * @refs: number of the user's owners
 * @taken: what all of these owners take, see enum kvmhot_share
 * @nr_ended: number of their ended VMs
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
 * @refs: number of its vCPUs that are not gone, plus its VMs, with ended ones
 * @taken: what it takes, see enum kvmhot_share
 * @nr_ended: number of its ended VMs
 * @full: it has its share of vCPUs or of memory: probes make no record for it
 * @dropped: its exits that are in no VM's figures: of vCPUs that are gone, or that
 *	     never had a record
 * @dropped_too: such exits of vCPUs that are there; used by readers, under the
 *		 registry's lock
 * @tgid: its process
 * @comm: name of its process, cleaned for printing
 *
 * Only the worker uses an owner, with two exceptions.  Probes read @mm and @full, and
 * add to @dropped.  The worker holds the registry's lock to change the lists.
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

/* All owners, by their memory. */
extern struct hlist_head kvmhot_vcpu_owners[1 << KVMHOT_OWNER_BITS];

/**
 * kvmhot_owner_find() - find the owner of a VMM's memory
 * @mm: the memory
 *
 * Context: probe, or the worker.
 *
 * Return: the owner; NULL if there is none.
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
