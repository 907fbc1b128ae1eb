// SPDX-License-Identifier: GPL-2.0
/* module/shared/reasons.h against the names in the header that libc's package has. */
#include <asm/vmx.h>
#include <string.h>

#include "shared/reasons.h"
#include "tap.h"

static const struct {
	unsigned int number;
	const char *name;
} kernel[] = { VMX_EXIT_REASONS };

#define NR_KERNEL	(sizeof(kernel) / sizeof(*kernel))

static bool test_kernel(void)
{
	const char *name;
	bool ok = true;
	size_t i;

	for (i = 0; i < NR_KERNEL; i++) {
		name = kvmhot_reason_name(kernel[i].number);
		if (!name || strcmp(name, kernel[i].name))
			ok = tap_why("%u: %s, not %s", kernel[i].number,
				     name ? name : "nothing", kernel[i].name);
	}
	return ok;
}

/* Those that this header may be too old for. */
static bool test_newer(void)
{
	static const struct {
		unsigned int number;
		const char *name;
	} newer[] = {
		{ 4, "SIPI_SIGNAL" }, { 6, "OTHER_SMI" }, { 74, "BUS_LOCK" },
		{ 75, "NOTIFY" }, { 76, "SEAMCALL" }, { 77, "TDCALL" },
		{ 84, "MSR_READ_IMM" }, { 85, "MSR_WRITE_IMM" },
	};
	const char *name;
	size_t i;

	for (i = 0; i < sizeof(newer) / sizeof(*newer); i++) {
		name = kvmhot_reason_name(newer[i].number);
		if (!name || strcmp(name, newer[i].name))
			return tap_why("%u", newer[i].number);
	}
	return true;
}

static bool test_unique(void)
{
	unsigned int i, j;

	for (i = 0; i < 128; i++)
		for (j = 0; j < i; j++)
			if (kvmhot_reason_name(i) && kvmhot_reason_name(j) &&
			    !strcmp(kvmhot_reason_name(i),
				    kvmhot_reason_name(j)))
				return tap_why("%u and %u", i, j);
	return true;
}

static bool test_unknown(void)
{
	static const unsigned int unknown[] = {
		5, 11, 17, 83, 86, 87, 126, 127, 128, 65535, 0x80000021, ~0U,
	};
	size_t i;

	for (i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		if (kvmhot_reason_name(unknown[i]))
			return tap_why("%u has a name", unknown[i]);
	return true;
}

int main(void)
{
	tap_plan(5);
	tap_ok(NR_KERNEL >= 59, "the kernel's header has names");
	tap_ok(test_kernel(), "all names of the kernel's header");
	tap_ok(test_newer(), "names of newer kernels");
	tap_ok(test_unique(), "no name twice");
	tap_ok(test_unknown(), "no name for what has none");
	return tap_status();
}
