// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: finds what keeps the module out, or its files from being read. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "check/finders.h"
#include "check/found.h"
#include "check/sysfile.h"

#define SECURITYFS	"/sys/kernel/security"
#define LOCKDOWN	SECURITYFS "/lockdown"
#define SIG_ENFORCE	"/sys/module/module/parameters/sig_enforce"
#define NO_MODULES	"/proc/sys/kernel/modules_disabled"
#define EFI		"/sys/firmware/efi"
#define SECURE_BOOT	EFI "/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define DEBUGFS		"/sys/kernel/debug"
#define MOUNT(type, at)	"mount -t " type " " type " " at
#define SIGN		"sign it with a key that is enrolled (scripts/sign-file sha256 KEY CERT kvmhot.ko; mokutil --import CERT, and reboot)"

static bool is_mounted(const char *path, unsigned long magic)
{
	struct statfs fs;

	return !statfs(path, &fs) && (unsigned long)fs.f_type == magic;
}

/* Behind four bytes of attributes: is it on? */
static const char *secure_boot(void)
{
	unsigned char value[5];
	ssize_t ret = -1;
	int fd;

	if (access(EFI, F_OK))
		return "no EFI boot";
	fd = open(SECURE_BOOT, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ret = read(fd, value, sizeof(value));
		close(fd);
	}
	if (ret != sizeof(value))
		return "Secure Boot not known";
	return value[4] ? "Secure Boot on" : "Secure Boot off";
}

static void tell_lockdown(void)
{
	char modes[128], mode[32] = "";
	int ret = sysfile_read(LOCKDOWN, modes, sizeof(modes));

	if (ret == -ENOENT && !is_mounted(SECURITYFS, SECURITYFS_MAGIC)) {
		found_tell(FOUND_UNKNOWN, "lockdown",
			   "securityfs is not mounted; %s",
			   secure_boot());
		found_remedy(MOUNT("securityfs", SECURITYFS));
		return;
	}
	if (ret == -ENOENT) {
		found_tell(FOUND_OK, "lockdown",
			   "this kernel has none; %s", secure_boot());
		return;
	}
	if (!ret && sscanf(modes, "%*[^[][%31[^]]", mode) < 1)
		sscanf(modes, "[%31[^]]", mode);
	if (ret || !*mode) {
		found_tell(FOUND_UNKNOWN, "lockdown", "%s: %s", LOCKDOWN,
			   ret ? strerror(-ret) : "no mode in brackets");
		found_remedy("as root: cat " LOCKDOWN);
	} else if (!strcmp(mode, "none")) {
		found_tell(FOUND_OK, "lockdown", "none; %s", secure_boot());
	} else {
		found_tell(FOUND_NOTE, "lockdown",
			   "%s; %s: kvmhot must be signed; its files can be read, not written",
			   mode, secure_boot());
		found_remedy(SIGN);
		found_remedy("or switch Secure Boot off in the firmware's setup");
	}
}

static void tell_signing(void)
{
	char value[16];
	__u64 off;

	if (!sysfile_number(NO_MODULES, &off) && off && !sysfile_has_module("kvmhot")) {
		found_tell(FOUND_STOPPED, "modules",
			   "kernel.modules_disabled=1: none can be loaded");
		found_remedy("reboot without it, or load kvmhot before it is set");
	}
	if (sysfile_read(SIG_ENFORCE, value, sizeof(value)) || strcmp(value, "Y")) {
		found_tell(FOUND_OK, "modules", "need not be signed%s",
			   access(LOCKDOWN, F_OK) ? "" : ", but for lockdown");
		return;
	}
	found_tell(FOUND_NOTE, "modules",
		   "must be signed (%s is Y)", SIG_ENFORCE);
	found_remedy(SIGN);
}

void files_find_lockdown(struct host *h)
{
	(void)h;
	tell_lockdown();
	tell_signing();
}

/* Another place where it is mounted, for there may be only one reason why */
static bool mounted_elsewhere(char *where, size_t size)
{
	bool found = false;
	char *line = NULL, *dash;
	size_t room = 0;
	FILE *file;

	file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		return false;
	while (!found && getline(&line, &room, file) > 0) {
		dash = strstr(line, " - ");
		if (!dash || strncmp(dash + 3, "debugfs ", 8))
			continue;
		found = sscanf(line, "%*s %*s %*s %*s %200s", where) == 1;
	}
	free(line);
	fclose(file);
	where[size - 1] = '\0';
	return found;
}

static void tell_unmounted(void)
{
	char where[256], value[32];

	if (sysfile_has_argument("debugfs", value, sizeof(value)) && strcmp(value, "on")) {
		found_tell(FOUND_STOPPED, "debugfs",
			   "the kernel was booted with debugfs=%s: nothing can be read",
			   value);
		found_remedy("boot without debugfs=%s", value);
		return;
	}
	if (mounted_elsewhere(where, sizeof(where)))
		found_tell(FOUND_STOPPED, "debugfs",
			   "mounted at %s, but not at " DEBUGFS,
			   where);
	else
		found_tell(FOUND_STOPPED, "debugfs",
			   "not mounted at " DEBUGFS);
	found_remedy(MOUNT("debugfs", DEBUGFS));
}

void files_find_debugfs(struct host *h)
{
	h->debugfs = is_mounted(DEBUGFS, DEBUGFS_MAGIC);
	if (!h->debugfs) {
		tell_unmounted();
		return;
	}
	if (access(DEBUGFS, R_OK | X_OK)) {
		found_tell(FOUND_STOPPED, "debugfs",
			   DEBUGFS ": %s: kvmhot's files cannot be read",
			   strerror(errno));
		found_remedy("run it as root (sudo kvmhot check)");
		return;
	}
	found_tell(FOUND_OK, "debugfs", "mounted at " DEBUGFS);
}
