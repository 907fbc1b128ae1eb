// SPDX-License-Identifier: GPL-2.0
/* Whoever restarts a VM to compare has another PID, but the same name. */
#include <string.h>

#include "twins.h"

/* That which runs under this name, if only one does */
static const struct vm *find_running(const struct snapshot *s, const char *name)
{
	const struct vm *vm, *found = NULL;

	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		if (!vm->running || strcmp(vm->name, name))
			continue;
		if (found)
			return NULL;
		found = vm;
	}
	return found;
}

const struct vm *twins_successor(const struct snapshot *s, const struct vm *vm)
{
	return vm->running ? NULL : find_running(s, vm->name);
}

const struct vm *twins_after(const struct snapshot *second, const struct vm *vm)
{
	const struct vm *same = source_find(second, vm->id, ALL_VCPUS), *next;

	if (!same)
		return find_running(second, vm->name);
	next = twins_successor(second, same);
	return next ? next : same;
}

const struct vm *twins_before(const struct snapshot *first,
			      const struct snapshot *second,
			      const struct vm *vm)
{
	const struct vm *then = source_find(first, vm->id, ALL_VCPUS);

	if (!then)
		then = find_running(first, vm->name);
	/* Each is one's only. */
	return then && twins_after(second, then) == vm ? then : NULL;
}
