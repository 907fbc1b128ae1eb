// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to, and asked of, all VMs: reset, sums.
 *
 * Control path.  Lock order: kvmhot_reg.lock, then kvmhot_reset_lock.  Of these
 * two the files in a VM's directory may take only the latter: the worker waits
 * for them.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "kvmhot.h"

/* Of resets, and of what they look at: see &kvmhot_vcpu.pmu. */
DEFINE_MUTEX(kvmhot_reset_lock);

static void reset_counts(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = v->pmu;
	struct kvmhot_look look;

	if (!p)
		return;
	do {
		kvmhot_look_begin(v, &look);
		kvmhot_snap_stages(p, p->base);
	} while (kvmhot_look_retry(v, &look));
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
 */
void kvmhot_vm_reset_one(struct kvmhot_vm *vm)
{
	struct kvmhot_sums s;
	struct kvmhot_vcpu *v;
	unsigned int key;

	mutex_lock(&kvmhot_reset_lock);
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		kvmhot_snap_sums(v, &s);
		memcpy(v->base, s.sum, sizeof(v->base));
		v->since = s.now;
		reset_counts(v);
		/* Pairs with READ_ONCE in cell_update_gen(). */
		WRITE_ONCE(v->gen, v->gen + 1);
		/* Pairs with smp_mb() in kvmhot_quick_allow(). */
		smp_mb();
		for (key = 0; key < KVMHOT_QUICK_KEYS; key++)
			WRITE_ONCE(v->quick_cell[key], &kvmhot_no_cell);
	}
	WRITE_ONCE(vm->since, kvmhot_clock());
	if (READ_ONCE(vm->ended)) {
		vm->forget = true;
		kvmhot_work_kick();
	}
	mutex_unlock(&kvmhot_reset_lock);
}

/**
 * kvmhot_vm_reset() - start counting afresh
 * @name: a VM's name; NULL for all of them
 *
 * Context: sleeps.  Not from a file in a VM's directory.
 *
 * Return: 0, or -ENOENT if there is no VM of that name.
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
			kvmhot_vm_reset_one(vm);
		else
			err = -ENOENT;
	} else {
		list_for_each_entry(vm, &kvmhot_reg.vms, list)
			kvmhot_vm_reset_one(vm);
		kvmhot_reg.generation++;
	}
	mutex_unlock(&kvmhot_reg.lock);
	/* So that VMs that had ended are gone when the write returns. */
	kvmhot_work_flush();
	return err;
}

/**
 * kvmhot_vm_lose_track() - the edges are no longer seen
 *
 * An exit that is open now will be lost when its end is seen, as the stage is
 * not the one that it must be in.
 *
 * Context: sleeps.  No probe but that of kvm_destroy_vm is in place, which
 * can cope with either value of the stage.
 */
void kvmhot_vm_lose_track(void)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	kvmhot_work_flush();
	kvmhot_switch_forget(true);
	mutex_lock(&kvmhot_reg.lock);
	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			WRITE_ONCE(v->stage, KVMHOT_UNKNOWN);
	list_for_each_entry(v, &kvmhot_reg.refused, siblings)
		WRITE_ONCE(v->stage, KVMHOT_UNKNOWN);
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
	u64 exits, lost;
};

static void count_cells(struct kvmhot_vcpu *v, struct counts *c)
{
	struct kvmhot_tally cell;
	unsigned int key;

	memset(c, 0, sizeof(*c));
	for (key = 0; key < KVMHOT_NR_KEYS; key++) {
		kvmhot_snap_tally(v, key, &cell);
		c->exits += cell.total;
		c->lost += cell.rare.lost;
	}
}

static void add_sums(struct kvmhot_vcpu *v, const struct counts *c, u64 *sum)
{
	struct kvmhot_sums s;
	unsigned int i;

	kvmhot_snap_sums(v, &s);
	for (i = 0; i < KVMHOT_NR_SUMS; i++)
		sum[i] += s.sum[i];
	sum[KVMHOT_EXITS] += c->exits + READ_ONCE(v->sum[KVMHOT_DROPPED]);
}

/**
 * kvmhot_vcpu_exits() - exits of a vCPU since first sight
 * @v: the vCPU
 *
 * Return: the number, those included that are in no cell.
 */
u64 kvmhot_vcpu_exits(struct kvmhot_vcpu *v)
{
	struct counts c;

	count_cells(v, &c);
	return c.exits + READ_ONCE(v->sum[KVMHOT_DROPPED]);
}

/**
 * kvmhot_vcpu_gone() - keep the totals of a record that goes
 * @v: the vCPU
 *
 * Context: with the registry's lock held.
 */
void kvmhot_vcpu_gone(struct kvmhot_vcpu *v)
{
	struct counts c;

	count_cells(v, &c);
	add_sums(v, &c, kvmhot_reg.gone_sum);
	if (!v->vm)
		kvmhot_reg.gone_refused += c.exits;
}

/**
 * kvmhot_vcpu_sums() - the sums of a vCPU since its last reset
 * @v: the vCPU
 * @s: filled in, but for EXITS
 *
 * Context: sleeps.  May be called from a file in the VM's directory.
 */
