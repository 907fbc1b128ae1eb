// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the account of memory, within its bound.
 *
 * Process context; may sleep.  Only the worker changes the account, or code that runs
 * while there is no worker.
 */
#include <linux/slab.h>

#include "control/account.h"
#include "param.h"

static u64 memory_bytes;

/**
 * kvmhot_account_take() - put memory on the account
 * @bytes: size of the memory
 *
 * Return: false if the bound would be exceeded, and the memory must not be taken.
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
 * @bytes: size of the memory
 */
void kvmhot_account_put(u64 bytes)
{
	WRITE_ONCE(memory_bytes, memory_bytes - bytes);
}

/**
 * kvmhot_account_alloc() - allocate memory that is on the account
 * @bytes: size of the memory
 *
 * Context: sleeps.
 *
 * Return: zeroed memory, for kfree() and kvmhot_account_put(); NULL if there is none.
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
 * kvmhot_account_bytes() - how much memory is on the account
 *
 * Return: bytes.
 */
u64 kvmhot_account_bytes(void)
{
	return READ_ONCE(memory_bytes);
}
