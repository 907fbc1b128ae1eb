// SPDX-License-Identifier: GPL-2.0
/*
 * Wakes the worker from contexts in which no lock may be taken.
 *
 * sched_switch is hit with the run queue's lock held.  Queueing work may wake a thread,
 * which takes that lock: the CPU would wait for itself for ever.  So kvmhot_kick() only
 * raises an interrupt on this CPU.  The interrupt queues the work as soon as interrupts
 * are on again; if the guest is entered before, it makes the guest exit.
 */
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "hot/kick.h"

struct work_struct kvmhot_kick_work;
LLIST_HEAD(kvmhot_kick_notices);
LLIST_HEAD(kvmhot_kick_refill);

/* Runs in hard interrupt context: the interrupted code holds no scheduler lock. */
static void queue_kick_work(struct irq_work *unused)
{
	queue_work(system_unbound_wq, &kvmhot_kick_work);
}

struct irq_work kvmhot_kick_irq = KVMHOT_COMPAT_HARD_IRQ_WORK(queue_kick_work);

/**
 * kvmhot_kick() - make the worker run
 *
 * Context: any; takes no lock.
 */
void kvmhot_kick(void)
{
	irq_work_queue(&kvmhot_kick_irq);
}
