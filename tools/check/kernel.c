// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: looks at the kernel's version, configuration and switches. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "check/finders.h"
#include "check/found.h"
#include "check/symbols.h"
#include "check/sysfile.h"

#define TOPIC		"kernel"
#define VERSION(a, b)	((a) * 1000 + (b))
#define FTRACE		"/proc/sys/kernel/ftrace_enabled"
#define KPROBES		"/sys/kernel/debug/kprobes/enabled"

/* What kvmhot needs, and what tells that it is there if no configuration does */
static const struct option {
	const char *name, *symbol;
} options[] = {
	{ "CONFIG_KPROBES", "register_kprobe" },
	{ "CONFIG_KRETPROBES", "pre_handler_kretprobe" },
	{ "CONFIG_TRACEPOINTS", "tracepoint_probe_register" },
	{ "CONFIG_DEBUG_FS", NULL },
};

#define NR_OPTIONS	(sizeof(options) / sizeof(*options))

static void tell_version(struct host *h)
{
	unsigned int version;
	struct utsname name;

	if (uname(&name) ||
	    sscanf(name.release, "%u.%u", &h->major, &h->minor) != 2) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "its version is not to be had");
		found_remedy("uname -a; kvmhot is written for 5.10 to 7.2");
		return;
	}
	snprintf(h->release, sizeof(h->release), "%.64s", name.release);
	version = VERSION(h->major, h->minor);
	if (strcmp(name.machine, "x86_64")) {
		found_tell(FOUND_STOPPED, TOPIC,
			   "%s on %s: kvmhot is for x86_64 only",
			   h->release, name.machine);
		found_remedy("a kernel for x86_64");
	} else if (version == VERSION(6, 1) || version == VERSION(6, 12)) {
		found_tell(FOUND_OK, TOPIC,
			   "%s: of those that kvmhot is tested with",
			   h->release);
	} else {
		found_tell(FOUND_NOTE, TOPIC,
			   "%s: kvmhot is %s 5.10 to 7.2, and tested with 6.1 and 6.12",
			   h->release, version < VERSION(5, 10) ||
			   version > VERSION(7, 2) ? "only written for" :
			   "written for");
		found_remedy("test it here: make check HOST=local (reloads kvm)");
	}
}

/* The bits of those OPTIONS that are =y in PATH; -errno if it can't be read */
static int read_config(const char *path)
{
	char line[1024];
	int have = 0;
	size_t i, len;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		for (i = 0; i < NR_OPTIONS; i++) {
			len = strlen(options[i].name);
			if (!strncmp(line, options[i].name, len) &&
			    !strcmp(line + len, "=y\n"))
				have |= 1 << i;
		}
	}
	if (ferror(file))
		have = -EIO;
	fclose(file);
	return have;
}

/* Where distributions put it; FROM says where it was. */
static int find_config(const char *release, char *from, size_t size)
{
	static const char * const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	int have = -ENOENT;
	size_t i;

	for (i = 0; have < 0 && i < sizeof(places) / sizeof(*places); i++) {
		snprintf(from, size, places[i], release);
		have = read_config(from);
	}
	return have;
}

static bool has_debugfs(void)
{
	char types[8192];

	return !sysfile_read("/proc/filesystems", types, sizeof(types)) &&
	       strstr(types, "\tdebugfs\n");
}

/* The same from what is in the kernel; -errno if it does not tell. */
static int find_symbols(char *from, size_t size)
{
	const struct symbol *s;
	int have = 0, ret;
	size_t i;

	snprintf(from, size, "/proc/kallsyms and /proc/filesystems");
	ret = symbols_read();
	if (ret)
		return ret;
	for (i = 0; i < NR_OPTIONS; i++) {
		s = options[i].symbol ? symbols_find(options[i].symbol) : NULL;
		if (s ? s->found : has_debugfs())
			have |= 1 << i;
	}
	return have;
}

static void tell_config(const struct host *h)
{
	char from[128];
	bool fine = true;
	int have;
	size_t i;

	have = find_config(h->release, from, sizeof(from));
	if (have < 0 && sysfile_has_module("kvmhot")) {
		/* It would not have been linked, and has hooks that tell. */
		found_tell(FOUND_OK, TOPIC,
			   "no configuration to be read, but kvmhot is loaded");
		return;
	}
	if (have < 0)
		have = find_symbols(from, sizeof(from));
	if (have < 0) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "no configuration in /boot, none in /proc/kallsyms: %s",
			   strerror(-have));
		found_remedy("zgrep -e PROBES -e TRACEPOINTS -e DEBUG_FS /proc/config.gz");
		return;
	}
	for (i = 0; i < NR_OPTIONS; i++) {
		if (have & 1 << i)
			continue;
		fine = false;
		found_tell(FOUND_STOPPED, TOPIC,
			   "without %s, by %s", options[i].name,
			   from);
		found_remedy("a kernel with %s=y", options[i].name);
	}
	if (fine)
		found_tell(FOUND_OK, TOPIC,
			   "has kprobes, kretprobes, tracepoints and debugfs, by %s",
			   from);
}

static void tell_ftrace(struct host *h)
{
	__u64 on;
	int ret = sysfile_number(FTRACE, &on);

	if (ret == -ENOENT) {
		found_tell(FOUND_OK, TOPIC,
			   "no kernel.ftrace_enabled: kprobes do without ftrace");
	} else if (ret) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "%s: %s", FTRACE, strerror(-ret));
		found_remedy("sysctl kernel.ftrace_enabled: it must be 1");
	} else if (on) {
		found_tell(FOUND_OK, TOPIC, "kernel.ftrace_enabled=1");
	} else {
		h->no_probes = true;
		found_tell(FOUND_INCOMPLETE, TOPIC,
			   "kernel.ftrace_enabled=0: exits are counted, but the time that they took is wrong");
		found_remedy("sysctl kernel.ftrace_enabled=1; then kvmhot reset");
	}
}

static void tell_kprobes(struct host *h)
{
	__u64 on;
	int ret = sysfile_number(KPROBES, &on);

	if (ret) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "%s: %s", KPROBES, strerror(-ret));
		if (ret == -EPERM)
			found_remedy("locked down: a hook that is hit tells that they are on");
		else
			found_remedy("as root, with debugfs mounted: cat " KPROBES " (must be 1)");
	} else if (on) {
		found_tell(FOUND_OK, TOPIC, "kprobes are switched on");
	} else {
		h->no_probes = true;
		found_tell(FOUND_INCOMPLETE, TOPIC,
			   "kprobes are switched off: exits are counted, but the time that they took is wrong");
		found_remedy("echo 1 > %s; then kvmhot reset", KPROBES);
	}
}

void kernel_find(struct host *h)
{
	tell_version(h);
	if (*h->release)
		tell_config(h);
	tell_ftrace(h);
	tell_kprobes(h);
}
