// SPDX-License-Identifier: GPL-2.0
/*
 * Does what probes must not do: links new vCPUs to VMs, ends and removes VMs, and gets
 * memory.
 *
 * Process context; may sleep.  This is the worker: one work item, so one run at a time.
 * Probes tell it what they have seen by notices, in order of time.  KVM frees a VM only
 * after all its vCPUs were reported gone.  So reports of a new VM at the same address
 * come later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/llist.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>

#include "control/counting.h"
#include "control/free.h"
#include "control/gone.h"
#include "control/owner.h"
#include "control/perf.h"
#include "control/pool.h"
#include "control/reach.h"
#include "control/registry.h"
#include "control/vm.h"
#include "control/work.h"
#include "control/worker.h"
#include "hot/cell.h"
#include "hot/kick.h"
#include "hot/quick.h"
#include "hot/seq.h"
#include "hot/switches.h"
#include "hot/vcpu.h"
#include "param.h"
#include "read/clock.h"

/* Time between two looks for changes that nothing tells the worker. */
#define PAUSE		(5 * HZ)
#define PAUSE_SHORT	HZ

static bool stopped;	/* the module goes: do not look again */

static void kick(struct work_struct *unused)
{
	kvmhot_kick();
}

static DECLARE_DELAYED_WORK(look_work, kick);

/* Give a vCPU a page that it was denied before; ended VMs make place. */
static void retry_page(struct kvmhot_vcpu *v)
{
	while (v->page_denied && READ_ONCE(v->vcpu)) {
		kvmhot_pool_add_page(v);
		if (!v->page_denied ||
		    !kvmhot_owner_may(v->owner, KVMHOT_SHARE_BYTES) ||
		    !kvmhot_vm_make_place(KVMHOT_MAX_MEMORY))
			return;
	}
}

static void retry_pages(void)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			retry_page(v);
}

/* Return: false if there is no place for its VM: the vCPU is refused then. */
static bool vcpu_link(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm = NULL;

	if (v->owner || kvmhot_owner_add_vcpu(v))
		vm = kvmhot_vm_of(v);
	mutex_lock(&kvmhot_registry.lock);
	list_del_init(&v->siblings);
	v->vm = vm;
	if (vm) {
		/* Pairs with list_for_each_entry_rcu() in the VM's files. */
		list_add_tail_rcu(&v->siblings, &vm->vcpus);
		vm->nr_vcpus++;
		vm->nr_live++;
	} else {
		list_add(&v->siblings, &kvmhot_registry.refused);
	}
	mutex_unlock(&kvmhot_registry.lock);
	return vm;
}

/* vcpu_link() may set @link_again once more; the worker then runs again soon. */
static void link_refused(void)
{
	struct kvmhot_vcpu *v, *next;

	kvmhot_registry.link_again = false;
	list_for_each_entry_safe(v, next, &kvmhot_registry.refused, siblings)
		vcpu_link(v);
}

/* TSC of the last edge of a VM's vCPUs, which have all ended. */
static u64 last_edge(const struct kvmhot_vm *vm)
{
	struct kvmhot_vcpu *v;
	u64 last = 0;

	list_for_each_entry(v, &vm->vcpus, siblings)
		last = max(last, kvmhot_clock_at(v->last));
	return last;
}

/* Release a vCPU that is gone: no probe uses its record any more. */
static void vcpu_release(struct kvmhot_vcpu *v)
{
	struct kvmhot_vm *vm = v->vm;
	u32 n;

	kvmhot_reach_unhash(v);
	kvmhot_perf_release(v);
	/* If an exit is open, its end was missed: nothing runs the vCPU. */
	preempt_disable();	/* readers wait while the seq is odd */
	kvmhot_settle(v);
	n = kvmhot_seq_begin(&v->seq);
	kvmhot_cell_lose(v);
	kvmhot_seq_end(&v->seq, n);
	preempt_enable();
	mmdrop(v->mm);
	WRITE_ONCE(v->mm, NULL);
	if (vm) {
		vm->nr_live--;
		if (!vm->ended && !v->sum[KVMHOT_ENDS])
			kvmhot_vm_lost(vm);
		else if (!vm->ended && !vm->nr_live)
			kvmhot_vm_end(vm, last_edge(vm));
		/* The VM can make place now, if it has ended. */
		kvmhot_registry.link_again = true;
	} else {
		mutex_lock(&kvmhot_registry.lock);
		kvmhot_free_vcpu(v);
		kvmhot_registry_keep(v);
		mutex_unlock(&kvmhot_registry.lock);
	}
	kvmhot_owner_remove_vcpu(v);
}

/*
 * Has a vCPU gone whose end was not seen?  Then a thread may still be in a probe with its
 * record: the thread of another VM's vCPU at the same address.
 */
