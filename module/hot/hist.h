/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds values to histograms of exits and of other spans, which are made of lines of a
 * vCPU's memory.  shared/hist.h defines the buckets.
 *
 * Probe context: allocates and prints nothing.  A histogram has one writer at a time,
 * and readers wait while it is written; each caller says how.
 */
#ifndef KVMHOT_HOT_HIST_H
#define KVMHOT_HOT_HIST_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "hot/record.h"

/* Empty group, which stands for "none at hand". */
extern struct kvmhot_group kvmhot_hist_no_group;
void kvmhot_hist_init(struct kvmhot_hist *h, unsigned int end);
bool kvmhot_hist_make_room(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value);
bool kvmhot_hist_add_slow(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
			  u64 guest, u64 irq);
bool kvmhot_hist_carry(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
		       u64 guest, u64 irq);
u64 kvmhot_hist_clear(struct kvmhot_vcpu *v, struct kvmhot_hist *h);

/**
 * kvmhot_hist_near() - find the group of a value, if the group is at hand
 * @h: the histogram
 * @value: the value
 * @group: set to the group
 * @octave: set to what kvmhot_hist_near_sub() needs
 *
 * Return: false if another group was last added to, or @value is below the least or
 * above the greatest value of the group.
 */
static __always_inline bool kvmhot_hist_near(const struct kvmhot_hist *h, u64 value,
					     struct kvmhot_group **group, u64 *octave)
{
	u64 log = value / KVMHOT_HIST_SUB;

	/* Not __fls(): "+r" lets 0 stay 0, as fls() in bitops.h relies on, too. */
	asm("bsrq %0, %0" : "+r" (log) : : "cc");
	*octave = log;
	*group = h->near[log % KVMHOT_HIST_NEAR];
	/* Without a group this is &kvmhot_hist_no_group, whose range is empty. */
	return likely(log < KVMHOT_HIST_WIDE - 1 && (u32)value >= (*group)->min &&
		      (u32)value <= (*group)->max);
}

/* Bucket of the value in the group that kvmhot_hist_near() has found. */
static __always_inline u64 kvmhot_hist_near_sub(u64 value, u64 octave)
{
	return (value >> octave) - KVMHOT_HIST_SUB;
}

/**
 * kvmhot_hist_add_to() - add a value to its group
 * @group: the group
 * @sub: bucket of the value in the group
 * @value: the value
 * @guest: added to &kvmhot_group.guest
 * @irq: added to &kvmhot_group.irq
 *
 * Return: false if kvmhot_hist_carry() must follow.
 */
static __always_inline bool kvmhot_hist_add_to(struct kvmhot_group *group, u64 sub,
					       u64 value, u64 guest, u64 irq)
{
	group->cycles += value;
	group->guest += guest;
	group->irq += irq;
	return likely(++group->n[sub] < KVMHOT_COUNT_TOP);
}

/**
 * kvmhot_hist_add() - add a value
 * @v: the vCPU
 * @h: the histogram
 * @value: the value
 * @guest: added to &kvmhot_group.guest
 * @irq: added to &kvmhot_group.irq
 *
 * Return: false if there is no memory for it, and nothing was done.
 */
static __always_inline bool kvmhot_hist_add(struct kvmhot_vcpu *v,
					    struct kvmhot_hist *h, u64 value,
					    u64 guest, u64 irq)
{
	struct kvmhot_group *group;
	u64 octave;

	if (unlikely(!kvmhot_hist_near(h, value, &group, &octave)))
		return kvmhot_hist_add_slow(v, h, value, guest, irq);
	return kvmhot_hist_add_to(group, kvmhot_hist_near_sub(value, octave), value, guest,
				irq) ||
	       kvmhot_hist_carry(v, h, value, guest, irq);
}

#endif /* KVMHOT_HOT_HIST_H */
