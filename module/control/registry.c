// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to, and asked of, all VMs: reset, sums since load.
 *
 * Control path.  Lock order: kvmhot_reg.lock, then kvmhot_reset_lock.  Of these
 * two the files in a VM's directory may take only the latter: the worker waits
 * for them.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "control/owner.h"
#include "hot/quick.h"
#include "kvmhot.h"

/* Of resets, and of what they look at: see &kvmhot_vcpu.pmu. */
DEFINE_MUTEX(kvmhot_reset_lock);

/* Return: 0, or an errno of kvmhot_look_again(). */
static int reset_counts(struct kvmhot_vcpu *v)
{
	static struct kvmhot_stage_counts base[KVMHOT_NR_STAGES];
	struct kvmhot_pmu *p = v->pmu;
	struct kvmhot_look look = {};
	int err;

	if (!p)
		return 0;
	do {
		err = kvmhot_look_begin(v, &look);
		if (err)
			return err;
		kvmhot_snap_stages(v, p, &look, base);
	} while (kvmhot_look_retry(v, &look));
	memcpy(p->base, base, sizeof(base));
	return 0;
}

/**
 * kvmhot_vm_reset_one() - start counting of a VM afresh
 * @vm: the VM
 *
 * Nothing of a vCPU is written here but its generation, and that its cells must
 * be looked at: its thread clears a cell when it next touches it, and readers
 * ignore cells of older generations.
 *
 * Context: sleeps.  May be called from a file in the VM's directory.
 *
 * Return: 0, or an errno of kvmhot_look_again(); then some vCPUs were reset, and
 * the others were not.
 */
int kvmhot_vm_reset_one(struct kvmhot_vm *vm)
{
	struct kvmhot_sums s;
	struct kvmhot_vcpu *v;
	unsigned int i;
	int err = 0;

	mutex_lock(&kvmhot_reset_lock);
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		err = kvmhot_snap_sums(v, &s) ?: reset_counts(v);
		if (err)
			goto out;
		memcpy(v->base, s.sum, sizeof(v->base));
		v->since = s.now;
		/* Pairs with READ_ONCE in cell_update_gen(). */
		WRITE_ONCE(v->gen, v->gen + 1);
		/* Pairs with smp_mb() in kvmhot_quick_allow(). */
		smp_mb();
		for (i = 0; i < KVMHOT_QUICK_PLACES; i++)
			WRITE_ONCE(v->quick_cell[i], &kvmhot_no_cell);
	}
	WRITE_ONCE(vm->since, kvmhot_clock());
	if (READ_ONCE(vm->ended)) {
		vm->forget = true;
		kvmhot_work_kick();
	}
out:
	mutex_unlock(&kvmhot_reset_lock);
	return err;
}

/**
 * kvmhot_vm_reset() - start counting afresh
 * @name: a VM's name; NULL for all of them
 *
 * Context: sleeps.  Not from a file in a VM's directory.
 *
 * Return: 0; -ENOENT if there is no VM of that name; or an errno of
 * kvmhot_vm_reset_one(), then some VMs were reset, and the others were not.
 */
int kvmhot_vm_reset(const char *name)
{
	struct kvmhot_vm *vm;
	int err = 0;

	/* Link what was just seen, so that nothing is left out. */
	kvmhot_work_flush();
	mutex_lock(&kvmhot_reg.lock);
	if (name) {
		vm = kvmhot_vm_by_name(name);
		if (vm)
			err = kvmhot_vm_reset_one(vm);
		else
			err = -ENOENT;
	} else {
		list_for_each_entry(vm, &kvmhot_reg.vms, list)
			err = err ?: kvmhot_vm_reset_one(vm);
		kvmhot_reg.generation += !err;
	}
	mutex_unlock(&kvmhot_reg.lock);
	/* So that VMs that had ended are gone when the write returns. */
	kvmhot_work_flush();
	return err;
}

/* Of whatever stage the vCPU is in, on the quick way or not. */
static void lose_track(struct kvmhot_vcpu *v)
{
	/* Pairs with READ_ONCE in kvmhot_quick_settle(). */
	WRITE_ONCE(v->lost_track, true);
	/* Beside the end of its VM this may well be no edge any more. */
	if (!kvmhot_is_quick(v))
		kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
}

/**
 * kvmhot_vm_lose_track() - the edges are no longer seen
 *
 * An exit that is open now will be lost when its end is seen, as the stage is
 * not the one that it must be in.
 *
 * Context: sleeps.  No probe but that of the end of VMs is in place, which
 * can cope with either value of the stage.
 */
void kvmhot_vm_lose_track(void)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	kvmhot_work_flush();
	kvmhot_out_forget(true);
	mutex_lock(&kvmhot_reg.lock);
	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			lose_track(v);
	list_for_each_entry(v, &kvmhot_reg.refused, siblings)
		lose_track(v);
	mutex_unlock(&kvmhot_reg.lock);
}

/**
 * kvmhot_vm_is_tracking() - has any record a vCPU that may still end?
 *
 * Context: sleeps.  No hook is in place by which a vCPU is first seen.
 *
 * Return: true if so.
 */
