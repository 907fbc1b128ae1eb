// SPDX-License-Identifier: GPL-2.0
/*
 * Does for histograms what few values need.  See hist.h, also for the context.
 */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "hot/hist.h"
#include "hot/lines.h"

/* Empty group: its range is void, so no value is ever added to it. */
struct kvmhot_group kvmhot_hist_no_group __ro_after_init = {
	.min = U32_MAX,
};

static void forget_near(struct kvmhot_hist *h)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_HIST_NEAR; i++)
		h->near[i] = &kvmhot_hist_no_group;
}

/**
 * kvmhot_hist_init() - initialize a histogram in zeroed memory
 * @h: the histogram
 * @end: the histogram takes no line from this one on
 */
void kvmhot_hist_init(struct kvmhot_hist *h, unsigned int end)
{
	forget_near(h);
	h->end = end;
}

static struct kvmhot_group *group_for(struct kvmhot_vcpu *v,
				      struct kvmhot_hist *h, unsigned int g)
{
	unsigned int line = h->line[g];
	struct kvmhot_group *group;

	if (likely(line))
		return kvmhot_lines_at(v, line);
	line = kvmhot_lines_take(v, 1, h->end);
	if (!line)
		return NULL;
	group = kvmhot_lines_at(v, line);
	group->min = U32_MAX;
	/* Pairs with the acquire in copy_hist() of snap.c. */
	smp_store_release(&h->line[g], line);
	return group;
}

static struct kvmhot_wide *wide_for(struct kvmhot_vcpu *v, struct kvmhot_hist *h,
				    unsigned int g)
{
	struct kvmhot_wide *wide;
	unsigned int line;

	for (line = h->wide; line; line = wide->next) {
		wide = kvmhot_lines_at(v, line);
		if (wide->g == g)
			return wide;
	}
	line = kvmhot_lines_take(v, 1, h->end);
	if (!line)
		return NULL;
	wide = kvmhot_lines_at(v, line);
	wide->next = h->wide;
	wide->g = g;
	wide->min = U64_MAX;
	/* Pairs with the acquire in copy_hist() of snap.c. */
	smp_store_release(&h->wide, line);
	return wide;
}

/**
 * kvmhot_hist_make_room() - get the memory that a value needs
 * @v: the vCPU
 * @h: the histogram
 * @value: the value
 *
 * Return: false if there is none.
 */
noinline bool kvmhot_hist_make_room(struct kvmhot_vcpu *v, struct kvmhot_hist *h,
				    u64 value)
{
	unsigned int g = kvmhot_hist_group(value);
	const struct kvmhot_group *group = group_for(v, h, g);

	return group && ((g < KVMHOT_HIST_WIDE &&
			  group->n[kvmhot_hist_sub(value)] < KVMHOT_COUNT_TOP - 1) ||
			 wide_for(v, h, g));
}

/* Widen the range of a group to @value, and have the group at hand. */
static void widen(struct kvmhot_vcpu *v, struct kvmhot_hist *h,
		  struct kvmhot_group *group, unsigned int g, u64 value)
{
	struct kvmhot_wide *wide;

	if (unlikely(g >= KVMHOT_HIST_WIDE)) {
		wide = wide_for(v, h, g);
		/* Another thread that races for the vCPU may have undone it. */
		if (unlikely(!wide))
			return;
		wide->min = min(wide->min, value);
		wide->max = max(wide->max, value);
		return;
	}
	group->min = min_t(u32, group->min, value);
	group->max = max_t(u32, group->max, value);
	/* Group 0 cannot be at hand: it is no power of two. */
	if (likely(g))
		h->near[(g - 1) % KVMHOT_HIST_NEAR] = group;
}

/**
 * kvmhot_hist_add_slow() - kvmhot_hist_add() for a value whose group is not at hand
 * @v: the vCPU
 * @h: the histogram
 * @value: the value
 * @guest: added to &kvmhot_group.guest
 * @irq: added to &kvmhot_group.irq
 *
 * Return: false if there is no memory for it, and nothing was done.
 */
noinline bool kvmhot_hist_add_slow(struct kvmhot_vcpu *v, struct kvmhot_hist *h,
				   u64 value, u64 guest, u64 irq)
{
	unsigned int g = kvmhot_hist_group(value);
	struct kvmhot_group *group;

	/* This always fails for &kvmhot_cell_none. */
	if (unlikely(!kvmhot_hist_make_room(v, h, value)))
		return false;
	group = kvmhot_lines_at(v, h->line[g]);
	widen(v, h, group, g, value);
	return kvmhot_hist_add_to(group, kvmhot_hist_sub(value), value, guest, irq) ||
	       kvmhot_hist_carry(v, h, value, guest, irq);
}

/**
 * kvmhot_hist_carry() - carry a bucket's count that has reached its top
 * @v: the vCPU
 * @h: the histogram
 * @value: the value that was added last
 * @guest: what was added to &kvmhot_group.guest with it
 * @irq: what was added to &kvmhot_group.irq with it
 *
 * Return: false if there is no memory to carry to; the value was taken away again.
 */
noinline bool kvmhot_hist_carry(struct kvmhot_vcpu *v, struct kvmhot_hist *h,
				 u64 value, u64 guest, u64 irq)
{
	unsigned int g = kvmhot_hist_group(value), sub = kvmhot_hist_sub(value);
	struct kvmhot_group *group = kvmhot_lines_or_null(v, h->line[g]);
	struct kvmhot_wide *wide;

	/* Another thread that races for the vCPU may have carried it. */
	if (unlikely(!group || group->n[sub] < KVMHOT_COUNT_TOP))
		return true;
	wide = wide_for(v, h, g);
	if (likely(wide)) {
		wide->high[sub]++;
		group->n[sub] -= KVMHOT_COUNT_TOP;
		return true;
	}
	group->n[sub]--;
	group->cycles -= value;
	group->guest -= guest;
	group->irq -= irq;
	return false;
}

/* Clear each count right after its read: a racing thread may add to them. */
static u64 take_counts(u32 *n)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < KVMHOT_HIST_SUB; i++)
		sum += xchg(&n[i], 0);
	return sum;
}

/**
 * kvmhot_hist_clear() - take all values away
 * @v: the vCPU
 * @h: the histogram
 *
 * Return: number of values that were taken away.
 */
u64 kvmhot_hist_clear(struct kvmhot_vcpu *v, struct kvmhot_hist *h)
{
	struct kvmhot_group *group;
	struct kvmhot_wide *wide;
	unsigned int g, line;
	u64 n = 0;

	forget_near(h);
	for (g = 0; g < KVMHOT_HIST_GROUPS; g++) {
		if (!h->line[g])
			continue;
		group = kvmhot_lines_at(v, h->line[g]);
		n += take_counts(group->n);
		group->cycles = 0;
		group->guest = 0;
		group->irq = 0;
		group->min = U32_MAX;
		group->max = 0;
	}
	for (line = h->wide; line; line = wide->next) {
		wide = kvmhot_lines_at(v, line);
		n += take_counts(wide->high) * KVMHOT_COUNT_TOP;
		wide->min = U64_MAX;
		wide->max = 0;
	}
	return n;
}
