// SPDX-License-Identifier: GPL-2.0
/* What people call a VM: QEMU's -name, else the command, else PID-FD. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

/* Command lines are longer (libvirt's: 10 KiB), but the name comes early. */
#define CMDLINE_MAX	65536

/* Names come from whoever started the VM: nothing of them goes out raw. */
void names_clean(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

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
		 strcmp(root, SOURCE_ROOT) ? root : "", vm->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (len < size && (ret = read(fd, buf + len, size - len)) > 0)
		len += ret;
	close(fd);
	return len;
}

void names_lookup(struct vm *vm, const char *root)
{
	static char buf[CMDLINE_MAX + 1];
	char *arg, *end;
	bool value;

	vm->name[0] = '\0';
	/* The PID of a VM that ended may be another process by now. */
	end = buf;
	if (vm->running)
		end += read_cmdline(buf, CMDLINE_MAX, vm, root);
	*end = '\0';

	for (arg = buf, value = false; arg < end; arg += strlen(arg) + 1) {
		if (value)
			parse_name(arg, vm->name, sizeof(vm->name));
		value = !value && (!strcmp(arg, "-name") ||
				   !strcmp(arg, "--name"));
	}
	names_clean(vm->name);
	if (!vm->name[0])
		snprintf(vm->name, sizeof(vm->name), "%s",
			 vm->comm[0] ? vm->comm : vm->id);
}