void kvmhot_vcpu_sums(struct kvmhot_vcpu *v, struct kvmhot_sums *s)
{
	u64 over = 0, unknown;
	unsigned int i;

	mutex_lock(&kvmhot_reset_lock);
	kvmhot_snap_sums(v, s);
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
	mutex_unlock(&kvmhot_reset_lock);
	/*
	 * The reset took a stage for going on that was not: it turned out to be
	 * unknown, or a fast path's handle, or, within the time between two
	 * CPUs' edges, had just ended; then the reset was that much earlier.
	 */
	unknown = min(over, s->sum[KVMHOT_UNKNOWN]);
	s->sum[KVMHOT_UNKNOWN] -= unknown;
	s->since -= over - unknown;
}

/* Has no edge read the events that are there now? */
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

/**
 * kvmhot_vcpu_counts() - the counts of a vCPU since its last reset
 * @v: the vCPU
 * @c: filled in, but for @exits
 *
 * Context: sleeps.  May be called from a file in the VM's directory.
 */
void kvmhot_vcpu_counts(struct kvmhot_vcpu *v, struct kvmhot_counts *c)
{
	const struct kvmhot_pmu *p;
	struct kvmhot_look look;
	unsigned int stage, i;

	mutex_lock(&kvmhot_reset_lock);
	p = v->pmu;
	c->gen = v->gen;
	c->list = p ? p->list : 0;
	if (!p)
		goto out;
	do {
		kvmhot_look_begin(v, &look);
		kvmhot_snap_stages(p, c->stage);
		memcpy(c->state, p->state, sizeof(c->state));
		memcpy(c->err, p->err, sizeof(c->err));
	} while (kvmhot_look_retry(v, &look));
	c->waiting = is_waiting(p);
	for (stage = 0; stage < KVMHOT_NR_STAGES; stage++) {
		c->stage[stage].tsc -= p->base[stage].tsc;
		for (i = 0; i < KVMHOT_MAX_EVENTS; i++)
			c->stage[stage].event[i] -= p->base[stage].event[i];
	}
out:
	mutex_unlock(&kvmhot_reset_lock);
}

static void add_vcpu(struct kvmhot_totals *t, struct kvmhot_vcpu *v)
{
	struct counts c;

	count_cells(v, &c);
	add_sums(v, &c, t->sum);
	if (v->vm)
		t->lost += c.lost;
	else
		t->refused += c.exits;
	cond_resched();
}

/**
 * kvmhot_vm_show_coverage() - the rows of the VMs in status
 * @m: where to
 */
void kvmhot_vm_show_coverage(struct seq_file *m)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	u64 exits, kvm;

	mutex_lock(&kvmhot_reg.lock);
	list_for_each_entry(vm, &kvmhot_reg.vms, list) {
		exits = 0;
		kvm = 0;
		list_for_each_entry(v, &vm->vcpus, siblings) {
			kvm += kvmhot_snap_kvm_exits(v);
			exits += kvmhot_vcpu_exits(v);
		}
		seq_printf(m, "vm\t%s\t%llu\t%llu\n", vm->name, exits, kvm);
	}
	mutex_unlock(&kvmhot_reg.lock);
}

/**
 * kvmhot_vm_totals() - the registry in numbers
 * @t: filled in
 *
 * Context: sleeps.
 */
void kvmhot_vm_totals(struct kvmhot_totals *t)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	int cpu;

	memset(t, 0, sizeof(*t));
	mutex_lock(&kvmhot_reg.lock);
	t->vms = kvmhot_reg.nr_running;
	t->vms_ended = kvmhot_reg.nr_ended;
	t->generation = kvmhot_reg.generation;
	t->memory_bytes = kvmhot_pool_bytes();
	t->refused = kvmhot_reg.gone_refused;
	memcpy(t->sum, kvmhot_reg.gone_sum, sizeof(t->sum));
	t->forgotten_vms = kvmhot_reg.forgotten_vms;
	t->forgotten_exits = kvmhot_reg.forgotten_exits;
	for_each_possible_cpu(cpu) {
		t->refused += *per_cpu_ptr(&kvmhot_unseen, cpu);
		t->misfits += *per_cpu_ptr(&kvmhot_misfits, cpu);
		t->dropped_spans += *per_cpu_ptr(&kvmhot_dropped_spans, cpu);
		t->dropped_counts += *per_cpu_ptr(&kvmhot_dropped_counts, cpu);
	}
	list_for_each_entry(vm, &kvmhot_reg.vms, list) {
		if (!vm->ended)
			t->vcpus += vm->nr_vcpus;
		list_for_each_entry(v, &vm->vcpus, siblings)
			add_vcpu(t, v);
	}
	list_for_each_entry(v, &kvmhot_reg.refused, siblings)
		add_vcpu(t, v);
	t->exits = t->sum[KVMHOT_EXITS];
	t->dropped = t->sum[KVMHOT_DROPPED] + t->refused;
	mutex_unlock(&kvmhot_reg.lock);
}
