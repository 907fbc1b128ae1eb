// SPDX-License-Identifier: GPL-2.0
/*
 * Holds all VMs, and does what concerns all of them.
 *
 * Process context; may sleep.  Lock order: kvmhot_registry.lock, then kvmhot_since_lock.
 * The files in a VM's directory may take kvmhot_since_lock, but never
 * kvmhot_registry.lock: the worker waits for these files.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "control/account.h"
#include "control/registry.h"
#include "control/work.h"
#include "hot/out.h"
#include "hot/owner.h"
#include "hot/pmu.h"
#include "hot/quick.h"
#include "hot/span.h"
#include "hot/vcpu.h"
#include "read/reason.h"
#include "read/snap.h"

struct kvmhot_registry kvmhot_registry = {
	.lock = __MUTEX_INITIALIZER(kvmhot_registry.lock),
	.vms = LIST_HEAD_INIT(kvmhot_registry.vms),
	.refused = LIST_HEAD_INIT(kvmhot_registry.refused),
};

const char * const kvmhot_registry_bounds[KVMHOT_NR_BOUNDS] = {
	[KVMHOT_MAX_VMS]	= "max_vms",
	[KVMHOT_MAX_VCPUS]	= "max_vcpus",
	[KVMHOT_MAX_MEMORY]	= "max_memory_kb",
	[KVMHOT_MAX_ENDED]	= "max_ended",
};

/**
 * kvmhot_registry_find() - find a VM by name
 * @name: name of its directory
 *
 * Context: worker, or with the registry's lock held.
 *
 * Return: the VM; NULL if there is none.
 */
struct kvmhot_vm *kvmhot_registry_find(const char *name)
{
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		if (!strcmp(vm->name, name))
			return vm;
	return NULL;
}

/* Make the vCPU's stage unknown, on the quick way or off it. */
static void lose_track(struct kvmhot_vcpu *v)
{
	/* Pairs with READ_ONCE in kvmhot_quick_settle(). */
	WRITE_ONCE(v->lost_track, true);
	/* If the VM ends meanwhile, this may be no edge any more: harmless. */
	if (!kvmhot_is_quick(v))
		kvmhot_log_is(&v->log, KVMHOT_UNKNOWN);
}

/**
 * kvmhot_registry_lose_track() - make all stages unknown, as edges are no longer seen
 *
 * An exit that is open now will be lost when its end is seen, as the stage is not the one
 * that it must be in.
 *
 * Context: sleeps.  Only the probe of the end of VMs is in place, which copes with either
 * value of the stage.
 */
void kvmhot_registry_lose_track(void)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	kvmhot_work_flush();
	kvmhot_out_forget(true);
	mutex_lock(&kvmhot_registry.lock);
	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			lose_track(v);
	list_for_each_entry(v, &kvmhot_registry.refused, siblings)
		lose_track(v);
	mutex_unlock(&kvmhot_registry.lock);
}

/**
 * kvmhot_registry_is_tracking() - has any record a vCPU that may still end?
 *
 * Context: sleeps.  No hook is in place that sees new vCPUs.
 *
 * Return: true if so.
 */
bool kvmhot_registry_is_tracking(void)
{
	struct kvmhot_vm *vm;
	bool tracking;

	kvmhot_work_flush();
	mutex_lock(&kvmhot_registry.lock);
	tracking = !list_empty(&kvmhot_registry.refused);
	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		tracking |= vm->nr_live;
	mutex_unlock(&kvmhot_registry.lock);
	return tracking;
}

/* Return: 0, or an errno of kvmhot_look_again(). */
static int add_sums(struct kvmhot_vcpu *v, const struct kvmhot_exits *e, u64 *sum)
{
	struct kvmhot_sums s;
	unsigned int i;
	int err;

	err = kvmhot_snap_sums(v, &s);
	if (err)
		return err;
	for (i = 0; i < KVMHOT_NR_SUMS; i++)
		sum[i] += s.sum[i];
	sum[KVMHOT_EXITS] += e->total + READ_ONCE(v->sum[KVMHOT_DROPPED]);
	sum[KVMHOT_CLASSED] += e->classed;
	return 0;
}

/**
 * kvmhot_registry_keep() - keep the totals of a record that is to be freed
 * @v: the vCPU
 *
 * Context: the worker, with the registry's lock held.  Nothing writes to the record any
 * more, so reading it cannot fail.
 */
void kvmhot_registry_keep(struct kvmhot_vcpu *v)
{
	struct kvmhot_exits e;

	kvmhot_reason_all(v, &e);
	add_sums(v, &e, kvmhot_registry.gone_sum);
	if (!v->vm)
		kvmhot_registry.gone_refused += e.total;
	if (!v->vm && v->owner)
		atomic64_add(e.total + v->sum[KVMHOT_DROPPED], &v->owner->dropped);
}

/* Return: 0, or an errno of kvmhot_look_again(). */
static int add_vcpu(struct kvmhot_totals *t, struct kvmhot_vcpu *v)
{
	struct kvmhot_exits e;
	int err;

	err = kvmhot_reason_all(v, &e) ?: add_sums(v, &e, t->sum);
	if (v->vm)
		t->lost += e.lost;
	else
		t->refused += e.total;
	cond_resched();
	return err;
}

/**
 * kvmhot_registry_totals() - get the registry in numbers
 * @t: filled in
 *
 * Context: sleeps.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_registry_totals(struct kvmhot_totals *t)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	int cpu, err = 0;

	memset(t, 0, sizeof(*t));
	mutex_lock(&kvmhot_registry.lock);
	t->vms = kvmhot_registry.nr_running;
	t->vms_ended = kvmhot_registry.nr_ended;
	t->generation = kvmhot_registry.generation;
	t->memory_bytes = kvmhot_account_bytes();
	t->refused = kvmhot_registry.gone_refused;
	memcpy(t->sum, kvmhot_registry.gone_sum, sizeof(t->sum));
	memcpy(t->forgotten_vms, kvmhot_registry.forgotten_vms,
	       sizeof(t->forgotten_vms));
	t->forgotten_exits = kvmhot_registry.forgotten_exits;
	for_each_possible_cpu(cpu) {
		t->refused += *per_cpu_ptr(&kvmhot_vcpu_nr_unseen, cpu);
		t->misfits += *per_cpu_ptr(&kvmhot_vcpu_nr_misfits, cpu);
		t->dropped_spans += *per_cpu_ptr(&kvmhot_span_dropped, cpu);
		t->dropped_counts += *per_cpu_ptr(&kvmhot_pmu_dropped, cpu);
	}
	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		t->vms_hidden += !READ_ONCE(vm->dir);
		if (!vm->ended)
			t->vcpus += vm->nr_vcpus;
		list_for_each_entry(v, &vm->vcpus, siblings)
			err = err ?: add_vcpu(t, v);
	}
	list_for_each_entry(v, &kvmhot_registry.refused, siblings)
		err = err ?: add_vcpu(t, v);
	t->exits = t->sum[KVMHOT_EXITS];
	t->dropped = t->sum[KVMHOT_DROPPED] + t->refused;
	mutex_unlock(&kvmhot_registry.lock);
	return err;
}
