// SPDX-License-Identifier: GPL-2.0
/* The first lines of a VM's files, its vCPUs, and the status. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

static const char * const vcpus_columns[NR_V] = {
	"exits", "dropped", "lost", "entries", "runs",
	"guest_cycles", "kvm_cycles", "wait_cycles", "user_cycles",
	"unknown_cycles", "ept", "ept_cycles", "bytes",
};

static const char * const status_keys[NR_S] = {
	"enabled", "armed", "tsc_khz", "tsc_stable", "exits", "dropped",
	"lost", "forgotten_vms", "forgotten_exits",
};

int parse_add(const struct text *t, const char *what, __u64 *sum, __u64 value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		return text_bad(t, "%s: the sum is too large", what);
	return 0;
}

int parse_key(const struct text *t, struct keys *k, __u64 vcpu, __u64 reason)
{
	__u64 *key;

	if (k->nr == k->room) {
		key = realloc(k->key, (k->room * 2 + 64) * sizeof(*key));
		if (!key)
			return text_bad(t, "out of memory");
		k->key = key;
		k->room = k->room * 2 + 64;
	}
	k->key[k->nr++] = vcpu << 32 | reason;
	return 0;
}

static int compare_keys(const void *a, const void *b)
{
	const __u64 *ka = a, *kb = b;

	return (*ka > *kb) - (*ka < *kb);
}

/* Closes the file.  A row that is there twice would falsify sums unseen. */
int parse_end(struct text *t, struct keys *k, int ret)
{
	size_t i;

	if (k->nr)
		qsort(k->key, k->nr, sizeof(*k->key), compare_keys);
	t->line = 0;
	for (i = 1; !ret && i < k->nr; i++)
		if (k->key[i] == k->key[i - 1])
			ret = text_bad(t, "vcpu %llu, reason %llu: two rows",
				       k->key[i] >> 32, k->key[i] & UINT_MAX);
	free(k->key);
	text_close(t);
	return ret;
}

/* vm= pid= state= tsc_khz= since= now=, others, then comm= to the end */
static int parse_head(struct text *t, struct vm *vm, char *rest)
{
	enum { VM, PID, STATE, TSC_KHZ, SINCE, NOW, NR };
	static const char * const names[NR] = {
		"vm", "pid", "state", "tsc_khz", "since", "now",
	};
	char *value[NR] = { 0 }, *key, *v;
	__u64 pid;
	int i;

	while (rest && strncmp(rest, "comm=", 5)) {
		key = strsep(&rest, " ");
		v = strchr(key, '=');
		if (!v)
			return text_bad(t, "'%.40s' is not KEY=VALUE", key);
		*v = '\0';
		for (i = 0; i < NR; i++)
			if (!strcmp(key, names[i]))
				value[i] = v + 1;
	}
	for (i = 0; i < NR; i++)
		if (!value[i])
			return text_bad(t, "no %s=", names[i]);
	if (!rest)
		return text_bad(t, "no comm=");

	if (strcmp(value[VM], vm->id))
		return text_bad(t, "vm=%.40s, but the directory is %s",
				value[VM], vm->id);
	vm->running = !strcmp(value[STATE], "running");
	if (!vm->running && strcmp(value[STATE], "ended"))
		return text_bad(t, "state=%.40s: not known", value[STATE]);
	if (text_number(t, "pid", value[PID], UINT_MAX, &pid) ||
	    text_number(t, "tsc_khz", value[TSC_KHZ], UINT_MAX, &vm->tsc_khz) ||
	    text_number(t, "since", value[SINCE], ~0ULL, &vm->since) ||
	    text_number(t, "now", value[NOW], ~0ULL, &vm->now))
		return -EBADMSG;
	if (!vm->tsc_khz)
		return text_bad(t, "tsc_khz is 0");
	if (vm->now < vm->since)
		return text_bad(t, "now is before since");
	vm->pid = pid;
	snprintf(vm->comm, sizeof(vm->comm), "%s", rest + 5);
	names_clean(vm->comm);
	return 0;
}

/* The second line names the columns: they are known by their place. */
static int skip_names(struct text *t)
{
	int ret = text_line(t);

	if (ret < 0)
		return ret;
	if (!ret || t->buf[0] != '#')
		return text_bad(t, "no '#' and the names of the columns");
	return 0;
}

