// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for the worker.  The files below the worker know only this of it.
 *
 * Process context; may sleep.
 */
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "control/work.h"
#include "hot/kick.h"

/**
 * kvmhot_work_init() - set the worker's function
 * @func: the function; set before the first kvmhot_kick()
 */
void kvmhot_work_init(work_func_t func)
{
	INIT_WORK(&kvmhot_kick_work, func);
}

/**
 * kvmhot_work_flush() - wait until the worker has done all that it was asked for so far
 *
 * Context: sleeps.
 */
void kvmhot_work_flush(void)
{
	irq_work_sync(&kvmhot_kick_irq);
	flush_work(&kvmhot_kick_work);
}
