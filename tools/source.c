// SPDX-License-Identifier: GPL-2.0
/* The debugfs tree: which files there are, and what to do if one is gone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "parse.h"

#define RETRIES	5

/* Of a VM's name: PID-FD, or PID-unnamedN */
#define ID_CHARACTERS	"-0123456789" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static int fail(const char *path, int error)
{
	if (error == -EACCES || error == -EPERM)
		text_tell("%s: %s: are you root?", path, strerror(-error));
	else if (error == -ENOENT && !strcmp(path, SOURCE_ROOT))
		text_tell("%s: not there: is the module loaded, debugfs mounted?",
			  path);
	else if (error != -EBADMSG)
		text_tell("%s: %s", path, strerror(-error));
	return -1;
}

void source_free_vm(struct vm *vm)
{
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		free(vm->reasons[i].counts);
	free(vm->reasons);
	vm->reasons = NULL;
	vm->nr_reasons = 0;
	for (i = 0; i < NR_SP; i++)
		free(vm->spans[i].span);
	memset(vm->spans, 0, sizeof(vm->spans));
	free(vm->counters);
	free(vm->counts);
	vm->counters = NULL;
	vm->counts = NULL;
	vm->nr_counters = 0;
}

/*
 * All files must begin at the same time, else the VM was reset, or replaced,
 * in between.
 */
static int read_vm(struct vm *vm, char *path, const char *root, int vcpu)
{
	__u64 since = 0;
	bool first = true;
	int i, ret;

	memset(vm->n, 0, sizeof(vm->n));
	memset(vm->stages, 0, sizeof(vm->stages));
	vm->nr_vcpus = 0;
	vm->all_vcpus = 0;
	source_free_vm(vm);
	for (i = 0; i < NR_VM_FILES; i++) {
		snprintf(path, PATH_MAX, "%s/vms/%s/%s", root, vm->id,
			 vm_files[i].name);
		ret = parse_file(path, &vm_files[i], vm, vcpu);
		if (ret == -ENOENT && vm_files[i].optional)
			continue;
		if (ret)
			return ret;
		if (!first && since != vm->since)
			return -EAGAIN;
		since = vm->since;
		first = false;
	}
	return 0;
}

/* Return: 0, -1, or 1 if the VM went away. */
static int load_vm(struct vm *vm, const char *root, int vcpu)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char path[PATH_MAX], dir[PATH_MAX];
	int try, ret;

	snprintf(dir, sizeof(dir), "%s/vms/%s", root, vm->id);
	for (try = 0; try < RETRIES; try++) {
		ret = read_vm(vm, path, root, vcpu);
		if (!ret)
			return 0;
		if (ret == -ENOENT || ret == -EIO) {
			if (access(dir, F_OK) && errno == ENOENT) {
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
	if (ret == -EAGAIN) {
		text_tell("%s: since= is not that of the other files", path);
		return -1;
	}
	return fail(path, ret);
}

/*
 * The names are printed as they are: a saved copy must not have others than
 * the module would make.
 */
static int check_id(const char *id, const char *root)
{
	if (strlen(id) >= sizeof(((struct vm *)0)->id))
		text_tell("%s/vms: '%.40s...': a name too long for a VM's",
			  root, id);
	else if (id[strspn(id, ID_CHARACTERS)])
		text_tell("%s/vms: '%s' is not a VM's name", root, id);
	else
		return 0;
	return -1;
}

static int load_vms(struct snapshot *s, DIR *dir, const char *root, int vcpu)
{
	struct dirent *entry;
	struct vm *vm;
	int ret;

	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		vm = realloc(s->vms, (s->nr_vms + 1) * sizeof(*vm));
		if (!vm)
			return fail(root, -ENOMEM);
		s->vms = vm;
		vm += s->nr_vms;
		memset(vm, 0, sizeof(*vm));
		if (check_id(entry->d_name, root))
			return -1;
		strcpy(vm->id, entry->d_name);
		ret = load_vm(vm, root, vcpu);
		if (ret < 0)
			return ret;
		if (ret)
			continue;
		s->nr_vms++;
		names_lookup(vm, root);
	}
	return 0;
}

int source_load_vm(struct vm *vm, const char *root, const char *id)
{
	int ret;

	memset(vm, 0, sizeof(*vm));
	if (check_id(id, root))
		return -1;
	strcpy(vm->id, id);
	ret = load_vm(vm, root, ALL_VCPUS);
	if (ret > 0)
		text_tell("%s/vms/%s: gone", root, id);
	return ret ? -1 : 0;
}

int source_load_status(struct snapshot *s, const char *root)
{
	char path[PATH_MAX];
	DIR *dir;
	int ret;

	memset(s, 0, sizeof(*s));
	dir = opendir(root);
	if (!dir)
		return fail(root, -errno);
	closedir(dir);

	snprintf(path, sizeof(path), "%s/status", root);
	ret = parse_status(path, s);
	if (ret) {
		source_free(s);
		return fail(path, ret);
	}
	return 0;
}

int source_load(struct snapshot *s, const char *root, int vcpu)
{
	char path[PATH_MAX];
	DIR *dir;
	int ret;

	if (source_load_status(s, root))
		return -1;
	snprintf(path, sizeof(path), "%s/vms", root);
	dir = opendir(path);
	if (!dir) {
		ret = -errno;
		source_free(s);
		return fail(path, ret);
	}
	ret = load_vms(s, dir, root, vcpu);
	closedir(dir);
	if (ret)
		source_free(s);
	else
		summary_sort(s);
	return ret;
}

void source_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_vms; i++)
		source_free_vm(&s->vms[i]);
	free(s->vms);
	free(s->hooks);
	free(s->events);
	free(s->coverages);
	memset(s, 0, sizeof(*s));
}

int source_reset(const char *root, const char *what)
{
	char path[PATH_MAX];
	struct statfs fs;
	ssize_t ret;
	int fd;

	snprintf(path, sizeof(path), "%s/reset", root);
	/* Without O_CREAT or O_TRUNC: a saved copy stays as it is. */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		if (access(root, F_OK))
			return fail(root, ret);
		return fail(path, ret);
	}
	if (fstatfs(fd, &fs) || (unsigned long)fs.f_type != DEBUGFS_MAGIC) {
		close(fd);
		text_tell("%s: not debugfs: a copy cannot be reset", path);
		return -1;
	}
	ret = write(fd, what, strlen(what));
	if (ret < 0)
		ret = -errno;
	close(fd);
	/* The one word that is always known is not a VM's name. */
	if (ret == -EINVAL && strcmp(what, "all"))
		text_tell("reset: no such VM: %s", what);
	else if (ret < 0)
		return fail(path, ret);
	return ret < 0 ? -1 : 0;
}
