// SPDX-License-Identifier: GPL-2.0
/* One VM: its files, again if they do not fit together, and what is saved. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hist.h"
#include "base/tell.h"
#include "read/load.h"
#include "read/parse.h"
#include "read/store.h"

#define RETRIES		5
#define INITSTATE	"/sys/module/kvmhot/initstate"

/* Its files fail one by one while it goes, the folder is the last. */
static bool is_going(void)
{
	FILE *f = fopen(INITSTATE, "re");
	int c;

	if (!f)
		return errno == ENOENT;
	c = getc(f);
	fclose(f);
	return c != 'l';	/* live */
}

/* What fails while it goes has many errors. */
static bool is_unloaded(const char *path)
{
	if (strncmp(path, SOURCE_ROOT, strlen(SOURCE_ROOT)))
		return false;
	return (access(SOURCE_ROOT, F_OK) && errno == ENOENT) || is_going();
}

int load_fail(const char *path, int error)
{
	if (error == -EACCES || error == -EPERM)
		tell_error("%s: %s: are you root?", path, strerror(-error));
	else if (is_unloaded(path))
		tell_error(SOURCE_ROOT ": not there: is the module loaded, debugfs mounted?");
	else if (error != -EBADMSG)
		tell_error("%s: %s", path, strerror(-error));
	return -1;
}

void source_free_vm(struct vm *vm)
{
	size_t i, j;

	for (i = 0; i < vm->nr_reasons; i++) {
		free(vm->reasons[i].counts);
		hist_free(&vm->reasons[i].hist);
		hist_free(&vm->reasons[i].felt);
	}
	free(vm->reasons);
	vm->reasons = NULL;
	vm->nr_reasons = 0;
	for (i = 0; i < NR_SP; i++) {
		for (j = 0; j < vm->spans[i].nr; j++)
			hist_free(&vm->spans[i].span[j].hist);
		free(vm->spans[i].span);
		free(vm->spans[i].place);
	}
	memset(vm->spans, 0, sizeof(vm->spans));
	free(vm->counters);
	free(vm->counts);
	vm->counters = NULL;
	vm->counts = NULL;
	vm->nr_counters = 0;
}

static int read_one(struct vm *vm, const char *root, const struct vm_file *file,
		    int vcpu, __u64 *since)
{
	int ret = parse_file(root, file, vm, vcpu);

	if (ret == -ENOENT && file->optional)
		return 0;
	if (ret)
		return ret;
	if (*since && *since != vm->since)
		return -EAGAIN;
	*since = vm->since;
	return 0;
}

/*
 * All files must begin at the same time, else the VM was reset, or replaced,
 * in between.
 */
static int read_vm(struct vm *vm, struct snapshot *s, const struct files *f)
{
	const struct vm_file *file = f->live ? live_files : vm_files;
	const struct vm_file *end = file + (f->live ? NR_LIVE_FILES :
						      NR_VM_FILES);
	__u64 since = 0;
	int ret = 0;

	memset(vm->n, 0, sizeof(vm->n));
	memset(vm->stages, 0, sizeof(vm->stages));
	vm->nr_vcpus = 0;
	vm->all_vcpus = 0;
	source_free_vm(vm);
	if (f->live && f->pmu)
		ret = read_one(vm, s->root, &pmu_file, f->vcpu, &since);
	if (!ret && f->live && f->vcpu == ALL_VCPUS && !s->no_totals) {
		ret = read_one(vm, s->root, &totals_file, f->vcpu, &since);
		if (ret != -ENOENT || !store_has_vm(s->root, vm->id))
			return ret;
		/* All that it has is in other files, too. */
		s->no_totals = true;
		ret = 0;
	}
	for (; !ret && file < end; file++)
		ret = read_one(vm, s->root, file, f->vcpu, &since);
	return ret;
}

/* What became of it that did not succeed */
int load_judge(int ret)
{
	if (ret != -EAGAIN)
		return load_fail(store_path(), ret);
	tell_error("%s: since= is not that of the other files", store_path());
	return -1;
}

/* What was read of a VM, until it is known to be good */
struct recording {
	FILE *f;
	char *data;
	size_t len;
};

static int start_recording(struct recording *r, const struct snapshot *s)
{
	*r = (struct recording){ .f = NULL };
	if (!s->save)
		return 0;
	r->f = open_memstream(&r->data, &r->len);
	store_record(r->f);
	return r->f ? 0 : -ENOMEM;
}

static int end_recording(struct recording *r, const struct snapshot *s,
			 const struct vm *vm, int ret)
{
	char name[64];

	if (!r->f)
		return ret;
	store_record(NULL);
	if (fclose(r->f) && !ret)
		ret = -ENOMEM;
	if (!ret) {
		snprintf(name, sizeof(name), "vms/%s/name", vm->id);
		store_write(s->save, name, vm->name, strlen(vm->name));
		fwrite(r->data, 1, r->len, s->save);
	}
	free(r->data);
	return ret;
}

static int try_vm(struct vm *vm, struct snapshot *s, const struct files *f)
{
	struct recording r;
	int ret;

	ret = start_recording(&r, s);
	if (!ret)
		ret = read_vm(vm, s, f);
	if (!ret) {
		store_record(NULL);
		names_lookup(vm, s->root);
	}
	return end_recording(&r, s, vm, ret);
}

int load_vm(struct vm *vm, struct snapshot *s, const struct files *f)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int try, ret;

	vm->vcpu = f->vcpu;
	for (try = 0; try < RETRIES; try++) {
		ret = try_vm(vm, s, f);
		if (!ret)
			return 0;
		/* In a file nothing comes or goes. */
		if (store_is_file(s->root))
			break;
		if (ret == -ENOENT || ret == -EIO) {
			if (!store_has_vm(s->root, vm->id)) {
				source_free_vm(vm);
				return 1;
			}
		} else if (ret != -EAGAIN) {
			break;
		}
		/* Being removed, being replaced, or reset: not for long. */
		nanosleep(&pause, NULL);
	}
	source_free_vm(vm);
	return load_judge(ret);
}
