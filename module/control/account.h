/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps the account of memory.
 */
#ifndef KVMHOT_ACCOUNT_H
#define KVMHOT_ACCOUNT_H

#include <linux/types.h>

/* Only the worker calls these; anyone may call bytes. */
bool kvmhot_account_take(u64 bytes);
void kvmhot_account_put(u64 bytes);
void *kvmhot_account_alloc(size_t bytes);
u64 kvmhot_account_bytes(void);

#endif /* KVMHOT_ACCOUNT_H */
