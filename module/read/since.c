// SPDX-License-Identifier: GPL-2.0
/*
 * Tells a vCPU's sums, and its counts of events, since its last reset.
 *
 * Process context; may sleep.  A reset stores their values under kvmhot_since_lock.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "hot/pmu.h"
#include "read/look.h"
#include "read/since.h"
#include "read/snap.h"

/* Serializes resets: see since.h. */
DEFINE_MUTEX(kvmhot_since_lock);

/**
 * kvmhot_since_sums() - the sums of a vCPU since its last reset
 * @v: the vCPU
 * @s: filled in, except EXITS
 *
 * Context: sleeps.  Files in the VM's directory may call it.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_since_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s)
{
	u64 over = 0, unknown;
	unsigned int i;
	int err;

	mutex_lock(&kvmhot_since_lock);
	err = kvmhot_snap_sums(v, s);
	if (err) {
		mutex_unlock(&kvmhot_since_lock);
		return err;
	}
	s->gen = v->gen;
	s->since = v->since;
	for (i = 0; i < KVMHOT_NR_SUMS; i++) {
		if (s->sum[i] < v->base[i]) {
			over += v->base[i] - s->sum[i];
			s->sum[i] = 0;
		} else {
			s->sum[i] -= v->base[i];
		}
	}
	mutex_unlock(&kvmhot_since_lock);
	/*
	 * The reset counted time of a current stage that later turned out to be
	 * another: unknown, or handle of a fast path.  Or the stage had just ended,
	 * within the difference of two CPUs' TSCs; then the reset was that much earlier.
	 */
	unknown = min(over, s->sum[KVMHOT_UNKNOWN]);
	s->sum[KVMHOT_UNKNOWN] -= unknown;
	s->since -= over - unknown;
	return 0;
}

/* Has no edge read the current events yet? */
static bool is_waiting(const struct kvmhot_pmu *p)
{
	const struct kvmhot_perf *perf;
	bool waiting;

	rcu_read_lock();
	/* Pairs with the release in set_perf(). */
	perf = READ_ONCE(p->perf);
	waiting = !perf || READ_ONCE(p->based) != perf->serial;
	rcu_read_unlock();
	return waiting;
}

/* Threads that race for a vCPU may lose counts that it had at the reset. */
static void subtract(u64 *count, u64 base)
{
	*count -= min(*count, base);
}

/**
 * kvmhot_since_counts() - the counts of events of a vCPU since its last reset
 * @v: the vCPU
 * @c: filled in, except @exits
 *
 * Context: sleeps.  Files in the VM's directory may call it.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_since_counts(struct kvmhot_vcpu *v, struct kvmhot_counts *c)
{
	struct kvmhot_look look = {};
	const struct kvmhot_pmu *p;
	unsigned int stage, i;
	int err = 0;

	mutex_lock(&kvmhot_since_lock);
	p = v->pmu;
	c->gen = v->gen;
	c->list = p ? p->list : 0;
	if (!p)
		goto out;
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			goto out;
		kvmhot_snap_stages(v, p, &look, c->stage);
		memcpy(c->state, p->state, sizeof(c->state));
		memcpy(c->err, p->err, sizeof(c->err));
	} while (kvmhot_look_retry(v, &look));
	c->waiting = is_waiting(p);
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++) {
		subtract(&c->stage[stage].tsc, p->base[stage].tsc);
		for (i = 0; i < KVMHOT_MAX_EVENTS; i++)
			subtract(&c->stage[stage].event[i],
				 p->base[stage].event[i]);
	}
out:
	mutex_unlock(&kvmhot_since_lock);
	return err;
}
