// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: looks at the module and its hooks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "check/finders.h"
#include "check/found.h"
#include "check/status.h"
#include "check/symbols.h"
#include "check/sysfile.h"
#include "read/snapshot.h"
#include "read/store.h"
#include "shared/version.h"

#define MODULE		"/sys/module/kvmhot"
#define RELOAD		"rmmod kvmhot && insmod kvmhot.ko"
#define MAX_MAXACTIVE	65536	/* the module's bound of its parameter */
#define MANY_EXITS	1000	/* of which some are on the slow path */

/* The number of the first line, # kvmhot abi N FILE, or -1 */
static long read_abi(int *error)
{
	char buf[256];
	long abi;

	*error = -sysfile_read(STORE_ROOT "/version", buf, sizeof(buf));
	if (*error || sscanf(buf, "# kvmhot abi %9ld", &abi) != 1)
		return -1;
	return abi;
}

static void tell_unreadable(const struct host *h, int error)
{
	if (!h->debugfs) {
		found_tell(FOUND_UNKNOWN, "module",
			   "its hooks and losses: debugfs is not mounted");
		found_remedy("see debugfs");
	} else if (error == EACCES || error == EPERM) {
		found_tell(FOUND_STOPPED, "module",
			   STORE_ROOT ": %s", strerror(error));
		found_remedy("run it as root (sudo kvmhot check)");
	} else if (error) {
		found_tell(FOUND_STOPPED, "module", STORE_ROOT "/version: %s",
			   strerror(error));
		found_remedy("boot without debugfs=off; see dmesg; " RELOAD);
	} else {
		found_tell(FOUND_STOPPED, "module",
			   STORE_ROOT "/version: not a file of kvmhot's");
		found_remedy(RELOAD ", of this kvmhot");
	}
}

/* Return: can this reader read its files? */
static bool tell_abi(const struct host *h)
{
	int error;
	long abi = read_abi(&error);

	if (abi < 0) {
		tell_unreadable(h, error);
		return false;
	}
	if (abi == KVMHOT_ABI)
		return true;
	found_tell(FOUND_STOPPED, "module",
		   "its files have abi %ld, this kvmhot reads only %d",
		   abi, KVMHOT_ABI);
	found_remedy("use the kvmhot of its version; or " RELOAD " of this one's");
	return false;
}

static void tell_version(void)
{
	char version[64];
	int ret = sysfile_read(MODULE "/version", version, sizeof(version));

	if (ret) {
		found_tell(FOUND_UNKNOWN, "module",
			   "loaded; " MODULE "/version: %s",
			   strerror(-ret));
		found_remedy("modinfo kvmhot.ko");
	} else if (!strcmp(version, KVMHOT_VERSION)) {
		found_tell(FOUND_OK, "module",
			   "kvmhot %s is loaded, abi of this kvmhot %d",
			   version, KVMHOT_ABI);
	} else {
		found_tell(FOUND_NOTE, "module",
			   "kvmhot %s is loaded, and this is %s",
			   version, KVMHOT_VERSION);
		found_remedy(RELOAD ", of this version");
	}
}

void module_find(struct host *h)
{
	h->loaded = sysfile_has_module("kvmhot");
	if (!h->loaded) {
		found_tell(FOUND_STOPPED, "module", "kvmhot is not loaded");
		found_remedy("insmod kvmhot.ko; if it fails, dmesg tells why");
		return;
	}
	tell_version();
	if (!tell_abi(h))
		return;
	h->readable = !status_read(h);
	if (!h->readable) {
		found_tell(FOUND_STOPPED, "module",
			   STORE_ROOT "/status cannot be read: see stderr");
		found_remedy(RELOAD ", of this kvmhot");
	}
}

/* Is there a hit whenever there are exits, but for those on KVM's fast path? */
static bool is_of_exits(const struct hook *k)
{
	return !strcmp(k->name, "kvm_exit") || !strcmp(k->name, "kvm_entry") ||
	       (!strcmp(k->name, "vmx_handle_exit") &&
		!strcmp(k->kind, "kprobe"));
}

/* What counting needs at least, as in the module's table of hooks */
static bool is_required(const struct hook *k)
{
	return is_of_exits(k) || !strcmp(k->name, "kvm_userspace_exit") ||
	       !strcmp(k->name, "kvm_vcpu_wakeup") ||
	       (!strcmp(k->name, "kvm_vcpu_ioctl") &&
		!strcmp(k->kind, "kprobe"));
}

/* Without memory for a hook none is put in place, nor while it is tried again. */
static bool is_vital(const struct host *h, const struct hook *k)
{
	return is_required(k) || (k->error == ENOMEM && !h->status.n[S_ARMED]);
}

