// SPDX-License-Identifier: GPL-2.0
/* Whoever restarts a VM to compare has another PID, but the same name. */
#include <string.h>

#include "twins.h"

static const struct vm *find_only(const struct snapshot *s, const char *name)
{
	const struct vm *vm, *found = NULL;

	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++) {
		if (strcmp(vm->name, name))
			continue;
		if (found)
			return NULL;
		found = vm;
	}
	return found;
}

const struct vm *twins_find(const struct snapshot *own,
			    const struct snapshot *other, const struct vm *vm)
{
	const struct vm *twin = source_find(other, vm->id, ALL_VCPUS);

	if (twin)
		return twin;
	twin = find_only(other, vm->name);
	/* Not one that is another VM's own twin. */
	if (!twin || source_find(own, twin->id, ALL_VCPUS) ||
	    !find_only(own, vm->name))
		return NULL;
	return twin;
}