bool kvmhot_vm_is_tracking(void)
{
	struct kvmhot_vm *vm;
	bool tracking;

	flush_work(&kvmhot_work);
	mutex_lock(&kvmhot_reg.lock);
	tracking = !list_empty(&kvmhot_reg.refused);
	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		tracking |= vm->nr_live;
	mutex_unlock(&kvmhot_reg.lock);
	return tracking;
}

/* What the cells of a vCPU have, since first sight but for lost. */
struct counts {
	u64 exits, lost, classed;
};

/* Return: 0, or an errno of kvmhot_look_again(). */
static int count_cells(struct kvmhot_vcpu *v, struct counts *c)
{
	struct kvmhot_tally cell;
	unsigned int key;
	int err;

	memset(c, 0, sizeof(*c));
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		err = kvmhot_reason_tally(v, key, &cell);
		if (err)
			return err;
		c->exits += cell.total;
		c->lost += cell.lost;
	}
	for (; key < KVMHOT_NR_CELLS; key++) {
		err = kvmhot_snap_cell(v, key, &cell, NULL);
		if (err < 0)
			return err;
		if (err)
			c->classed += cell.total;
	}
	return 0;
}

/* Return: the same. */
static int add_sums(struct kvmhot_vcpu *v, const struct counts *c, u64 *sum)
{
	struct kvmhot_sums s;
	unsigned int i;
	int err;

	err = kvmhot_snap_sums(v, &s);
	if (err)
		return err;
	for (i = 0; i < KVMHOT_NR_SUMS; i++)
		sum[i] += s.sum[i];
	sum[KVMHOT_EXITS] += c->exits + READ_ONCE(v->sum[KVMHOT_DROPPED]);
	sum[KVMHOT_CLASSED] += c->classed;
	return 0;
}

/**
 * kvmhot_vcpu_exits() - exits of a vCPU since first sight
 * @v: the vCPU
 * @exits: set to their number, those included that are in no cell
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_vcpu_exits(struct kvmhot_vcpu *v, u64 *exits)
{
	struct counts c;
	int err = count_cells(v, &c);

	*exits = c.exits + READ_ONCE(v->sum[KVMHOT_DROPPED]);
	return err;
}

/**
 * kvmhot_vcpu_gone() - keep the totals of a record that goes
 * @v: the vCPU
 *
 * Context: the worker, with the registry's lock held.  Nobody writes to the record
 * any more, so that reading it cannot fail.
 */
void kvmhot_vcpu_gone(struct kvmhot_vcpu *v)
{
	struct counts c;

	count_cells(v, &c);
	add_sums(v, &c, kvmhot_reg.gone_sum);
	if (!v->vm)
		kvmhot_reg.gone_refused += c.exits;
	if (!v->vm && v->owner)
		atomic64_add(c.exits + v->sum[KVMHOT_DROPPED], &v->owner->dropped);
}

/* Return: 0, or an errno of kvmhot_look_again(). */
static int add_vcpu(struct kvmhot_totals *t, struct kvmhot_vcpu *v)
{
	struct counts c;
	int err;

	err = count_cells(v, &c) ?: add_sums(v, &c, t->sum);
	if (v->vm)
		t->lost += c.lost;
	else
		t->refused += c.exits;
	cond_resched();
	return err;
}

/**
 * kvmhot_vm_totals() - the registry in numbers
 * @t: filled in
 *
 * Context: sleeps.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_vm_totals(struct kvmhot_totals *t)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	int cpu, err = 0;

	memset(t, 0, sizeof(*t));
	mutex_lock(&kvmhot_reg.lock);
	t->vms = kvmhot_reg.nr_running;
	t->vms_ended = kvmhot_reg.nr_ended;
	t->generation = kvmhot_reg.generation;
	t->memory_bytes = kvmhot_pool_bytes();
	t->refused = kvmhot_reg.gone_refused;
	memcpy(t->sum, kvmhot_reg.gone_sum, sizeof(t->sum));
	memcpy(t->forgotten_vms, kvmhot_reg.forgotten_vms,
	       sizeof(t->forgotten_vms));
	t->forgotten_exits = kvmhot_reg.forgotten_exits;
	for_each_possible_cpu(cpu) {
		t->refused += *per_cpu_ptr(&kvmhot_unseen, cpu);
		t->misfits += *per_cpu_ptr(&kvmhot_misfits, cpu);
		t->dropped_spans += *per_cpu_ptr(&kvmhot_dropped_spans, cpu);
		t->dropped_counts += *per_cpu_ptr(&kvmhot_dropped_counts, cpu);
	}
	list_for_each_entry(vm, &kvmhot_reg.vms, list) {
		t->vms_hidden += !READ_ONCE(vm->dir);
		if (!vm->ended)
			t->vcpus += vm->nr_vcpus;
		list_for_each_entry(v, &vm->vcpus, siblings)
			err = err ?: add_vcpu(t, v);
	}
	list_for_each_entry(v, &kvmhot_reg.refused, siblings)
		err = err ?: add_vcpu(t, v);
	t->exits = t->sum[KVMHOT_EXITS];
	t->dropped = t->sum[KVMHOT_DROPPED] + t->refused;
	mutex_unlock(&kvmhot_reg.lock);
	return err;
}