static void tell_missing(const struct host *h, const struct hook *k)
{
	const struct symbol *s;

	found_tell(is_vital(h, k) ? FOUND_STOPPED : FOUND_INCOMPLETE, "hook",
		   "%s (%s) is missing, %s: %s", k->name, k->kind,
		   fmt_errno(k->error).text, k->note);
	s = k->error == ENOENT && !symbols_read() ? symbols_find(k->name) : NULL;
	if (s && *s->variant && !s->found)
		found_remedy("another build of the kernel: here it is %s", s->variant);
	else if (k->error == ENOENT)
		found_remedy("another build of the kernel: grep %s /proc/kallsyms",
			     k->name);
	else if (k->error == ENOMEM)
		found_remedy("free memory, or " RELOAD " with a smaller maxactive");
	else
		found_remedy("end what else is on it (livepatch; debugfs kprobes/list)");
}

static void tell_missed(const struct host *h, const struct hook *k)
{
	__u64 now = 0, need;

	found_tell(FOUND_INCOMPLETE, "hook",
		   "%s (%s): missed %llu: %s", k->name,
		   k->kind, k->missed, k->note);
	if (strcmp(k->kind, "kretprobe")) {
		found_remedy("end other probes of KVM: it was hit while another probe ran");
		return;
	}
	sysfile_number(MODULE "/parameters/maxactive", &now);
	/* It was too small: so more than it is. */
	need = 2 * now > 2 * h->n[D_VCPUS] ? 2 * now : 2 * h->n[D_VCPUS];
	if (need > MAX_MAXACTIVE)
		need = MAX_MAXACTIVE;
	found_remedy(RELOAD " maxactive=%llu (it is %llu, vCPUs now: %llu)",
		     need, now, h->n[D_VCPUS]);
}

/* A guest need not leave KVM_RUN, nor halt. */
static bool is_dead(const struct host *h, const struct hook *k, __u64 hits)
{
	return !hits && h->status.n[S_EXITS] > MANY_EXITS && is_of_exits(k);
}

static void tell_armed(const struct host *h, const struct hook *k,
		       const struct hook_more *more)
{
	if (k->missed) {
		tell_missed(h, k);
	} else if (is_dead(h, k, more->hits)) {
		found_tell(FOUND_INCOMPLETE, "hook",
			   "%s (%s) was never hit in %llu exits: %s",
			   k->name, k->kind, h->status.n[S_EXITS], k->note);
		found_remedy("kernel.ftrace_enabled and debugfs kprobes/enabled must be 1");
		found_remedy("none if all VMs are TDX's: they do not come by");
	} else {
		found_tell(FOUND_OK, "hook",
			   "%s (%s of %s): armed, hit %llu times",
			   k->name, k->kind, more->module, more->hits);
	}
}

/* Not in place, which is as it should be or has a reason told elsewhere. */
static void tell_idle(const struct host *h, const struct hook *k,
		      const struct hook_more *more)
{
	bool handle = !strcmp(k->name, "vmx_handle_exit");
	bool detail = !strcmp(k->kind, "kretprobe");

	if (k->missed) {
		tell_missed(h, k);
	} else if (!strcmp(k->state, "waiting")) {
		/* For all hooks: none is put in place without kvm_intel's. */
		found_tell(FOUND_NOTE, "hook",
			   "%s (%s of %s) waits for kvm_intel",
			   k->name, k->kind, more->module);
		found_remedy("modprobe kvm_intel");
	} else if (!h->status.n[S_ENABLED]) {
		found_tell(FOUND_OK, "hook",
			   "%s (%s): %s, as kvmhot is not enabled",
			   k->name, k->kind, k->state);
	} else if (detail && !h->status.n[S_DETAIL]) {
		found_tell(FOUND_OK, "hook", "%s (%s): off, as detail is 0",
			   k->name, k->kind);
	} else if (handle && !detail && h->status.n[S_DETAIL]) {
		found_tell(FOUND_OK, "hook",
			   "%s (%s): off, as with detail its kretprobe does that, too",
			   k->name, k->kind);
	} else {
		found_tell(FOUND_NOTE, "hook",
			   "%s (%s) is %s", k->name, k->kind,
			   k->state);
		found_remedy("see enabled");
	}
}

/* What the kernel's own switches tell, if they can be read, is told already. */
static void tell_kprobes_off(struct host *h)
{
	if (!snapshot_kprobes_off(&h->status) || h->no_probes)
		return;
	h->no_probes = true;
	found_tell(FOUND_INCOMPLETE, "hook",
		   "no kprobe is hit: exits are counted, but the time that they took is wrong");
	found_remedy("kernel.ftrace_enabled and debugfs kprobes/enabled must be 1");
	found_remedy("then kvmhot reset");
}

void module_find_hooks(struct host *h)
{
	const struct hook *k;
	size_t i;

	tell_kprobes_off(h);
	for (i = 0; i < h->status.nr_hooks; i++) {
		k = &h->status.hooks[i];
		if (!strcmp(k->state, "missing"))
			tell_missing(h, k);
		else if (!strcmp(k->state, "armed"))
			tell_armed(h, k, &h->more[i]);
		else
			tell_idle(h, k, &h->more[i]);
	}
}
