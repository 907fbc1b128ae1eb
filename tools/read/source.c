// SPDX-License-Identifier: GPL-2.0
/* The debugfs tree: what is read of it, and resets. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/tell.h"
#include "read/load.h"
#include "read/parse.h"
#include "read/source.h"
#include "read/store.h"

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
		ret = source_sort(s);
	}
	if (ret)
		source_free(s);
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
		ret = source_sort(s);
	if (ret)
		source_free(s);
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
	ret = parse_status(root, s);
	if (ret) {
		source_free(s);
		snprintf(path, sizeof(path), "%s/status", root);
		return load_fail(path, ret);
	}
	return 0;
}

void source_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_vms; i++)
		source_free_vm(&s->vms[i]);
	free(s->vms);
	free(s->by_id);
	free(s->hooks);
	free(s->events);
	free(s->coverages);
	memset(s, 0, sizeof(*s));
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
