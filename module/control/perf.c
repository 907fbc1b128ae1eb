// SPDX-License-Identifier: GPL-2.0
/*
 * Makes and releases the perf events of vCPUs.
 *
 * Process context; may sleep.  The worker calls these functions, unless stated
 * otherwise.  perf's own functions sleep, so no probe may call anything here.  Probes
 * find the events by &kvmhot_vcpu.pmu and &kvmhot_pmu.perf.  These are freed only after
 * a grace period.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/perf_event.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "control/account.h"
#include "control/event.h"
#include "control/events.h"
#include "control/perf.h"
#include "control/reach.h"
#include "control/registry.h"
#include "control/work.h"
#include "hot/kick.h"
#include "hot/pmu.h"
#include "hot/switches.h"
#include "read/since.h"

/* Remake events at most this often: threads may take a vCPU over again and again. */
#define REMAKE_JIFFIES	(HZ / 10)

/* Used by the worker only. */
static struct kvmhot_event_list used;	/* list whose events are made */
static u32 last_serial;

static LLIST_HEAD(old_perfs);		/* events that release_work releases */

/* Only the worker changes the registry, so it needs no lock to look. */
static void all_vcpus(void (*act)(struct kvmhot_vcpu *v))
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			act(v);
}

static bool is_any_wanted(const struct kvmhot_event_list *list)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++)
		if (!list->event[i].err)
			return true;
	return false;
}

/* The thread that runs a vCPU, with a reference; NULL if it is gone. */
static struct task_struct *get_thread(const struct kvmhot_vcpu *v)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(READ_ONCE(v->tid), &init_pid_ns),
			PIDTYPE_PID);
	if (task && task == READ_ONCE(v->task))
		get_task_struct(task);
	else
		task = NULL;
	rcu_read_unlock();
	return task;
}

/* Find a thread's events: a thread that runs several vCPUs in turn has one set. */
static struct kvmhot_perf *find_perf(const struct task_struct *task)
{
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list)
		list_for_each_entry(v, &vm->vcpus, siblings)
			if (v->pmu && v->pmu->perf &&
			    v->pmu->perf->task == task)
				return v->pmu->perf;
	return NULL;
}

/* Return: false without memory; some events are missing then. */
static bool make_events(struct kvmhot_perf *perf)
{
	struct perf_event *event;
	unsigned int i;

	for (i = 0; i < used.nr; i++) {
		perf->err[i] = used.event[i].err;
		if (perf->err[i])
			continue;
		event = kvmhot_event_create(&used.event[i], perf->task);
		perf->err[i] = PTR_ERR_OR_ZERO(event);
		if (perf->err[i] == -ENOMEM)
			return false;
		if (!perf->err[i])
			perf->event[i] = event;
	}
	return true;
}

static void release_perf(struct kvmhot_perf *perf)
{
	unsigned int i;

	for (i = 0; i < KVMHOT_MAX_EVENTS; i++)
		if (perf->event[i])
			perf_event_release_kernel(perf->event[i]);
	put_task_struct(perf->task);
	kfree(perf);
}

/*
 * Return: NULL if the vCPU's thread is gone: the next change of thread asks again.  NULL
 * also without memory: then @v->pmu_denied is set.
 */
static struct kvmhot_perf *make_perf(struct kvmhot_vcpu *v)
{
	struct task_struct *task = get_thread(v);
	struct kvmhot_perf *perf;

	WRITE_ONCE(v->pmu_denied, false);
	if (!task)
		return NULL;
	perf = find_perf(task);
	if (perf) {
		perf->users++;
		put_task_struct(task);
		return perf;
	}
	perf = kzalloc(sizeof(*perf), GFP_KERNEL);
	if (!perf) {
		put_task_struct(task);
		WRITE_ONCE(v->pmu_denied, true);
		return NULL;
	}
	perf->users = 1;
	perf->task = task;
	perf->serial = ++last_serial ?: ++last_serial;
	if (make_events(perf))
		return perf;
	release_perf(perf);
	WRITE_ONCE(v->pmu_denied, true);
	return NULL;
}

/*
 * Release events that probes no longer find.  This is work of its own, so that new vCPUs
 * do not have to wait for its grace period.
 */
static void release(struct work_struct *unused)
{
	struct llist_node *perfs = llist_del_all(&old_perfs);
	struct kvmhot_perf *perf, *next;

	if (!perfs)
		return;
	synchronize_rcu();
	llist_for_each_entry_safe(perf, next, perfs, node)
		release_perf(perf);
}

static DECLARE_WORK(release_work, release);

static void set_perf(struct kvmhot_pmu *p, struct kvmhot_perf *perf)
{
	struct kvmhot_perf *old = p->perf;

	/* Pairs with the acquires in pmu.c, and READ_ONCE in is_waiting(). */
	smp_store_release(&p->perf, perf);
	if (!old || --old->users)
		return;
	llist_add(&old->node, &old_perfs);
	queue_work(system_unbound_wq, &release_work);
}

/**
 * kvmhot_perf_release() - release the events of a vCPU, and keep its counts
 * @v: the vCPU
 *
 * Context: worker.  The hooks are not in place, or the vCPU has been retired.  Only the
 * end of its VM may still be an edge.
 */
