// SPDX-License-Identifier: GPL-2.0
/*
 * Compares KVM's own count of a vCPU's exits with kvmhot's.
 *
 * Process context; may sleep.  Readers of files call these functions.
 *
 * The count is vcpu->stat.exits.  Anyone who writes 0 to one of KVM's debugfs files
 * 'exits' clears it at any time, and the vCPU counts on from there.  Only a reader can
 * notice that, in two ways:
 *
 * - the count is less than when comparing began, or than when it was last read; or
 * - the count has risen by less than the calls of vmx_handle_exit() that were seen.  KVM
 *   counts an exit before it calls that function.  (Exits on KVM's fast path do not reach
 *   that function, and not every KVM counts them.)
 *
 * In both cases the comparison begins again at that moment.
 */
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#include "hot/edge.h"
#include "read/coverage.h"
#include "read/reason.h"
#include "read/since.h"
#include "read/snap.h"

/* Tries to read both counts at one moment while the vCPU runs. */
#define TRIES	10

/*
 * KVM's count now, or at its end if the vCPU is gone.
 *
 * Nothing keeps the vCPU from being freed meanwhile.  So this reads the count as memory
 * that may be gone.  The value counts only if the vCPU is still not retired afterwards:
 * a vCPU is retired before it is freed (kvmhot_probe_destroy_vm()).
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

/* Return: 0, or an errno of kvmhot_look_again(), as all functions below. */
static int read_handled(struct kvmhot_vcpu *v, u64 *handled)
{
	struct kvmhot_sums s;
	int err = kvmhot_snap_sums(v, &s);

	*handled = s.sum[KVMHOT_HANDLED];
	return err;
}

/* May kvmhot have counted an exit that KVM has not counted yet? */
static bool is_ahead(const struct kvmhot_vcpu *v)
{
	return kvmhot_stage(v) == KVMHOT_IRQ;
}

/* Both counts of a vCPU's exits; each was read within @apart exits of the others. */
struct counts {
	u64 exits;
	u64 kvm;
	u64 handled;
	u64 apart;
};

/* One try of read_counts().  @handled comes before @kvm, as it is part of that. */
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
 * Read both counts at one moment.  If an exit comes in each try, keep the try with the
 * fewest exits.  Without this, a reader that loses its CPU to the vCPU between the two
 * would find any number of exits more in the later count.
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
 * Begin to compare again.  An exit that was handled while the counts were read may be in
 * any of them; it must not look as if KVM had cleared it.
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

/* Read both counts at one moment; begin to compare again if KVM's was cleared. */
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

/* Read KVM's count alone, without the cost of adding up cells. */
static int look_at_kvm(struct kvmhot_vcpu *v, struct counts *c)
{
	/* Read @handled first, as it is part of @kvm. */
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
 * Context: sleeps.  Files in the VM's directory may call it.
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
 * @sum: counts to add to
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
