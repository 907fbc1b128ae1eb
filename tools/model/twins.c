// SPDX-License-Identifier: GPL-2.0
/* Matches restarted VMs by name: the PID has changed. */
#include <string.h>

#include "model/twins.h"

/* The same VM, by the moment that it was first seen, or reset */
static const struct vm *find_since(const struct snapshot *s, const char *id,
				   const struct vm *like)
{
	const struct vm *vm = snapshot_find(s, id, like->vcpu);

	return vm && vm->since == like->since ? vm : NULL;
}

/* PID-FD of PID-FD.N */
static bool cut(char *base, size_t size, const char *id)
{
	size_t len = strcspn(id, ".");

	if (!id[len] || len >= size)
		return false;
	memcpy(base, id, len);
	base[len] = '\0';
	return true;
}

static bool is_of(const char *id, const char *base)
{
	size_t len = strlen(base);

	return !strncmp(id, base, len) && id[len] == '.';
}

const struct vm *twins_now(const struct snapshot *second, const struct vm *vm)
{
	const struct vm *same = snapshot_find(second, vm->id, vm->vcpu), *now;

	if (!same || same->since == vm->since)
		return same;
	for (now = second->vms; now < second->vms + second->nr_vms; now++)
		if (now->vcpu == vm->vcpu && now->since == vm->since &&
		    is_of(now->id, vm->id))
			return now;
	return same;
}

const struct vm *twins_then(const struct snapshot *first,
			    const struct snapshot *second,
			    const struct vm *vm)
{
	char base[sizeof(vm->id)];
	const struct vm *then;

	if (cut(base, sizeof(base), vm->id)) {
		then = find_since(first, vm->id, vm);
		return then ? then : find_since(first, base, vm);
	}
	then = snapshot_find(first, vm->id, vm->vcpu);
	return then && twins_now(second, then) == vm ? then : NULL;
}

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
	const struct vm *same = twins_now(second, vm), *next;

	if (!same)
		return find_running(second, vm->name);
	next = twins_successor(second, same);
	return next ? next : same;
}

const struct vm *twins_before(const struct snapshot *first,
			      const struct snapshot *second,
			      const struct vm *vm)
{
	const struct vm *then = twins_then(first, second, vm);

	if (!then)
		then = find_running(first, vm->name);
	/* Each is one's only. */
	return then && twins_after(second, then) == vm ? then : NULL;
}

void twins_keep_names(struct snapshot *now, const struct snapshot *then)
{
	const struct vm *old;
	struct vm *vm;

	for (vm = now->vms; vm < now->vms + now->nr_vms; vm++) {
		if (vm->running)
			continue;
		old = twins_then(then, now, vm);
		if (old)
			memcpy(vm->name, old->name, sizeof(vm->name));
	}
}
