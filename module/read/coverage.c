// SPDX-License-Identifier: GPL-2.0
/*
 * KVM's own count of a vCPU's exits, beside kvmhot's.
 *
 * Process context; may sleep.
 *
 * The count, vcpu->stat.exits, is KVM's: who writes 0 to one of its debugfs files
 * 'exits' clears it at any time, and the vCPU goes on counting from there.  Only a
 * reader can notice that:
 *
 * - the count is less than when comparing began, or than when it was last read; or
 * - it has risen by less than vmx_handle_exit() was seen to be called.  KVM counts
 *   an exit before it calls that function.  (Exits on KVM's fast path do not come
 *   there, and not every KVM counts them.)
 *
 * Then the two counts are compared afresh, from that moment on.
 */
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#include "hot/edge.h"
#include "read/coverage.h"
#include "read/reason.h"
#include "read/since.h"
#include "read/snap.h"

/* To read both counts at the same moment while the vCPU runs */
#define TRIES	10

/*
 * KVM's count as it is now; at the end, if the vCPU is gone.
 *
 * Nothing keeps the vCPU from being freed meanwhile.  So the count is read as memory
 * that may not be there, and what was read counts only if the vCPU was not retired,
 * which comes first (kvmhot_probe_destroy_vm()).
 */
static u64 read_kvm(const struct kvmhot_vcpu *v)
{
	/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
	const struct kvm_vcpu *vcpu = smp_load_acquire(&v->vcpu);
	u64 exits;

	if (!vcpu)
		return v->kvm_last;
	pagefault_disable();
	__get_kernel_nofault(&exits, &vcpu->stat.exits, u64, gone);
	pagefault_enable();
	/* Pairs with cmpxchg() in kvmhot_vcpu_retire(). */
	smp_rmb();
	if (READ_ONCE(v->vcpu) == vcpu)
		return exits;
	return READ_ONCE(v->kvm_last);
gone:
	pagefault_enable();
	return READ_ONCE(v->kvm_last);
}

/* Return: 0, or an errno of kvmhot_look_again(), as below. */
static int read_handled(struct kvmhot_vcpu *v, u64 *handled)
{
	struct kvmhot_sums s;
	int err = kvmhot_snap_sums(v, &s);

	*handled = s.sum[KVMHOT_HANDLED];
	return err;
}

/* May there be an exit that kvmhot has counted, and KVM not yet? */
static bool is_ahead(const struct kvmhot_vcpu *v)
{
	return kvmhot_stage(v) == KVMHOT_IRQ;
}

/* Both counts of a vCPU's exits; each is taken within @apart exits of the others. */
struct counts {
	u64 exits;
	u64 kvm;
	u64 handled;
	u64 apart;
};

/* One try; see read_counts().  In this order: @handled is part of @kvm. */
static int try_counts(struct kvmhot_vcpu *v, struct counts *c)
{
	u64 after = 0;
	bool ahead;
	int err;

	err = kvmhot_reason_exits(v, &c->exits) ?: read_handled(v, &c->handled);
	if (err)
		return err;
	ahead = is_ahead(v);
	c->kvm = read_kvm(v);
	err = kvmhot_reason_exits(v, &after);
	c->apart = after - c->exits + (ahead || is_ahead(v));
	return err;
}

/*
 * Both counts of the same moment; or, if there is none without an exit, as nearly so
 * as was to be had.  A reader that loses its CPU to the vCPU between the two would
 * else find any number of exits more in the later one.
 */
static int read_counts(struct kvmhot_vcpu *v, struct counts *best)
{
	struct counts c;
	unsigned int try;
	int err;

	best->apart = U64_MAX;
	for (try = 0; try < TRIES && best->apart; try++) {
		err = try_counts(v, &c);
		if (err)
			return err;
		if (c.apart < best->apart)
			*best = c;
	}
	return 0;
}

/*
 * Begin to compare afresh.  An exit that was handled while the counts were read may
 * be in any of them: it must not count as one that KVM has cleared.
 */
static void begin(struct kvmhot_vcpu *v, const struct counts *c)
{
	v->kvm_first = c->kvm;
	v->kvm_handled = c->handled + c->apart;
	v->kvm_exits = c->exits;
	v->kvm_cleared++;
}

static bool is_cleared(const struct kvmhot_vcpu *v, const struct counts *c)
{
	return c->kvm < v->kvm_first || c->kvm < v->kvm_seen ||
	       (c->handled > v->kvm_handled &&
		c->handled - v->kvm_handled > c->kvm - v->kvm_first);
}

/* Both counts of the same moment, compared afresh if KVM's was cleared. */
static int look(struct kvmhot_vcpu *v, struct counts *c)
{
	int err = read_counts(v, c);

	if (err)
		return err;
	if (is_cleared(v, c))
		begin(v, c);
	v->kvm_seen = c->kvm;
	return 0;
}

/* KVM's count alone, which does not take adding up the cells. */
static int look_at_kvm(struct kvmhot_vcpu *v, struct counts *c)
{
	/* In this order: the former is part of the latter. */
	int err = read_handled(v, &c->handled);

	if (err)
		return err;
	c->kvm = read_kvm(v);
	if (is_cleared(v, c)) {
		err = read_counts(v, c);
		if (err)
			return err;
		begin(v, c);
	}
	v->kvm_seen = c->kvm;
	return 0;
}

/**
 * kvmhot_coverage_kvm_exits() - KVM's own count of a vCPU's exits
 * @v: the vCPU
 * @exits: set to the count since first sight, or since it was found to have been
 *	   cleared
 *
 * Context: sleeps.  May be called from a file in the VM's directory.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_coverage_kvm_exits(struct kvmhot_vcpu *v, u64 *exits)
{
	struct counts c;
	int err;

	mutex_lock(&kvmhot_since_lock);
	err = look_at_kvm(v, &c);
	if (!err)
		*exits = c.kvm - v->kvm_first;
	mutex_unlock(&kvmhot_since_lock);
	return err;
}

/**
 * kvmhot_coverage_add() - add both counts of a vCPU to those of others
 * @v: the vCPU
 * @sum: is added to
 *
 * Context: sleeps.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_coverage_add(struct kvmhot_vcpu *v, struct kvmhot_coverage *sum)
{
	struct counts c;
	int err;

	mutex_lock(&kvmhot_since_lock);
	err = look(v, &c);
	if (!err) {
		sum->exits += c.exits - v->kvm_exits;
		sum->kvm_exits += c.kvm - v->kvm_first;
		sum->cleared += v->kvm_cleared;
	}
	mutex_unlock(&kvmhot_since_lock);
	return err;
}
