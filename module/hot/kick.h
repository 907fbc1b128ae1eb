/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Passes on to the worker what probes must not do.
 */
#ifndef KVMHOT_KICK_H
#define KVMHOT_KICK_H

#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/workqueue.h>

/* The worker; kvmhot_work_init() sets its function. */
extern struct work_struct kvmhot_kick_work;
extern struct irq_work kvmhot_kick_irq;

/* Lists for the worker: of struct kvmhot_notice, and of records that want a page. */
extern struct llist_head kvmhot_kick_notices, kvmhot_kick_refill;

void kvmhot_kick(void);

#endif /* KVMHOT_KICK_H */
