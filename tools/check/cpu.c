// SPDX-License-Identifier: GPL-2.0
/* kvmhot check: looks at the CPU and at KVM. */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/finders.h"
#include "check/found.h"
#include "check/sysfile.h"

#define CPU	"cpu"
#define KVM	"kvm"
#define RELOAD	"modprobe -r kvm_intel && modprobe kvm_intel "

/* Leaves and bits of Hyper-V's, as in its specification (TLFS) */
#define HV_VENDOR		0x40000000
#define HV_RECOMMENDED		0x40000004
#define HV_NESTED		0x4000000a
#define HV_USE_EVMCS		0x4000
#define HV_EVMCS_VERSION	0xff

/* The line of the first processor that begins with KEY: what comes after ':' */
static bool cpuinfo_value(const char *info, const char *key, char *value,
			  size_t size)
{
	size_t len = strlen(key), n;
	const char *line, *colon;

	*value = '\0';
	for (line = info; *line && *line != '\n'; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		colon = memchr(line, ':', n);
		if (!colon || strncmp(line, key, len) ||
		    line + len + strspn(line + len, " \t") != colon)
			continue;
		snprintf(value, size, "%.*s", (int)(line + n - colon - 1),
			 colon + 1);
		return true;
	}
	return false;
}

/* Return: is it worth while to look further? */
static bool tell_vendor(const char *vendor)
{
	if (sysfile_has_word(vendor, "GenuineIntel"))
		return true;
	if (sysfile_has_word(vendor, "AuthenticAMD") || sysfile_has_word(vendor, "HygonGenuine")) {
		found_tell(FOUND_STOPPED, CPU,
			   "%s: kvmhot counts on Intel's VT-x only",
			   vendor + strspn(vendor, " "));
		found_remedy("a host with an Intel processor; or emulated: make demo");
		return false;
	}
	found_tell(FOUND_NOTE, CPU, "%s: kvmhot is written for Intel's VT-x",
		   vendor + strspn(vendor, " "));
	found_remedy("if kvm_intel works here, try it: make check HOST=local");
	return true;
}

static void tell_vmx(const char *vendor, const char *flags)
{
	if (sysfile_has_word(flags, "vmx")) {
		found_tell(FOUND_OK, CPU,
			   "%s, vmx", vendor + strspn(vendor, " "));
		return;
	}
	found_tell(FOUND_STOPPED, CPU,
		   "no flag vmx in /proc/cpuinfo: no VT-x, or it is switched off");
	if (sysfile_has_word(flags, "hypervisor"))
		found_remedy("let this virtual machine's host give it VT-x (QEMU -cpu host)");
	else
		found_remedy("switch it on in the firmware's setup");
}

/* The same question as is_evmcs() of module/control/counting.c. */
static void tell_evmcs(const char *flags)
{
	unsigned int a, b, c, d;

	if (!sysfile_has_word(flags, "hypervisor"))
		return;
	__cpuid(HV_VENDOR, a, b, c, d);
	/* "Microsoft Hv" */
	if (b != 0x7263694d || c != 0x666f736f || d != 0x76482074 || a < HV_NESTED)
		return;
	__cpuid(HV_RECOMMENDED, a, b, c, d);
	if (!(a & HV_USE_EVMCS))
		return;
	__cpuid(HV_NESTED, a, b, c, d);
	if (!(a & HV_EVMCS_VERSION))
		return;
	found_tell(FOUND_STOPPED, CPU,
		   "Hyper-V offers its enlightened VMCS: exit reasons could not be read");
	found_remedy("none in this virtual machine; a host that is not Hyper-V's");
}

void cpu_find(struct host *h)
{
	static char info[65536], flags[16384];
	char vendor[64];
	int ret;

	ret = sysfile_read("/proc/cpuinfo", info, sizeof(info));
	if (ret || !cpuinfo_value(info, "vendor_id", vendor, sizeof(vendor)) ||
	    !cpuinfo_value(info, "flags", flags, sizeof(flags))) {
		found_tell(FOUND_UNKNOWN, CPU, "/proc/cpuinfo: %s",
			   ret ? strerror(-ret) : "no vendor_id, or no flags");
		found_remedy("look for vmx with lscpu");
		return;
	}
	h->cpuinfo = true;
	h->constant_tsc = sysfile_has_word(flags, "constant_tsc");
	h->nonstop_tsc = sysfile_has_word(flags, "nonstop_tsc");
	if (tell_vendor(vendor))
		tell_vmx(vendor, flags);
	tell_evmcs(flags);
}

static bool is_off(const char *module, const char *parameter)
{
	char path[96], value[16];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module,
		 parameter);
	if (sysfile_read(path, value, sizeof(value)))
		return false;
	return !strcmp(value, "N") || !strcmp(value, "0");
}

static void tell_parameters(struct host *h)
{
	h->unrestricted = true;
	if (is_off("kvm_intel", "ept")) {
		h->unrestricted = false;
		found_tell(FOUND_NOTE, KVM,
			   "kvm_intel has ept=N: handle_ept_violation is never called");
		found_remedy(RELOAD "ept=1, if the CPU has EPT");
	} else if (is_off("kvm_intel", "unrestricted_guest")) {
		h->unrestricted = false;
		found_tell(FOUND_NOTE, KVM,
			   "kvm_intel has unrestricted_guest=N: KVM counts rounds of emulation as exits");
		found_remedy(RELOAD "unrestricted_guest=1, if the CPU can");
	}
	if (!access("/sys/module/kvm_intel/parameters/tdx", F_OK) &&
	    !is_off("kvm_intel", "tdx")) {
		found_tell(FOUND_NOTE, KVM,
			   "kvm_intel has TDX: vCPUs of trust domains are not counted rightly");
		found_remedy("none: leave VMs that are trust domains out of account");
	}
}

static void tell_dev(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		found_tell(FOUND_OK, KVM, "/dev/kvm can be opened");
		return;
	}
	found_tell(FOUND_NOTE, KVM,
		   "/dev/kvm: %s: no VM can be made from here",
		   strerror(errno));
	if (errno == EACCES || errno == EPERM)
		found_remedy("run it as root");
	else
		found_remedy("look why: dmesg | grep -i kvm");
}

void cpu_find_kvm(struct host *h)
{
	h->kvm = sysfile_has_module("kvm");
	h->kvm_intel = sysfile_has_module("kvm_intel");
	if (!h->kvm || !h->kvm_intel) {
		found_tell(FOUND_STOPPED, KVM,
			   "%s not loaded: there is no VM to count",
			   h->kvm ? "kvm_intel is" : "kvm and kvm_intel are");
		if (sysfile_has_module("kvm_amd"))
			found_remedy("none here: it is kvm_amd that is loaded");
		else
			found_remedy("modprobe kvm_intel; if that fails, see dmesg | grep -i kvm");
		return;
	}
	found_tell(FOUND_OK, KVM, "kvm and kvm_intel are there");
	tell_parameters(h);
	tell_dev();
}