static bool is_end_missed(struct llist_node *notices)
{
	struct kvmhot_notice *n;

	llist_for_each_entry(n, notices, node)
		if (n->gone && !n->vcpu->sum[KVMHOT_ENDS])
			return true;
	return false;
}

static void handle_notices(struct llist_node *notices)
{
	struct kvmhot_notice *n, *next;
	unsigned int nr_refused = 0;

	/* vcpu_release() writes to the record, so no probe may. */
	if (is_end_missed(notices))
		kvmhot_free_wait();
	llist_for_each_entry_safe(n, next, llist_reverse_order(notices), node) {
		if (n->gone)
			vcpu_release(n->vcpu);
		else
			nr_refused += !vcpu_link(n->vcpu);
	}
	if (nr_refused)
		pr_warn_ratelimited("no place for %u vCPUs of further VMs: max_vms=%u, max_memory_kb=%u, a VMM's share is max_share=%u %%, or no memory; their exits are dropped, and counted as such\n",
				    nr_refused, kvmhot_param_max_vms,
				    kvmhot_param_max_memory_kb, kvmhot_param_max_share);
}

/* Tell once: this does not change while this kernel's KVM is loaded. */
static void tell_misfits(void)
{
	u64 misfits = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		misfits += *per_cpu_ptr(&kvmhot_vcpu_nr_misfits, cpu);
	if (misfits)
		pr_err_once("this KVM's tracepoints do not pass the vCPU that runs, or its structures differ from the headers that kvmhot was built with: exits of such a vCPU are not counted (status: misfits)\n");
}

static void look(void)
{
	bool all_shown, quick;

	if (delayed_work_pending(&look_work) || READ_ONCE(stopped))
		return;
	all_shown = kvmhot_vm_retry_dirs();
	if (all_shown && !kvmhot_registry.nr_running &&
	    list_empty(&kvmhot_registry.refused))
		return;
	kvmhot_gone_look();
	quick = !all_shown || kvmhot_registry.link_again ||
		!READ_ONCE(kvmhot_switches.sees_ends);
	queue_delayed_work(system_unbound_wq, &look_work,
			   quick ? PAUSE_SHORT : PAUSE);
}

static void work(struct work_struct *unused)
{
	struct llist_node *notices = llist_del_all(&kvmhot_kick_notices);
	struct kvmhot_vm *vm, *vnext;
	enum kvmhot_bound bound;

	kvmhot_pool_refill();
	while (!kvmhot_pool_fill(&bound) && kvmhot_pool_empty())
		if (!kvmhot_vm_make_place(bound))
			break;
	handle_notices(notices);

	list_for_each_entry_safe(vm, vnext, &kvmhot_registry.vms, list)
		if (vm->forget && kvmhot_vm_is_removable(vm))
			kvmhot_vm_remove(vm, KVMHOT_NO_BOUND);
	while (kvmhot_registry.nr_ended > kvmhot_param_max_ended && kvmhot_vm_oldest_ended())
		kvmhot_vm_remove(kvmhot_vm_oldest_ended(), KVMHOT_MAX_ENDED);
	if (kvmhot_registry.link_again)
		link_refused();
	kvmhot_perf_work();
	kvmhot_free_removed();
	retry_pages();
	kvmhot_owner_update();
	tell_misfits();
	look();
	/* Fill the pool again: memory was freed, and records were taken meanwhile. */
	WRITE_ONCE(kvmhot_switches.is_full, !kvmhot_pool_fill(&bound) && !kvmhot_vm_oldest_ended());
	if (!kvmhot_registry.nr_running && list_empty(&kvmhot_registry.refused))
		kvmhot_counting_no_vms();
}

/**
 * kvmhot_worker_init() - get ready for the first vCPU
 * @create_dir: as for kvmhot_vm_init()
 */
void kvmhot_worker_init(struct dentry *(*create_dir)(struct kvmhot_vm *vm))
{
	enum kvmhot_bound unused;

	kvmhot_vm_init(create_dir);
	kvmhot_work_init(work);
	kvmhot_pool_fill(&unused);
}

/**
 * kvmhot_worker_exit() - free everything
 *
 * Context: no probe is in place any more.
 */
void kvmhot_worker_exit(void)
{
	struct kvmhot_vm *vm, *next;

	WRITE_ONCE(stopped, true);
	kvmhot_work_flush();
	cancel_delayed_work_sync(&look_work);
	/* The worker may have given itself more to do. */
	do
		kvmhot_work_flush();
	while (!llist_empty(&kvmhot_kick_notices));
	kvmhot_perf_exit();
	list_for_each_entry_safe(vm, next, &kvmhot_registry.vms, list)
		kvmhot_vm_remove(vm, KVMHOT_NO_BOUND);
	kvmhot_free_removed();
	kvmhot_free_vcpus(&kvmhot_registry.refused);
	kvmhot_pool_drain();
}