void kvmhot_perf_release(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = v->pmu;

	WRITE_ONCE(v->pmu_denied, false);
	if (!p)
		return;
	set_perf(p, NULL);
	/* What was counted so far must not go into later exits. */
	p->whole = false;
}

/* Take the counts from a vCPU.  drop_all() frees them a grace period later. */
static struct kvmhot_pmu *take_pmu(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = v->pmu;

	WRITE_ONCE(v->pmu_denied, false);
	if (!p)
		return NULL;
	set_perf(p, NULL);
	mutex_lock(&kvmhot_since_lock);
	WRITE_ONCE(v->pmu, NULL);
	mutex_unlock(&kvmhot_since_lock);
	return p;
}

/*
 * Drop the events of all vCPUs.  They must be off the PMU before the next list's events
 * come.  Otherwise the new events find no place on the PMU and, as they are pinned, never
 * will.
 */
static void drop_all(void)
{
	struct kvmhot_pmu *pmus = NULL, *p;
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;

	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		list_for_each_entry(v, &vm->vcpus, siblings) {
			p = take_pmu(v);
			if (!p)
				continue;
			p->next = pmus;
			pmus = p;
		}
	}
	flush_work(&release_work);
	if (!pmus)
		return;
	synchronize_rcu();
	while ((p = pmus)) {
		pmus = p->next;
		kvmhot_account_put(sizeof(*p));
		kfree(p);
	}
}

static struct kvmhot_pmu *new_pmu(void)
{
	struct kvmhot_pmu *p = kvmhot_account_alloc(sizeof(*p));

	if (!p)
		return NULL;
	p->list = used.number;
	p->nr = used.nr;
	p->made = jiffies - REMAKE_JIFFIES;
	return p;
}

static void make_pmu(struct kvmhot_vcpu *v)
{
	struct kvmhot_pmu *p = new_pmu();

	WRITE_ONCE(v->pmu_denied, !p);
	if (!p)
		return;
	mutex_lock(&kvmhot_since_lock);
	/* Pairs with READ_ONCE in pmu.c, where all loads depend on the value. */
	smp_store_release(&v->pmu, p);
	mutex_unlock(&kvmhot_since_lock);
}

static void kick(struct work_struct *unused)
{
	kvmhot_kick();
}

static DECLARE_DELAYED_WORK(later_work, kick);

static void try_later(unsigned long delay)
{
	queue_delayed_work(system_unbound_wq, &later_work, delay);
}

/* Give a vCPU its events. */
static void serve(struct kvmhot_vcpu *v)
{
	const struct kvmhot_perf *perf;

	if (!READ_ONCE(v->vcpu) || !READ_ONCE(v->task))
		return;
	/* First do what waits for the worker; this function runs again after it. */
	if (!llist_empty(&kvmhot_kick_notices) || !llist_empty(&kvmhot_kick_refill))
		return;
	if (!v->pmu)
		make_pmu(v);
	if (!v->pmu) {
		try_later(HZ);
		return;
	}
	perf = v->pmu->perf;
	if (perf && perf->task == READ_ONCE(v->task))
		return;
	if (time_before(jiffies, v->pmu->made + REMAKE_JIFFIES)) {
		try_later(REMAKE_JIFFIES);
		return;
	}
	v->pmu->made = jiffies;
	set_perf(v->pmu, make_perf(v));
	if (v->pmu_denied)
		try_later(HZ);
}

/* Turn the events on, and have vCPUs begin the quick way again, with events. */
static void start_reading(void)
{
	static_branch_enable(&kvmhot_pmu_on);
	/* See kvmhot_reach_close_quick(). */
	synchronize_rcu();
	kvmhot_reach_close_quick();
	synchronize_rcu();
}

/**
 * kvmhot_perf_work() - make and release events
 *
 * To be called after vCPUs have come or gone, after a vCPU's thread or the list has
 * changed, and after kvmhot was enabled or disabled.
 *
 * Context: worker.
 */
void kvmhot_perf_work(void)
{
	u32 number = used.number;

	if (kvmhot_events_number() != number) {
		drop_all();
		kvmhot_events_get(&used);
	}
	if (is_any_wanted(&used) && READ_ONCE(kvmhot_switches.wanted.enabled)) {
		/* Turn on first: no edge may count from an edge that read nothing. */
		if (!static_key_enabled(&kvmhot_pmu_on))
			start_reading();
		all_vcpus(serve);
		return;
	}
	/* While the key is off, no vCPU has events. */
	if (!static_key_enabled(&kvmhot_pmu_on))
		return;
	all_vcpus(kvmhot_perf_release);
	/* If the list is still wanted, counts in logs are yet to be added: stay on. */
	if (!is_any_wanted(&used))
		static_branch_disable(&kvmhot_pmu_on);
}

/**
 * kvmhot_perf_flush() - wait until unwanted events are released
 *
 * Context: sleeps.
 */
void kvmhot_perf_flush(void)
{
	kvmhot_kick();
	kvmhot_work_flush();
	flush_work(&release_work);
}

/**
 * kvmhot_perf_exit() - release all events
 *
 * Context: sleeps.  No probe is in place.
 */
void kvmhot_perf_exit(void)
{
	cancel_delayed_work_sync(&later_work);
	kvmhot_work_flush();
	drop_all();
	static_branch_disable(&kvmhot_pmu_on);
}
