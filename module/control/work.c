// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for the worker, of which the files below it know no more than this.
 *
 * Process context; may sleep.
 */
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "control/work.h"
#include "hot/kick.h"

/**
 * kvmhot_work_init() - say what the worker does
 * @func: that; before the first kvmhot_kick()
 */
void kvmhot_work_init(work_func_t func)
{
	INIT_WORK(&kvmhot_kick_work, func);
}

/**
 * kvmhot_work_flush() - wait until the worker has done what was asked for so far
 *
 * Context: sleeps.
 */
void kvmhot_work_flush(void)
{
	irq_work_sync(&kvmhot_kick_irq);
	flush_work(&kvmhot_kick_work);
}
