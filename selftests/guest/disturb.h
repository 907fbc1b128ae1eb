/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What disturbs vCPUs from outside: ioctls of another thread, signals, timers.
 */
#ifndef KVMHOT_DISTURB_H
#define KVMHOT_DISTURB_H

#include "vmm.h"

/* Before anything else */
void disturb_init(void);

/* Of a vCPU's thread: make it one that can be disturbed; it is done */
void disturb_this(struct vm *vm);
void disturb_done(void);

/* A signal to this thread, once, MS milliseconds from now */
void disturb_after(__u64 ms);

/* Start the threads that do it; and wait for them, while the vCPUs' threads
 * still may be signalled.
 */
void disturb(struct vm *vm);
void disturb_end(void);

#endif /* KVMHOT_DISTURB_H */
