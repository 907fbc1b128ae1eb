// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the account of memory, within its bound.
 *
 * Only the worker writes here, or what runs when there is no worker.
 */
#include <linux/slab.h>

#include "control/account.h"
#include "param.h"

static u64 memory_bytes;

/**
 * kvmhot_account_take() - put memory on the account
 * @bytes: size of it
 *
 * Return: false if it is beyond the bound, and must not be taken.
 */
bool kvmhot_account_take(u64 bytes)
{
	if (memory_bytes + bytes > (u64)kvmhot_param_max_memory_kb * 1024)
		return false;
	WRITE_ONCE(memory_bytes, memory_bytes + bytes);
	return true;
}

/**
 * kvmhot_account_put() - take memory off the account
 * @bytes: size of it
 */
void kvmhot_account_put(u64 bytes)
{
	WRITE_ONCE(memory_bytes, memory_bytes - bytes);
}

/**
 * kvmhot_account_alloc() - memory that is on the account
 * @bytes: size of it
 *
 * Context: sleeps.
 *
 * Return: the memory, zeroed, for kfree() and kvmhot_account_put(); NULL without it.
 */
void *kvmhot_account_alloc(size_t bytes)
{
	void *memory;

	if (!kvmhot_account_take(bytes))
		return NULL;
	memory = kzalloc(bytes, GFP_KERNEL);
	if (!memory)
		kvmhot_account_put(bytes);
	return memory;
}

/**
 * kvmhot_account_bytes() - memory on the account
 *
 * Return: bytes.
 */
u64 kvmhot_account_bytes(void)
{
	return READ_ONCE(memory_bytes);
}
