// SPDX-License-Identifier: GPL-2.0
/*
 * Tells whether what was copied of a vCPU is of one moment.
 *
 * Process context; may sleep.  The writer's side is in plain.c, which draws both sides,
 * and for the slow way in seq.h.
 */
#include <linux/errno.h>
#include <linux/sched/signal.h>
#include <asm/barrier.h>

#include "hot/log.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "read/look.h"

/* Is kvm_entry adding up, or is an edge's timestamp not stored yet?  See plain.c. */
static bool is_torn(const struct kvmhot_log *log)
{
	unsigned int i;

	for (i = 1; i < log->nr; i++)
		if (kvmhot_edge_span(log->edge[i - 1], log->edge[i]) <= 0)
			return true;
	return false;
}

/* Complete @look->log for a vCPU on the quick way. */
static void copy_log(const struct kvmhot_vcpu *v, struct kvmhot_look *look)
{
	unsigned int tag = look->q.who & KVMHOT_TAG_MASK, i;

	look->log.nr = 0;
	if (!kvmhot_is_quick_who(look->q.who))
		return;
	for (i = KVMHOT_TAG_LOG; i <= min_t(unsigned int, tag, KVMHOT_TAG_LAST); i++)
		look->log.edge[i] = READ_ONCE(v->log.edge[i]);
	kvmhot_quick_log(&look->q, tag, &look->log);
}

/*
 * A try takes a microsecond or less, and more than a few are rare.  Threads that race for
 * a vCPU may leave its record as if something were being written for ever.
 */
#define MAX_TRIES	1000000

/**
 * kvmhot_look_again() - may a copy be tried once more?
 * @tries: number of tries so far; raised
 *
 * Context: process context; may sleep.
 *
 * Return: 0; -EINTR if the thread was killed; -EBUSY after too many tries.
 */
int kvmhot_look_again(unsigned int *tries)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	if (++*tries > MAX_TRIES)
		return -EBUSY;
	cond_resched();
	return 0;
}

static u64 get(const u64 *from)
{
	/* Pairs with the release in kvmhot_put(). */
	return smp_load_acquire(from);
}

/**
 * kvmhot_look_begin() - begin to copy what belongs to a vCPU
 * @v: the vCPU
 * @look: set to the state of the vCPU, loaded in the reverse order of the probes' stores
 *
 * Context: process context; may sleep.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_look_begin(const struct kvmhot_vcpu *v, struct kvmhot_look *look)
{
	const struct kvmhot_quick *quick = &v->quick;
	struct kvmhot_quick *q = &look->q;
	int err;

	for (;;) {
		err = kvmhot_look_again(&look->tries);
		if (err)
			return err;
		look->seq = kvmhot_seq_read(&v->seq);
		q->last = get(&quick->last);
		/* Pairs with the release in kvmhot_end_round(). */
		q->who = smp_load_acquire(&quick->who);
		q->handle_tsc = get(&quick->handle_tsc);
		q->exit_tsc = get(&quick->exit_tsc);
		q->key = READ_ONCE(quick->key);
		q->began = READ_ONCE(quick->began);
		q->rounds = READ_ONCE(quick->rounds);
		q->fast = READ_ONCE(quick->fast);
		q->returned = READ_ONCE(quick->returned);
		q->guest = READ_ONCE(quick->guest);
		q->irq = READ_ONCE(quick->irq);
		q->reenter = READ_ONCE(quick->reenter);
		q->beside = READ_ONCE(quick->beside);
		copy_log(v, look);
		if (!is_torn(&look->log) && !(look->seq & 1))
			return 0;
	}
}

/**
 * kvmhot_look_retry() - was anything written during the copy?
 * @v: the vCPU
 * @look: what kvmhot_look_begin() set
 *
 * Return: true if all must be copied again.
 */
bool kvmhot_look_retry(const struct kvmhot_vcpu *v,
		       const struct kvmhot_look *look)
{
	return kvmhot_seq_retry(&v->seq, look->seq) ||
	       READ_ONCE(v->quick.last) != look->q.last;
}
