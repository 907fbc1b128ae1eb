// SPDX-License-Identifier: GPL-2.0
/*
 * The properties of the host on which the exits depend.
 */
#include <cpuid.h>
#include <stdio.h>
#include "guest.h"
#include "host.h"

/* @def: for a kernel that has no such parameter (any more) */
static bool param(const char *module, const char *name, bool def)
{
	char path[128];
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s",
		 module, name);
	file = fopen(path, "r");
	if (!file)
		return def;
	c = fgetc(file);
	fclose(file);
	return c == 'Y' || c == '1';
}

bool host_apicv(void)
{
	return param("kvm_intel", "enable_apicv", false);
}

bool host_shadow_vmcs(void)
{
	return param("kvm_intel", "enable_shadow_vmcs", false);
}

bool host_nested(void)
{
	return param("kvm_intel", "nested", false);
}

bool host_xsave(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE);
}

/*
 * mmio_caching=0 turns EPT misconfigurations into violations; the shadow MMU
 * (tdp_mmu=0) maps neighbours of a faulting page, too, if they are at hand.
 */
bool host_ok(void)
{
	static const struct {
		const char *module, *name;
	} needed[] = {
		{ "kvm_intel", "ept" },
		{ "kvm", "tdp_mmu" },
		{ "kvm", "mmio_caching" },
	};
	unsigned int i;
	bool ok = true;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (param(needed[i].module, needed[i].name, true))
			continue;
		fprintf(stderr, "the exits are not known for %s.%s=N\n",
			needed[i].module, needed[i].name);
		ok = false;
	}
	return ok;
}
