/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has the worker do what probes must not.
 */
#ifndef KVMHOT_KICK_H
#define KVMHOT_KICK_H

#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/workqueue.h>

/* The worker's; kvmhot_work_init() says what it does. */
extern struct work_struct kvmhot_kick_work;
extern struct irq_work kvmhot_kick_irq;

/* struct kvmhot_notice, and records that want a page; for the worker */
extern struct llist_head kvmhot_kick_notices, kvmhot_kick_refill;

void kvmhot_kick(void);

#endif /* KVMHOT_KICK_H */
