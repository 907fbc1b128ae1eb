// SPDX-License-Identifier: GPL-2.0
/*
 * Wakes the worker from where no lock may be taken.
 *
 * sched_switch is hit with the run queue's lock held.  Queueing work may wake a
 * worker thread, which takes that lock: the CPU would wait for itself for ever.
 * So a kick only raises an interrupt of this CPU, which queues the work as soon as
 * interrupts are on again, or, if the guest is entered before, makes it exit.
 */
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "hot/kick.h"

struct work_struct kvmhot_kick_work;
LLIST_HEAD(kvmhot_kick_notices);
LLIST_HEAD(kvmhot_kick_refill);

/* A hard interrupt: nothing that was interrupted holds a lock of the scheduler. */
static void queue_kick_work(struct irq_work *unused)
{
	queue_work(system_unbound_wq, &kvmhot_kick_work);
}

struct irq_work kvmhot_kick_irq = KVMHOT_COMPAT_HARD_IRQ_WORK(queue_kick_work);

/**
 * kvmhot_kick() - have the worker look for something to do
 *
 * Context: any; takes no lock.
 */
void kvmhot_kick(void)
{
	irq_work_queue(&kvmhot_kick_irq);
}