int parse_begin(struct text *t, const char *path, const char *file,
		struct vm *vm)
{
	char *rest;
	int ret;

	ret = text_open(t, path, file, &rest);
	if (ret)
		return ret;
	ret = parse_head(t, vm, rest);
	if (!ret)
		ret = skip_names(t);
	if (ret)
		text_close(t);
	return ret;
}

static int parse_vcpu(const struct text *t, struct vm *vm, int vcpu,
		      struct keys *k)
{
	__u64 id, tid, value;
	int i;

	if (text_number(t, "vcpu", t->column[0], INT_MAX, &id) ||
	    text_number(t, "tid", t->column[1], INT_MAX, &tid) ||
	    parse_key(t, k, id, 0))
		return -EBADMSG;
	if (vcpu == ALL_VCPUS || vcpu == (int)id)
		vm->nr_vcpus++;
	for (i = 0; i < NR_V; i++) {
		if (text_number(t, vcpus_columns[i], t->column[2 + i], ~0ULL,
				&value))
			return -EBADMSG;
		if (vcpu != ALL_VCPUS && vcpu != (int)id)
			continue;
		if (parse_add(t, vcpus_columns[i], &vm->n[i], value))
			return -EBADMSG;
	}
	return 0;
}

int parse_vcpus(const char *path, struct vm *vm, int vcpu)
{
	struct keys k = { 0 };
	struct text t;
	int ret;

	ret = parse_begin(&t, path, "vcpus", vm);
	if (ret)
		return ret;
	while ((ret = text_row(&t, 2 + NR_V)) > 0) {
		ret = parse_vcpu(&t, vm, vcpu, &k);
		if (ret)
			break;
	}
	return parse_end(&t, &k, ret);
}

/* hook NAME MODULE KIND STATE HITS MISSED ERROR NOTE */
static int parse_hook(struct text *t, struct snapshot *s)
{
	char *error = t->column[7];
	struct hook *h;
	__u64 hits;

	if (t->nr_columns < 9)
		return text_bad(t, "%u columns, not 9", t->nr_columns);
	h = realloc(s->hooks, (s->nr_hooks + 1) * sizeof(*h));
	if (!h)
		return text_bad(t, "out of memory");
	s->hooks = h;
	h += s->nr_hooks;
	if (text_number(t, "hits", t->column[5], ~0ULL, &hits) ||
	    text_number(t, "missed", t->column[6], ~0ULL, &h->missed) ||
	    text_number(t, "error", error + (*error == '-'), 4095, &h->error))
		return -EBADMSG;
	snprintf(h->name, sizeof(h->name), "%s", t->column[1]);
	snprintf(h->kind, sizeof(h->kind), "%s", t->column[3]);
	snprintf(h->state, sizeof(h->state), "%s", t->column[4]);
	snprintf(h->note, sizeof(h->note), "%s", t->column[8]);
	names_clean(h->name);
	names_clean(h->kind);
	names_clean(h->state);
	names_clean(h->note);
	s->nr_hooks++;
	return 0;
}

static int parse_status_row(struct text *t, struct snapshot *s, bool *seen)
{
	const char *key = t->column[0];
	int i;

	if (!strcmp(key, "hook"))
		return parse_hook(t, s);
	for (i = 0; i < NR_S; i++) {
		if (strcmp(key, status_keys[i]))
			continue;
		if (seen[i])
			return text_bad(t, "%s: a second time", key);
		seen[i] = true;
		return text_number(t, key, t->column[1], ~0ULL, &s->n[i]);
	}
	return 0;
}

int parse_status(const char *path, struct snapshot *s)
{
	bool seen[NR_S] = { 0 };
	struct text t;
	char *rest;
	int ret, i;

	ret = text_open(&t, path, "status", &rest);
	if (ret)
		return ret;
	ret = skip_names(&t);
	while (!ret && (ret = text_row(&t, 2)) > 0)
		ret = parse_status_row(&t, s, seen);
	t.line = 0;
	for (i = 0; !ret && i < NR_S; i++)
		if (!seen[i])
			ret = text_bad(&t, "no row '%s'", status_keys[i]);
	text_close(&t);
	return ret;
}
