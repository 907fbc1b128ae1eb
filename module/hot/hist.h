/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms, made of lines of a vCPU's memory: those of exits and of other spans.
 * What a value falls into is told by hist.h.
 *
 * Everything here runs in probe context: no allocation, nothing printed.  A histogram
 * has one writer at a time; readers of it wait while it is written, see each caller.
 */
#ifndef KVMHOT_HOT_HIST_H
#define KVMHOT_HOT_HIST_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "hot/record.h"

extern struct kvmhot_group kvmhot_hist_no_group;
void kvmhot_hist_init(struct kvmhot_hist *h, unsigned int end);
bool kvmhot_hist_make_room(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value);
bool kvmhot_hist_add_slow(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
			  u64 guest, u64 irq);
bool kvmhot_hist_carry(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
		       u64 guest, u64 irq);
u64 kvmhot_hist_clear(struct kvmhot_vcpu *v, struct kvmhot_hist *h);

/**
 * kvmhot_hist_near() - the group that a value is added to, if that is at hand
 * @h: the histogram
 * @value: the value
 * @group: set to the group
 * @octave: set, for kvmhot_hist_near_sub()
 *
 * Return: false if another was last added to, or the value is less or greater than
 * all in it.
 */
static __always_inline bool kvmhot_hist_near(const struct kvmhot_hist *h, u64 value,
					     struct kvmhot_group **group, u64 *octave)
{
	u64 log = value / KVMHOT_HIST_SUB;

	/* Not __fls(): like this 0 stays 0, as fls() in bitops.h relies on. */
	asm("bsrq %0, %0" : "+r" (log) : : "cc");
	*octave = log;
	*group = h->near[log % KVMHOT_HIST_NEAR];
	/* There may be none, and that fits nothing. */
	return likely(log < KVMHOT_HIST_WIDE - 1 && (u32)value >= (*group)->min &&
		      (u32)value <= (*group)->max);
}

/* Then, the bucket of the group. */
static __always_inline u64 kvmhot_hist_near_sub(u64 value, u64 octave)
{
	return (value >> octave) - KVMHOT_HIST_SUB;
}

/**
 * kvmhot_hist_add_to() - add a value to the group that it falls into
 * @group: the group
 * @sub: its bucket of the group
 * @value: the value
 * @guest: see &struct kvmhot_group
 * @irq: likewise
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
 * @guest: see &struct kvmhot_group
 * @irq: likewise
 *
 * Return: false if there is no memory for it, and nothing has been done.
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
