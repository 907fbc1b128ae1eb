// SPDX-License-Identifier: GPL-2.0
/*
 * The table of threads that are switched out: see out.h; probes use it in switch.c.
 *
 * Process context.
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "hot/out.h"
#include "kvmhot.h"

#define MIN_BITS	8

struct kvmhot_out kvmhot_out __read_mostly;
static unsigned int nr_places;

/**
 * kvmhot_out_init() - make the table
 *
 * Context: sleeps.
 *
 * Return: 0 or -ENOMEM.
 */
int kvmhot_out_init(void)
{
	unsigned int bits = max_t(unsigned int, MIN_BITS,
				  order_base_2(kvmhot_max_vcpus) + 2);

	nr_places = BIT(bits) + KVMHOT_OUT_PLACES - 1;
	kvmhot_out.shift = 64 - bits;
	kvmhot_out.nr = kvcalloc(BIT(bits), sizeof(*kvmhot_out.nr), GFP_KERNEL);
	kvmhot_out.place = kvcalloc(nr_places, sizeof(*kvmhot_out.place),
				    GFP_KERNEL);
	if (kvmhot_out.nr && kvmhot_out.place)
		return 0;
	kvmhot_out_exit();
	return -ENOMEM;
}

/**
 * kvmhot_out_exit() - free the table
 *
 * Context: no probe is in place any more.
 */
void kvmhot_out_exit(void)
{
	kvfree(kvmhot_out.nr);
	kvfree(kvmhot_out.place);
}

/**
 * kvmhot_out_forget() - have threads that come back not find their records
 * @all: of all of them; else only where the vCPU is gone, see free.c
 *
 * Probes may still use what they found before.
 */
void kvmhot_out_forget(bool all)
{
	struct kvmhot_vcpu *v;
	unsigned long is;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < nr_places; i++) {
		is = READ_ONCE(kvmhot_out.place[i]);
		v = kvmhot_out_vcpu(is);
		if (v && (all || !READ_ONCE(v->vcpu)))
			kvmhot_out_take(i, is);
	}
	rcu_read_unlock();
}
