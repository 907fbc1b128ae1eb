// SPDX-License-Identifier: GPL-2.0
/* Reads kvmhot's files into a snapshot, and resets counts. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/tell.h"
#include "read/exits.h"
#include "read/names.h"
#include "read/parse.h"
#include "read/pmu.h"
#include "read/snapfile.h"
#include "read/source.h"
#include "read/spans.h"
#include "read/stages.h"
#include "read/status.h"
#include "read/store.h"
#include "read/totals.h"

#define RETRIES		5
#define INITSTATE	"/sys/module/kvmhot/initstate"

/*
 * In the order of reading.  Each span, and each count, is then of an exit and of
 * time that 'stages' has, too, and each exit in 'exits'.
 */
static const struct vm_file vm_files[] = {
	{ .name = "hist", .least = 9, .row = exits_hist_row },
	{ .name = "user", .least = 12, .row = spans_user_row },
	{ .name = "ept", .least = 9 + NR_ST + 1, .row = spans_ept_row },
	{ .name = "halt", .least = 7, .row = spans_halt_row },
	{ .name = "ioctl", .least = 9, .row = spans_ioctl_row },
	{ .name = "pmu", .least = 8 + NR_ST, .row = pmu_row, .optional = true },
	{ .name = "stages", .least = 5 + NR_ST + 3, .row = stages_row },
	{ .name = "vcpus", .least = 2 + NR_V, .row = exits_vcpus_row },
	{ .name = "exits", .least = 3 + NR_R + 1, .row = exits_row },
};

/* What there is of all vCPUs together, in one file */
static const struct vm_file totals_file = {
	.name = "totals", .least = 2, .row = totals_row, .has_vm_row = true,
};

static const struct vm_file pmu_file = {
	.name = "pmu", .least = 8 + NR_ST, .row = pmu_row, .optional = true,
};

/* As totals and more, where a vCPU is asked for, or there is no such file. */
static const struct vm_file live_files[] = {
	{ .name = "hist", .least = 9, .row = exits_hist_row },
	{ .name = "stages", .least = 5 + NR_ST + 3, .row = stages_row },
	{ .name = "vcpus", .least = 2 + NR_V, .row = exits_vcpus_row },
	{ .name = "exits", .least = 3 + NR_R + 1, .row = exits_row },
};

#define NR(array)	(sizeof(array) / sizeof(*(array)))

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
	if (strncmp(path, STORE_ROOT, strlen(STORE_ROOT)))
		return false;
	return (access(STORE_ROOT, F_OK) && errno == ENOENT) || is_going();
}

static int load_fail(const char *path, int error)
{
	if (error == -EACCES || error == -EPERM)
		tell_error("%s: %s: are you root?", path, strerror(-error));
	else if (is_unloaded(path))
		tell_error(STORE_ROOT ": not there: is the module loaded, debugfs mounted?");
	else if (error != -EBADMSG)
		tell_error("%s: %s", path, strerror(-error));
	return -1;
}

/* All of its files, or what there is to be had in one. */
struct files {
	bool live, pmu;
	int vcpu;
};

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
	const struct vm_file *end = file + (f->live ? NR(live_files) :
						      NR(vm_files));
	__u64 since = 0;
	int ret = 0;

	memset(vm->n, 0, sizeof(vm->n));
	memset(vm->stages, 0, sizeof(vm->stages));
	vm->nr_vcpus = 0;
	vm->all_vcpus = 0;
	snapshot_free_vm(vm);
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
static int load_judge(int ret)
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
		snapfile_write(s->save, name, vm->name, strlen(vm->name));
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

/* 0, -1 with the error told, or 1 if the VM went away.  It has its id. */
static int load_vm(struct vm *vm, struct snapshot *s, const struct files *f)
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
				snapshot_free_vm(vm);
				return 1;
			}
		} else if (ret != -EAGAIN) {
			break;
		}
		/* Being removed, being replaced, or reset: not for long. */
		nanosleep(&pause, NULL);
	}
	snapshot_free_vm(vm);
	return load_judge(ret);
}

/* Of a VM's name: PID-FD, PID-FD.N, or PID-unnamedN */
#define DIGITS		"0123456789"
#define ID_CHARACTERS	"-" DIGITS \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool is_id(const char *id)
{
	size_t len = strspn(id, ID_CHARACTERS);

	if (id[len] == '.' && memchr(id, '-', len) && id[len + 1])
		len += 1 + strspn(id + len + 1, DIGITS);
	return len && !id[len];
}

/*
 * The names are printed as they are: a saved copy must not have others than
 * the module would make.
 */
static int check_id(const char *id, const char *root)
{
	if (strlen(id) >= sizeof(((struct vm *)0)->id))
		tell_error("%s/vms: '%.40s...': a name too long for a VM's",
			   root, id);
	else if (!is_id(id))
		tell_error("%s/vms: '%s' is not a VM's name", root, id);
	else
		return 0;
	return -1;
}

/* One more, empty; NULL with the error told */
static struct vm *add_vm(struct snapshot *s, const char *id)
{
	struct vm *vm;

