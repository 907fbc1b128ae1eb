// SPDX-License-Identifier: GPL-2.0
/* Finds a VM's name: QEMU's -name, else the command, else PID-FD. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tell.h"
#include "read/names.h"
#include "read/store.h"

/* Command lines are longer (libvirt's: 10 KiB), but the name comes early. */
#define CMDLINE_MAX	65536

/* Some more than there are VMs on any host, so that few have the same place */
#define NR_KNOWN	8192

/*
 * One item of QEMU's KEY=VALUE,... with ',,' for a comma, into BUF (cut to
 * its SIZE); returns where the next one begins, or NULL.
 */
static const char *next_item(const char *s, char *buf, size_t size)
{
	size_t len = 0;

	for (; *s; s++) {
		if (*s == ',' && *++s != ',')
			break;
		if (len < size - 1)
			buf[len++] = *s;
	}
	buf[len] = '\0';
	return s[0] && s[-1] == ',' ? s : NULL;
}

/* The value of guest=, which the first item may leave out. */
static void parse_name(const char *arg, char *name, size_t size)
{
	char item[256];
	const char *s;
	bool first;

	for (s = arg, first = true; s; first = false) {
		s = next_item(s, item, sizeof(item));
		if (!strncmp(item, "guest=", 6))
			snprintf(name, size, "%.120s", item + 6);
		else if (first && !strchr(item, '='))
			snprintf(name, size, "%.120s", item);
	}
}

static ssize_t read_cmdline(char *buf, size_t size, const struct vm *vm,
			    const char *root)
{
	size_t len = 0;
	char path[4096];
	ssize_t ret;
	int fd;

	snprintf(path, sizeof(path), "%s/proc/%u/cmdline",
		 store_is_copy(root) ? root : "", vm->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (len < size && (ret = read(fd, buf + len, size - len)) > 0)
		len += ret;
	close(fd);
	return len;
}

/* In a snapshot, as it was then */
static bool find_saved(struct vm *vm, const char *root)
{
	char file[64];
	struct blob b;

	snprintf(file, sizeof(file), "vms/%s/name", vm->id);
	if (store_read(root, file, &b))
		return false;
	snprintf(vm->name, sizeof(vm->name), "%s", b.data);
	tell_clean(vm->name);
	return vm->name[0];
}

/* As QEMU's command line has it: into NAME.  -1 if it cannot be read. */
static int find_name(char *name, size_t size, const struct vm *vm,
		     const char *root)
{
	static char buf[CMDLINE_MAX + 1];
	bool value = false;
	char *arg, *end;

	end = buf + read_cmdline(buf, CMDLINE_MAX, vm, root);
	*end = '\0';
	*name = '\0';
	for (arg = buf; arg < end; arg += strlen(arg) + 1) {
		if (value)
			parse_name(arg, name, size);
		value = !value && (!strcmp(arg, "-name") ||
				   !strcmp(arg, "--name"));
	}
	tell_clean(name);
	return end > buf ? 0 : -1;
}

/*
 * Names that were found, so that who reads every second does not open a command
 * line for each VM each time.  Another VM of the same PID-FD has another 'since'.
 * Where two VMs have one place, the later one takes it.
 */
static struct known {
	char id[sizeof(((struct vm *)0)->id)];
	char name[sizeof(((struct vm *)0)->name)];
	__u64 since;
} known[NR_KNOWN];

static struct known *find_known(const struct vm *vm, const char *root)
{
	static char of[PATH_MAX];
	unsigned int hash = 0;
	const char *c;

	if (strcmp(root, of)) {
		if (*of)
			memset(known, 0, sizeof(known));
		snprintf(of, sizeof(of), "%s", root);
	}
	for (c = vm->id; *c; c++)
		hash = hash * 31 + *c;
	return &known[hash % NR_KNOWN];
}

/* Of a VM that runs */
static void look_up(struct vm *vm, const char *root)
{
	struct known *k = find_known(vm, root);

	if (k->since == vm->since && !strcmp(k->id, vm->id)) {
		strcpy(vm->name, k->name);
		return;
	}
	if (find_name(vm->name, sizeof(vm->name), vm, root))
		return;
	strcpy(k->id, vm->id);
	strcpy(k->name, vm->name);
	k->since = vm->since;
}

void names_lookup(struct vm *vm, const char *root)
{
	vm->name[0] = '\0';
	if (store_is_copy(root) && find_saved(vm, root))
		return;
	/* The PID of a VM that ended may be another process by now. */
	if (vm->running)
		look_up(vm, root);
	if (!vm->name[0])
		snprintf(vm->name, sizeof(vm->name), "%s",
			 vm->comm[0] ? vm->comm : vm->id);
}
