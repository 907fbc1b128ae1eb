/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms, made of lines of a vCPU's memory: those of exits and of other spans.
 * What a value falls into is told by hist.h.
 *
 * Everything here runs in probe context: no allocation, nothing printed.  A histogram
 * has one writer at a time; readers of it wait while it is written, see each caller.
 */
#ifndef KVMHOT_GROUP_H
#define KVMHOT_GROUP_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "shared/hist.h"

struct kvmhot_vcpu;

/* Groups that are found without the number of their line. */
#define KVMHOT_HIST_NEAR	4
/* From this group on 32 bits cannot tell a value. */
#define KVMHOT_HIST_WIDE	30
/*
 * A count that has come to this goes on in &struct kvmhot_wide.  For tests: a lesser
 * one comes sooner.
 */
#ifndef KVMHOT_COUNT_TOP
#define KVMHOT_COUNT_TOP	BIT(31)
#endif

/**
 * struct kvmhot_group - a group of a histogram, and all that a usual exit adds to its
 * cell: one cache line
 * @cycles: sum of the values: KVM costs of exits, or the length of spans
 * @guest: of exits, sum of their stage guest; of spans, of what passed beside
 * @irq: of exits, sum of their stage irq
 * @min: least value; U32_MAX if there is none, and from KVMHOT_HIST_WIDE on
 * @max: greatest value; likewise 0
 * @n: how many are in each bucket, but for what is in &struct kvmhot_wide
 */
struct kvmhot_group {
	u64	cycles;
	u64	guest;
	u64	irq;
	u32	min;
	u32	max;
	u32	n[KVMHOT_HIST_SUB];
};

/**
 * struct kvmhot_wide - what 32 bits cannot tell of a group
 * @next: line of that of another group; 0 is none
 * @g: the group
 * @high: for each bucket, how many times KVMHOT_COUNT_TOP are to be added
 * @min: least value, from KVMHOT_HIST_WIDE on
 * @max: greatest value, likewise
 */
struct kvmhot_wide {
	u16	next;
	u16	g;
	u32	high[KVMHOT_HIST_SUB];
	u64	min;
	u64	max;
};

/**
 * struct kvmhot_hist - a histogram
 * @near: for each remainder of a group's number, the group that was last added to;
 *	  &kvmhot_no_group if there is none
 * @line: for each group, its line; 0 is none
 * @wide: line of the first &struct kvmhot_wide; 0 is none
 * @end: lines from this one on are not for it
 */
struct kvmhot_hist {
	struct kvmhot_group	*near[KVMHOT_HIST_NEAR];
	u16			line[KVMHOT_HIST_GROUPS];
	u16			wide;
	u16			end;
};

/* group.c */
extern struct kvmhot_group kvmhot_no_group;
void kvmhot_hist_init(struct kvmhot_hist *h, unsigned int end);
bool kvmhot_hist_make_room(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value);
bool kvmhot_hist_add_slow(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
			  u64 guest, u64 irq);
bool kvmhot_group_carry(struct kvmhot_vcpu *v, struct kvmhot_hist *h, u64 value,
			u64 guest, u64 irq);
u64 kvmhot_hist_clear(struct kvmhot_vcpu *v, struct kvmhot_hist *h);

/**
 * kvmhot_hist_near() - the group that a value is added to, if that is at hand
 * @h: the histogram
 * @value: the value
 * @group: set to the group
 * @octave: set, for kvmhot_near_sub()
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
static __always_inline u64 kvmhot_near_sub(u64 value, u64 octave)
{
	return (value >> octave) - KVMHOT_HIST_SUB;
}

/**
 * kvmhot_group_add() - add a value to the group that it falls into
 * @group: the group
 * @sub: its bucket of the group
 * @value: the value
 * @guest: see &struct kvmhot_group
 * @irq: likewise
 *
 * Return: false if kvmhot_group_carry() must follow.
 */
static __always_inline bool kvmhot_group_add(struct kvmhot_group *group, u64 sub,
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
	return kvmhot_group_add(group, kvmhot_near_sub(value, octave), value, guest,
				irq) ||
	       kvmhot_group_carry(v, h, value, guest, irq);
}

#endif /* KVMHOT_GROUP_H */
