// SPDX-License-Identifier: GPL-2.0
/*
 * Resets the counts of one VM, or of all VMs.
 *
 * Process context; may sleep.  Writers of files call these functions.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/string.h>

#include "control/registry.h"
#include "control/reset.h"
#include "control/work.h"
#include "hot/cell.h"
#include "hot/kick.h"
#include "hot/pmu.h"
#include "read/clock.h"
#include "read/look.h"
#include "read/since.h"
#include "read/snap.h"

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
 * kvmhot_reset_vm() - reset the counts of a VM
 * @vm: the VM
 *
 * Of a vCPU's figures, writes only its generation, and takes its cells off the quick way.
 * The vCPU's thread clears a cell when it next touches it, and readers ignore cells of
 * older generations.
 *
 * Context: sleeps.  Files in the VM's directory may call it.
 *
 * Return: 0, or an errno of kvmhot_look_again(); after an error only some vCPUs were
 * reset.
 */
int kvmhot_reset_vm(struct kvmhot_vm *vm)
{
	struct kvmhot_sums s;
	struct kvmhot_vcpu *v;
	unsigned int i;
	int err = 0;

	mutex_lock(&kvmhot_since_lock);
	list_for_each_entry_rcu(v, &vm->vcpus, siblings, true) {
		err = kvmhot_snap_sums(v, &s) ?: reset_counts(v);
		if (err)
			goto out;
		memcpy(v->base, s.sum, sizeof(v->base));
		v->since = s.now;
		/* Pairs with READ_ONCE in cell_update_gen(). */
		WRITE_ONCE(v->gen, v->gen + 1);
		/* Pairs with smp_mb() in kvmhot_cell_allow(). */
		smp_mb();
		for (i = 0; i < KVMHOT_QUICK_PLACES; i++)
			WRITE_ONCE(v->quick_cell[i], &kvmhot_cell_none);
	}
	WRITE_ONCE(vm->since, kvmhot_clock());
	if (READ_ONCE(vm->ended)) {
		vm->forget = true;
		kvmhot_kick();
	}
out:
	mutex_unlock(&kvmhot_since_lock);
	return err;
}

/**
 * kvmhot_reset() - reset the counts of a VM, or of all
 * @name: the VM's name; NULL for all VMs
 *
 * Context: sleeps.  Files in a VM's directory must not call it.
 *
 * Return: 0; -ENOENT if no VM has that name; or an errno of kvmhot_reset_vm(), and then
 * only some VMs were reset.
 */
int kvmhot_reset(const char *name)
{
	struct kvmhot_vm *vm;
	int err = 0;

	/* Have new vCPUs linked to their VMs, so that none is left out. */
	kvmhot_work_flush();
	mutex_lock(&kvmhot_registry.lock);
	if (name) {
		vm = kvmhot_registry_find(name);
		if (vm)
			err = kvmhot_reset_vm(vm);
		else
			err = -ENOENT;
	} else {
		list_for_each_entry(vm, &kvmhot_registry.vms, list)
			err = err ?: kvmhot_reset_vm(vm);
		kvmhot_registry.generation += !err;
	}
	mutex_unlock(&kvmhot_registry.lock);
	/* Ended VMs must be gone when the write returns. */
	kvmhot_work_flush();
	return err;
}
