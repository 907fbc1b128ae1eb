/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waits for the worker.
 */
#ifndef KVMHOT_WORK_H
#define KVMHOT_WORK_H

#include <linux/workqueue.h>

void kvmhot_work_init(work_func_t func);
void kvmhot_work_flush(void);

#endif /* KVMHOT_WORK_H */
