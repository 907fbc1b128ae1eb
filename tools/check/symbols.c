// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot check: looks for the symbols of the hooks as the module does: by name, in
 * their module or, if that is built in, in the kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/finders.h"
#include "check/found.h"
#include "check/symbols.h"

#define TOPIC		"symbol"
#define KALLSYMS	"/proc/kallsyms"
#define BLACKLIST	"/sys/kernel/debug/kprobes/blacklist"

/* A tracepoint's is the function that calls its probes. */
#define TRACEPOINT	"__traceiter_"

static struct symbol symbols[] = {
	{ .name = "vmx_handle_exit", .module = "kvm_intel" },
	{ .name = "handle_ept_violation", .module = "kvm_intel" },
	{ .name = "kvm_vcpu_ioctl", .module = "kvm" },
	{ .name = "kvm_vcpu_halt", .module = "kvm" },
	{ .name = "kvm_vcpu_block", .module = "kvm" },
	{ .name = "kvm_arch_vcpu_destroy", .module = "kvm" },
	{ .name = TRACEPOINT "kvm_exit", .module = "kvm" },
	{ .name = TRACEPOINT "kvm_entry", .module = "kvm" },
	{ .name = TRACEPOINT "kvm_userspace_exit", .module = "kvm" },
	{ .name = TRACEPOINT "kvm_vcpu_wakeup", .module = "kvm" },
	{ .name = TRACEPOINT "sched_switch" },
	/* What tells how the kernel was configured */
	{ .name = "register_kprobe" },
	{ .name = "pre_handler_kretprobe" },
	{ .name = "tracepoint_probe_register" },
};

#define NR_SYMBOLS	(sizeof(symbols) / sizeof(*symbols))
#define NR_HOOKED	11	/* the first */

/* What counting needs at least, as in the module's table of hooks */
static bool is_required(const struct symbol *s)
{
	return !strcmp(s->name, "kvm_vcpu_ioctl") ||
	       !strcmp(s->name, "vmx_handle_exit") ||
	       !strncmp(s->name, TRACEPOINT "kvm_", strlen(TRACEPOINT "kvm_"));
}

/* What a vCPU halts in; before 5.17 kvm_vcpu_halt is another function. */
static const char *halt_name(const struct host *h)
{
	return h->major > 5 || (h->major == 5 && h->minor >= 17) ?
	       "kvm_vcpu_halt" : "kvm_vcpu_block";
}

static bool is_halt(const struct symbol *s)
{
	return !strcmp(s->name, "kvm_vcpu_halt") ||
	       !strcmp(s->name, "kvm_vcpu_block");
}

static const char *short_name(const struct symbol *s)
{
	size_t len = strlen(TRACEPOINT);

	return s->name + (strncmp(s->name, TRACEPOINT, len) ? 0 : len);
}

/*
 * NAME in MODULE or, if that is NULL, in the kernel itself.  What is cold of a
 * function is never its whole.
 */
static void look_at(const char *name, const char *module)
{
	struct symbol *s;
	size_t len;

	for (s = symbols; s < symbols + NR_SYMBOLS; s++) {
		len = strlen(s->name);
		if (strncmp(name, s->name, len) ||
		    (module && (!s->module || strcmp(module, s->module))))
			continue;
		if (!name[len])
			s->found = true;
		else if (name[len] == '.' && strcmp(name + len, ".cold"))
			snprintf(s->variant, sizeof(s->variant), "%.60s", name);
	}
}

/* ADDRESS TYPE NAME, and behind a tab [MODULE] */
static void parse_line(char *line)
{
	char *next = line, *name, *module;

	strsep(&next, " ");
	strsep(&next, " ");
	name = strsep(&next, "\t\n");
	if (!name)
		return;
	module = next && *next == '[' ? next + 1 : NULL;
	if (module)
		module[strcspn(module, "]\n")] = '\0';
	look_at(name, module);
}

int symbols_read(void)
{
	static int ret = 1;
	char line[1024];
	FILE *file;

	if (ret <= 0)
		return ret;
	file = fopen(KALLSYMS, "re");
	if (!file) {
		ret = -errno;
		return ret;
	}
	ret = -ENODATA;
	while (fgets(line, sizeof(line), file)) {
		parse_line(line);
		ret = 0;
	}
	if (ferror(file))
		ret = -EIO;
	fclose(file);
	return ret;
}

const struct symbol *symbols_find(const char *name)
{
	const struct symbol *s;

	for (s = symbols; s < symbols + NR_SYMBOLS; s++)
		if (!strcmp(short_name(s), name))
			return s;
	return NULL;
}

/* FROM-TO, and behind a tab NAME, maybe with a blank and [MODULE] */
static bool is_blacklisted(const char *name)
{
	bool found = false;
	char line[1024], *at;
	FILE *file;

	file = fopen(BLACKLIST, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		at = strchr(line, '\t');
		if (!at)
			continue;
		at[1 + strcspn(at + 1, " \t\n")] = '\0';
		found = !strcmp(at + 1, name);
	}
	fclose(file);
	return found;
}

static void tell_one(const struct symbol *s, bool there)
{
	enum verdict bad = is_required(s) ? FOUND_STOPPED : FOUND_INCOMPLETE;
	const char *in = s->module ? s->module : "the kernel";
	const char *what = s->name == short_name(s) ? "" : "tracepoint ";

	if (!there) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "%s%s: %s is not loaded", what,
			   short_name(s), in);
		found_remedy("modprobe %s, and check again", in);
	} else if (s->found && is_blacklisted(s->name)) {
		found_tell(bad, TOPIC,
			   "%s of %s: on the list of those that no kprobe may be on",
			   s->name, in);
		found_remedy("another build of the kernel; %s has the list", BLACKLIST);
	} else if (s->found) {
		found_tell(FOUND_OK, TOPIC,
			   "%s%s of %s", what, short_name(s), in);
	} else {
		found_tell(bad, TOPIC,
			   "%s%s: not in %s%s%s", what, short_name(s),
			   in, *s->variant ? ", only " : "", s->variant);
		found_remedy("another build of the kernel: this one has no function of that name");
	}
}

void symbols_find_missing(struct host *h)
{
	const struct symbol *s;
	int ret = symbols_read();

	if (ret) {
		found_tell(FOUND_UNKNOWN, TOPIC,
			   "%s: %s", KALLSYMS, strerror(-ret));
		found_remedy("load kvmhot: its file status tells what is missing");
		return;
	}
	for (s = symbols; s < symbols + NR_HOOKED; s++) {
		if (is_halt(s) && strcmp(s->name, halt_name(h)))
			continue;
		tell_one(s, !s->module || (strcmp(s->module, "kvm") ?
					   h->kvm_intel : h->kvm));
	}
}