	if (check_id(id, s->root))
		return NULL;
	/* Room for a power of two of them */
	if (!(s->nr_vms & (s->nr_vms - 1))) {
		vm = realloc(s->vms, (s->nr_vms ? 2 * s->nr_vms : 1) *
				     sizeof(*vm));
		if (!vm) {
			load_fail(s->root, -ENOMEM);
			return NULL;
		}
		s->vms = vm;
	}
	vm = memset(s->vms + s->nr_vms, 0, sizeof(*vm));
	strcpy(vm->id, id);
	return vm;
}

struct loading {
	struct snapshot *s;
	struct files files;
	size_t gone;		/* VMs that went away meanwhile */
};

/* For store_each_vm() */
static int load_one(void *arg, const char *id)
{
	struct loading *l = arg;
	struct vm *vm = add_vm(l->s, id);
	int ret;

	if (!vm)
		return -EBADMSG;
	ret = load_vm(vm, l->s, &l->files);
	if (ret < 0)
		return -EBADMSG;
	l->s->nr_vms += !ret;
	l->gone += ret;
	return 0;
}

static int load(struct snapshot *s, const char *root, struct files files,
		FILE *save)
{
	struct loading l = { .s = s, .files = files };
	char path[PATH_MAX];
	int ret;

	s->save = save;
	l.files.pmu = s->nr_events;
	ret = store_each_vm(root, load_one, &l);
	/* With the module all of them go: then this is no reading. */
	if (!ret && l.gone)
		ret = store_has_vm(root, "") ? 0 : -ENOENT;
	if (ret) {
		snprintf(path, sizeof(path), "%s/vms", root);
		ret = load_fail(path, ret);
	} else {
		ret = snapshot_sort(s);
	}
	if (ret)
		snapshot_free(s);
	return ret;
}

int source_load(struct snapshot *s, const char *root, int vcpu)
{
	if (source_load_status(s, root))
		return -1;
	return load(s, root, (struct files){ .vcpu = vcpu }, NULL);
}

int source_load_live(struct snapshot *s, const char *root, int vcpu)
{
	if (source_load_status(s, root))
		return -1;
	return load(s, root, (struct files){ .live = true, .vcpu = vcpu },
		    NULL);
}

int source_save(struct snapshot *s, const char *root, FILE *f)
{
	int ret;

	store_record(f);
	ret = source_load_status(s, root);
	store_record(NULL);
	if (ret)
		return ret;
	return load(s, root, (struct files){ .vcpu = ALL_VCPUS }, f);
}

int source_load_vcpus(struct snapshot *s, const char *root, const char *id)
{
	struct vm vm = { 0 };
	struct loading l = { .s = s, .files = { .live = true } };
	int *ids, ret;
	size_t nr, i;

	if (source_load_status(s, root))
		return -1;
	snprintf(vm.id, sizeof(vm.id), "%s", id);
	l.files.pmu = s->nr_events;
	ret = parse_vcpu_ids(root, &vm, &ids, &nr);
	if (ret == -ENOENT && !store_has_vm(root, id))
		return 0;
	if (ret)
		ret = load_judge(ret);
	for (i = 0; !ret && i < nr; i++) {
		l.files.vcpu = ids[i];
		ret = load_one(&l, id) ? -1 : 0;
	}
	free(ids);
	if (!ret)
		ret = snapshot_sort(s);
	if (ret)
		snapshot_free(s);
	return ret;
}

int source_load_vm(struct vm *vm, const char *root, const char *id)
{
	const struct files files = { .vcpu = ALL_VCPUS };
	struct snapshot s = { .root = root };
	int ret;

	memset(vm, 0, sizeof(*vm));
	if (check_id(id, root))
		return -1;
	strcpy(vm->id, id);
	ret = load_vm(vm, &s, &files);
	if (ret > 0)
		tell_error("%s/vms/%s: gone", root, id);
	return ret ? -1 : 0;
}

int source_load_status(struct snapshot *s, const char *root)
{
	char path[PATH_MAX];
	int ret;

	memset(s, 0, sizeof(*s));
	ret = store_open(root);
	if (ret)
		return load_fail(root, ret);
	s->root = root;
	ret = status_parse(root, s);
	if (ret) {
		snapshot_free(s);
		snprintf(path, sizeof(path), "%s/status", root);
		return load_fail(path, ret);
	}
	return 0;
}

int source_reset(const char *root, const char *what)
{
	char path[PATH_MAX];
	ssize_t ret;
	int fd;

	snprintf(path, sizeof(path), "%s/reset", root);
	ret = store_open(root);
	if (ret)
		return load_fail(root, ret);
	if (store_is_copy(root)) {
		tell_error("%s: not debugfs: a copy cannot be reset", path);
		return -1;
	}
	/* Without O_CREAT or O_TRUNC: a saved copy stays as it is. */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return load_fail(path, -errno);
	ret = write(fd, what, strlen(what));
	if (ret < 0)
		ret = -errno;
	close(fd);
	/* The one word that is always known is not a VM's name. */
	if (ret == -EINVAL && strcmp(what, "all"))
		tell_error("reset: no such VM: %s", what);
	else if (ret < 0)
		return load_fail(path, ret);
	return ret < 0 ? -1 : 0;
}
