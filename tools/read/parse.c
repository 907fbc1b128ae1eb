// SPDX-License-Identifier: GPL-2.0
/* Parses what all files of a VM have: first lines, keys, and no row twice. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/parse.h"

int parse_add(const struct text *t, const char *what, __u64 *sum, __u64 value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		return text_bad(t, "%s: the sum is too large", what);
	return 0;
}

int parse_note_row(const struct text *t, struct keys *k, __u64 id, __u64 row)
{
	struct key *key;

	if (k->nr == k->room) {
		key = realloc(k->key, (k->room * 2 + 64) * sizeof(*key));
		if (!key)
			return text_bad(t, "out of memory");
		k->key = key;
		k->room = k->room * 2 + 64;
	}
	k->key[k->nr++] = (struct key){ id, row, t->line };
	return 0;
}

int parse_key(const struct text *t, struct keys *k, int vcpu, __u64 row)
{
	__u64 id;

	if (text_number(t, "vcpu", t->column[0], INT_MAX, &id) ||
	    parse_note_row(t, k, id, row))
		return -EBADMSG;
	return vcpu == ALL_VCPUS || vcpu == (int)id;
}

int parse_word(const struct text *t, const char *what, unsigned int column,
	       const char * const *words, unsigned int nr, __u64 *place)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(t->column[column], words[i])) {
			*place = i;
			return 0;
		}
	}
	return text_bad(t, "%s: '%.40s' is not known", what, t->column[column]);
}

int parse_level(const struct text *t, unsigned int column, __u64 *level)
{
	static const char * const words[] = { "1", "2" };
	int ret;

	ret = parse_word(t, "level", column, words, 2, level);
	++*level;
	return ret;
}

int parse_error(const struct text *t, unsigned int column, __u64 *error)
{
	const char *word = t->column[column];

	return text_number(t, "error", word + (*word == '-'), 4095, error);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *ka = a, *kb = b;

	if (ka->vcpu != kb->vcpu)
		return ka->vcpu < kb->vcpu ? -1 : 1;
	if (ka->row != kb->row)
		return ka->row < kb->row ? -1 : 1;
	return (ka->line > kb->line) - (ka->line < kb->line);
}

/* A row that is there twice would falsify sums unseen. */
static int check_keys(struct text *t, struct keys *k)
{
	const struct key *key;

	if (!k->nr)
		return 0;
	qsort(k->key, k->nr, sizeof(*k->key), compare_keys);
	for (key = k->key + 1; key < k->key + k->nr; key++) {
		if (key->vcpu != key[-1].vcpu || key->row != key[-1].row)
			continue;
		t->line = key->line;
		return text_bad(t, "of the same vCPU and kind as line %u", key[-1].line);
	}
	return 0;
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
	if (vm->now < vm->since && vm->running)
		return text_bad(t, "now is before since");
	/* Reset after its last edge, and before its end was seen */
	if (vm->now < vm->since)
		vm->now = vm->since;
	vm->pid = pid;
	snprintf(vm->comm, sizeof(vm->comm), "%s", rest + 5);
	tell_clean(vm->comm);
	return 0;
}

/*
 * The second line names the columns: they are known by their place.  Names tell only
 * whether felt_* are there: a row with too few columns is damaged then.
 */
int parse_skip_names(struct text *t)
{
	int ret = text_line(t);

	if (ret < 0)
		return ret;
	if (!ret || t->buf[0] != '#')
		return text_bad(t, "no '#' and the names of the columns");
	t->has_felt = strstr(t->buf, "felt_cycles");
	return 0;
}

int parse_columns(const struct text *t, unsigned int least)
{
	if (t->nr_columns < least)
		return text_bad(t, "%u columns, not %u", t->nr_columns, least);
	return 0;
}

static int open_file(struct text *t, const char *root, const char *name,
		     const struct vm *vm, char **rest)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "vms/%s/%s", vm->id, name);
	return text_open(t, root, path, name, rest);
}

int parse_file(const char *root, const struct vm_file *file, struct vm *vm,
	       int vcpu)
{
	struct keys k = { 0 };
	struct text t;
	char *rest;
	int ret;

	ret = open_file(&t, root, file->name, vm, &rest);
	if (ret)
		return ret;
	ret = parse_head(&t, vm, rest);
	if (!ret)
		ret = parse_skip_names(&t);
	while (!ret && (ret = text_row(&t, file->least)) > 0)
		ret = file->row(&t, vm, vcpu, &k);
	if (!ret)
		ret = check_keys(&t, &k);
	if (!ret && file->has_vm_row && !vm->nr_vcpus)
		ret = text_bad(&t, "no row of the VM itself");
	free(k.key);
	return ret;
}

int parse_vcpu_ids(const char *root, const struct vm *vm, int **ids, size_t *nr)
{
	struct keys k = { 0 };
	struct text t;
	char *rest;
	size_t i;
	int ret;

	*ids = NULL;
	*nr = 0;
	ret = open_file(&t, root, "vcpus", vm, &rest);
	if (ret)
		return ret;
	ret = parse_skip_names(&t);
	while (!ret && (ret = text_row(&t, 2)) > 0)
		ret = parse_key(&t, &k, 0, 0) < 0 ? -EBADMSG : 0;
	/* Each is read for itself: once. */
	if (!ret)
		ret = check_keys(&t, &k);
	if (!ret) {
		*ids = malloc(k.nr * sizeof(**ids) + 1);
		ret = *ids ? 0 : -ENOMEM;
	}
	for (i = 0; !ret && i < k.nr; i++)
		(*ids)[i] = k.key[i].vcpu;
	if (!ret)
		*nr = k.nr;
	free(k.key);
	return ret;
}
