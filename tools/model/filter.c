// SPDX-License-Identifier: GPL-2.0
/* Chooses VMs, vCPUs and exit reasons by the options -p, -g, -r and --vcpu. */
#include <stdio.h>
#include <string.h>

#include "base/tell.h"
#include "model/filter.h"
#include "model/reason.h"

const char * const filter_sorts[NR_SORTS] = {
	"cost", "kvm", "vmm", "exits", "avg", "p50", "p95", "p99", "max",
	"name",
};

/* A word of a list, as it stands there, without a NUL behind it */
struct word {
	const char *s;
	size_t len;
};

/* The first word, or the one behind W: 1, or 0 if there is none. */
static int next_word(const char *list, struct word *w)
{
	const char *s = w->s ? w->s + w->len : list;

	if (w->s && *s++ != ',')
		return 0;
	w->s = s;
	w->len = strcspn(s, ",");
	return 1;
}

static bool is_word(const struct word *w, const char *s)
{
	return strlen(s) == w->len && !memcmp(w->s, s, w->len);
}

/*
 * By PID or name the latest VM is meant: one whose PID-FD another has now is called
 * by its own name, PID-FD.N, only.
 */
static bool is_called(const struct vm *vm, const struct word *w)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%u", vm->pid);
	return is_word(w, vm->id) ||
	       (!strchr(vm->id, '.') &&
		(is_word(w, pid) || is_word(w, vm->name)));
}

static bool is_guest(const struct vm *vm, const struct word *w)
{
	if (w->len && w->s[0] == '~')
		return memmem(vm->name, strlen(vm->name), w->s + 1, w->len - 1);
	return is_word(w, vm->name);
}

typedef bool (*match_t)(const struct vm *vm, const struct word *w);

/* A name may have commas itself: then the list is one word. */
static bool matches(const char *list, const struct vm *vm, match_t match)
{
	struct word w = { list, strlen(list) };

	if (match(vm, &w))
		return true;
	w.s = NULL;
	while (next_word(list, &w))
		if (match(vm, &w))
			return true;
	return false;
}

bool filter_vm(const struct filter *f, const struct vm *vm)
{
	if (f->vcpu != ALL_VCPUS &&
	    (!vm->nr_vcpus ||
	     (vm->vcpu != ALL_VCPUS && vm->vcpu != f->vcpu)))
		return false;
	if (f->vms && !matches(f->vms, vm, is_called))
		return false;
	return !f->guests || matches(f->guests, vm, is_guest);
}

static void tell_several(const struct snapshot *s, const struct word *w,
			 match_t match, size_t nr)
{
	char ids[512] = "";
	size_t i, len = 0;

	for (i = 0; i < s->nr_vms && len < sizeof(ids); i++)
		if (match(&s->vms[i], w))
			len += snprintf(ids + len, sizeof(ids) - len, " %s",
					s->vms[i].id);
	tell_error("%.*s: %zu VMs are called that:%s; say which", (int)w->len,
		   w->s, nr, ids);
}

/* MANY: may be several's */
static int check_word(const struct snapshot *s, const struct word *w,
		      match_t match, bool many)
{
	size_t i, nr = 0;

	for (i = 0; i < s->nr_vms; i++) {
		/* That is a VM's own name, whatever others are called. */
		if (match == is_called && is_word(w, s->vms[i].id))
			return 0;
		nr += match(&s->vms[i], w);
	}
	if (!nr)
		tell_error("no such VM: %.*s", (int)w->len, w->s);
	else if (nr > 1 && !many)
		tell_several(s, w, match, nr);
	else
		return 0;
	return -1;
}

const struct vm *filter_find(const struct snapshot *s, const char *word)
{
	const struct word w = { word, strlen(word) };
	const struct vm *vm;

	if (check_word(s, &w, is_called, false))
		return NULL;
	vm = snapshot_find(s, word, ALL_VCPUS);
	if (vm)
		return vm;
	for (vm = s->vms; !is_called(vm, &w); vm++)
		;
	return vm;
}

static int check_list(const struct snapshot *s, const char *list, match_t match)
{
	struct word w = { list, strlen(list) };
	size_t i;

	for (i = 0; i < s->nr_vms; i++)
		if (match(&s->vms[i], &w))
			return check_word(s, &w, match, match == is_guest);
	w.s = NULL;
	while (next_word(list, &w))
		if (check_word(s, &w, match, match == is_guest))
			return -1;
	return 0;
}

int filter_check(const struct filter *f, const struct snapshot *s)
{
	const struct vm *vm;

	if (f->vms && check_list(s, f->vms, is_called))
		return -1;
	if (f->guests && check_list(s, f->guests, is_guest))
		return -1;
	if (f->vcpu == ALL_VCPUS)
		return 0;
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++)
		if (filter_vm(f, vm))
			return 0;
	tell_error("no vCPU %d%s%s", f->vcpu, f->vms ? " of " : "",
		   f->vms ? f->vms : "");
	return -1;
}

static bool is_excluded(struct word *w)
{
	if (!w->len || w->s[0] != '!')
		return false;
	w->s++;
	w->len--;
	return true;
}

int filter_check_reasons(const char *words)
{
	struct word w = { 0 }, name;

	while (next_word(words, &w)) {
		name = w;
		is_excluded(&name);
		if (reason_check(name.s, name.len))
			return -1;
	}
	return 0;
}

/* Those that are named; without such, all but those that are excluded. */
bool filter_reason(const struct filter *f, const struct reason *r)
{
	struct word w = { 0 }, name;
	bool wanted = false, only = false, excluded;

	if (!f->reasons)
		return true;
	while (next_word(f->reasons, &w)) {
		name = w;
		excluded = is_excluded(&name);
		only |= !excluded;
		if (!reason_is(r, name.s, name.len))
			continue;
		if (excluded)
			return false;
		wanted = true;
	}
	return wanted || !only;
}
