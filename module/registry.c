// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to, and asked of, all VMs: reset, sums.
 *
 * Control path.  Lock order: kvmhot_reg.lock, then reset_lock.  The files in a
 * VM's directory may take only the latter: the worker waits for them.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "kvmhot.h"

static DEFINE_MUTEX(reset_lock);	/* one reset at a time */

/**
 * kvmhot_vm_reset_one() - start counting of a VM afresh
 * @vm: the VM
 *
 * Nothing of a vCPU is written here but its generation: its thread clears a
 * cell when it next touches it, and readers ignore cells of older generations.
 *
 * Context: sleeps.  May be called from a file in the VM's directory.
 */
void kvmhot_vm_reset_one(struct kvmhot_vm *vm)
{
	struct kvmhot_vcpu *v;
	unsigned int i;

	mutex_lock(&reset_lock);
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		for (i = 0; i < KVMHOT_NR_SUMS; i++)
			/* Pairs with the acquire in sum_of(). */
			smp_store_release(&v->base[i], READ_ONCE(v->sum[i]));
		/* Pairs with READ_ONCE in cell_update_gen(). */
		WRITE_ONCE(v->gen, v->gen + 1);
	}
	WRITE_ONCE(vm->since, rdtsc());
	if (READ_ONCE(vm->ended)) {
		vm->forget = true;
		kvmhot_work_kick();
	}
	mutex_unlock(&reset_lock);
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
	flush_work(&kvmhot_work);
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
	flush_work(&kvmhot_work);
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

	flush_work(&kvmhot_work);
	mutex_lock(&kvmhot_reg.lock);
	list_for_each_entry(vm, &kvmhot_reg.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			WRITE_ONCE(v->stage, KVMHOT_UNKNOWN);
	list_for_each_entry(v, &kvmhot_reg.refused, siblings)
		WRITE_ONCE(v->stage, KVMHOT_UNKNOWN);
	mutex_unlock(&kvmhot_reg.lock);
}

/**
 * kvmhot_vcpu_in_cells() - exits of a vCPU since first sight, but for dropped
 * @v: the vCPU
 *
 * Return: the number.
 */
u64 kvmhot_vcpu_in_cells(struct kvmhot_vcpu *v)
{
	u64 sum = 0;
	unsigned int nr;

	for (nr = 0; nr < KVMHOT_NR_REASONS; nr++)
		sum += kvmhot_cell_total(v, nr);
	return sum;
}

/**
 * kvmhot_vcpu_exits() - exits of a vCPU since first sight
 * @v: the vCPU
 *
 * Return: the number, those included that are in no cell.
 */
u64 kvmhot_vcpu_exits(struct kvmhot_vcpu *v)
{
	return kvmhot_vcpu_in_cells(v) + READ_ONCE(v->sum[KVMHOT_DROPPED]);
}

/**
 * kvmhot_vcpu_add_sums() - add up sums
 * @v: of this vCPU
 * @sum: to these
 */
void kvmhot_vcpu_add_sums(struct kvmhot_vcpu *v, u64 *sum)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_NR_SUMS; i++)
		sum[i] += READ_ONCE(v->sum[i]);
	sum[KVMHOT_EXITS] += kvmhot_vcpu_exits(v);
}

static void add_vcpu(struct kvmhot_totals *t, struct kvmhot_vcpu *v)
{
	unsigned int nr;

	kvmhot_vcpu_add_sums(v, t->sum);
	for (nr = 0; nr < KVMHOT_NR_REASONS; nr++)
		t->lost += kvmhot_cell_lost(v, nr);
	if (!v->vm)
		t->refused += kvmhot_vcpu_in_cells(v);
	cond_resched();
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
	for_each_possible_cpu(cpu)
		t->refused += *per_cpu_ptr(&kvmhot_unseen, cpu);
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
