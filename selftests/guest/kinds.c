// SPDX-License-Identifier: GPL-2.0
/*
 * The table of kinds: what one iteration of each costs in VM exits.
 *
 * Holds for Linux 6.1 and 6.12 on Intel, with EPT and the TDP MMU; the test
 * counts.sh compares it with what kvm:kvm_exit counts.  Confirmed without
 * APICv only.  What the kernel does to the
 * guest's memory by itself (NUMA balancing, compaction, KSM, swapping) would
 * make more EPT violations.  Not in the table:
 *
 * - EXTERNAL_INTERRUPT, which can happen at any time.
 * - Things that do not exit under KVM: RDTSC(P), INVLPG, INVPCID, MOV to CR3
 *   and CR8 (EPT, TPR shadow), reading CR0 and CR4, XGETBV; PAUSE exits after
 *   many in a row only (PLE).  The guest uses neither of the latter two.
 */
#include <stdio.h>
#include <asm/vmx.h>
#include "host.h"
#include "kinds.h"

#define KIND(_name)	.name = #_name, .code = guest_##_name
#define X(_reason, _n)	{ .reason = EXIT_REASON_##_reason, .n = (_n) }
#define X_ANY(_reason)	X(_reason, ANY_NUMBER)
#define X_UNLESS(_what, _reason, _n) \
	{ .reason = EXIT_REASON_##_reason, .n = (_n), .unless = (_what) }
#define L2(_reason, _n)	\
	{ .reason = LEVEL2 + EXIT_REASON_##_reason, .n = (_n) }
#define EXITS(...)							\
	.exits = { __VA_ARGS__ },					\
	.nr_exits = sizeof((struct exits[]){ __VA_ARGS__ }) /		\
		    sizeof(struct exits)

#define DECLARE(_name)	extern const char guest_##_name[]
DECLARE(spin);
DECLARE(mark);
DECLARE(cpuid);
DECLARE(out);
DECLARE(in);
DECLARE(out_str);
DECLARE(in_str);
DECLARE(mmio_read);
DECLARE(mmio_write);
DECLARE(ept_read);
DECLARE(ept_write);
DECLARE(ept_fetch);
DECLARE(ept_cow);
DECLARE(hlt);
DECLARE(nap);
DECLARE(msr_read);
DECLARE(msr_write);
DECLARE(msr_deadline);
DECLARE(msr_icr);
DECLARE(self_ipi);
DECLARE(vmcall);
DECLARE(wall);
DECLARE(invd);
DECLARE(wbinvd);
DECLARE(xsetbv);
DECLARE(cr0);
DECLARE(cr4);
DECLARE(dr);
DECLARE(monitor);
DECLARE(mwait);
DECLARE(rdpmc);
DECLARE(vmclear);
DECLARE(invept);
DECLARE(ud);
DECLARE(l2_cpuid);
DECLARE(l2_vmcall);

#define HLT_EXITS							\
	EXITS(X(HLT, 1), X(MSR_WRITE, 1), X_UNLESS(APICV, MSR_WRITE, 1),\
	      X_ANY(EXTERNAL_INTERRUPT), X_ANY(INTERRUPT_WINDOW),	\
	      X_ANY(PREEMPTION_TIMER))

/* One exit of L2, and what L1 executes for it */
#define L2_EXITS(_reason)						\
	EXITS(L2(_reason, 1), X(VMRESUME, 1),				\
	      X_UNLESS(SHADOW_VMCS, VMWRITE, 1),			\
	      X_UNLESS(SHADOW_VMCS, VMREAD, 1))

const struct kind kinds[] = {
	/* a thousand turns of a loop */
	{ KIND(spin), EXITS(X_ANY(EXTERNAL_INTERRUPT)) },
	/* none; where tracing by an emulator begins and ends */
	{ KIND(mark), EXITS(X_ANY(EXTERNAL_INTERRUPT)) },
	{ KIND(cpuid), EXITS(X(CPUID, 1)) },
	{ KIND(out), EXITS(X(IO_INSTRUCTION, 1)), .user = 1 },
	{ KIND(in), EXITS(X(IO_INSTRUCTION, 1)), .user = 1 },
	/* outsb and insb: through KVM's emulator */
	{ KIND(out_str), EXITS(X(IO_INSTRUCTION, 1)), .user = 1 },
	{ KIND(in_str), EXITS(X(IO_INSTRUCTION, 1)), .user = 1 },
	/* the first access of all is an EPT_VIOLATION and part of "setup" */
	{ KIND(mmio_read), EXITS(X(EPT_MISCONFIG, 1)), .user = 1,
	  .region = MMIO },
	{ KIND(mmio_write), EXITS(X(EPT_MISCONFIG, 1)), .user = 1,
	  .region = MMIO },
	/*
	 * One page of 4 KiB each.  The VMM has written to it: else a read
	 * would map the zero page, and a later write exit once more.
	 */
	{ KIND(ept_read), EXITS(X(EPT_VIOLATION, 1)), .region = EPT_READ },
	{ KIND(ept_write), EXITS(X(EPT_VIOLATION, 1)), .region = EPT_WRITE },
	{ KIND(ept_fetch), EXITS(X(EPT_VIOLATION, 1)), .region = EPT_FETCH },
	/*
	 * A read, then a write, of a page that the VMM has not touched: the
	 * read maps the zero page, the first write (to what is present) has it
	 * replaced, at which KVM drops what it maps and has it tried again.
	 * Any other vCPU's violation of that time is tried again, too: the
	 * numbers hold for one vCPU.
	 */
	{ KIND(ept_cow), EXITS(X(EPT_VIOLATION, 3)), .region = EPT_COW },
	/*
	 * The deadline's MSR and EOI.  A timer that strikes before HLT makes
	 * an interrupt window, or a preemption timer exit if KVM uses that.
	 */
	{ KIND(hlt), HLT_EXITS, .irqs = 1 },
	{ KIND(nap), HLT_EXITS, .irqs = 1 },
	{ KIND(msr_read), EXITS(X(MSR_READ, 1)) },
	{ KIND(msr_write), EXITS(X(MSR_WRITE, 1)) },
	/* KVM's fast paths, the first if it uses the preemption timer */
	{ KIND(msr_deadline), EXITS(X(MSR_WRITE, 1)) },
	{ KIND(msr_icr), EXITS(X(MSR_WRITE, 1)) },
	/* ICR and EOI */
	{ KIND(self_ipi),
	  EXITS(X(MSR_WRITE, 1), X_UNLESS(APICV, MSR_WRITE, 1),
		X_UNLESS(APICV, INTERRUPT_WINDOW, 1)), .irqs = 1 },
	{ KIND(wall), EXITS(X(MSR_WRITE, 1)), .region = EPT_READ },
	{ KIND(vmcall), EXITS(X(VMCALL, 1)) },
	{ KIND(invd), EXITS(X(INVD, 1)) },
	{ KIND(wbinvd), EXITS(X(WBINVD, 1)) },
	{ KIND(xsetbv), EXITS(X(XSETBV, 1)), .xsave = true },
	{ KIND(cr0), EXITS(X(CR_ACCESS, 1)) },
	{ KIND(cr4), EXITS(X(CR_ACCESS, 1)) },
	/*
	 * A write and a read.  Without a debugger KVM gives the guest the
	 * registers until its next exit, whenever that is; with one it
	 * emulates each access.
	 */
	{ KIND(dr), EXITS(X(DR_ACCESS, 2)), .debug = true },
	{ KIND(monitor), EXITS(X(MONITOR_INSTRUCTION, 1)) },
	{ KIND(mwait), EXITS(X(MWAIT_INSTRUCTION, 1)) },
	{ KIND(rdpmc), EXITS(X(RDPMC, 1)), .gps = 1 },
	{ KIND(vmclear), EXITS(X(VMCLEAR, 1)), .uds = 1, .no_vmx = true },
	{ KIND(invept), EXITS(X(INVEPT, 1)), .uds = 1, .no_vmx = true },
	{ KIND(ud), EXITS(X(EXCEPTION_NMI, 1)), .uds = 1 },
	/* KVM reflects the exit of L2 to the guest, which resumes L2 */
	{ KIND(l2_cpuid), L2_EXITS(CPUID), .vmx = true },
	{ KIND(l2_vmcall), L2_EXITS(VMCALL), .vmx = true },
};

const unsigned int nr_kinds = ARRAY_SIZE(kinds);

/*
 * Once per vCPU, before the list: each of the base pages is touched, which no
 * other vCPU uses, then the page without memory slot (whose violation comes to
 * the VMM), then the VMM is told.
 */
const struct kind setup_kind = {
	.name = "setup",
	EXITS(X(EPT_VIOLATION, GUEST_BASE_PAGES + 1), X(IO_INSTRUCTION, 1)),
	.user = 2,
};

/*
 * The same for a guest with VMX: it reads the page with L2's fields, and lets L2
 * exit once.  For L2, KVM has an EPT of its own, which then gets the three page
 * tables and the code.
 */
const struct kind vmx_setup_kind = {
	.name = "setup_vmx",
	EXITS(X(VMON, 1), X(VMCLEAR, 1), X(VMPTRLD, 1), X(EPT_VIOLATION, 1),
	      X(VMWRITE, L2_FIELDS),
	      X_UNLESS(SHADOW_VMCS, VMWRITE, L2_FIELDS_SHADOWED),
	      X_UNLESS(SHADOW_VMCS, VMREAD, 1), X(VMLAUNCH, 1),
	      L2(EPT_VIOLATION, 4), L2(CPUID, 1)),
};

/* Once per vCPU and round, after the list: the VMM is told */
const struct kind round_kind = {
	.name = "round",
	EXITS(X(IO_INSTRUCTION, 1)),
	.user = 1,
};

static const struct {
	unsigned int reason;
	const char *name;
} reasons[] = { VMX_EXIT_REASONS };

const char *reason_name(unsigned int reason)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].reason == reason % LEVEL2)
			return reasons[i].name;
	}
	return "?";
}

const char *reason_level(unsigned int reason)
{
	return reason < LEVEL2 ? "" : "L2:";
}

void print_reasons(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		printf("%u %s\n", reasons[i].reason, reasons[i].name);
}

bool kind_possible(const struct kind *kind, bool nested)
{
	return (!kind->xsave || host_xsave()) &&
	       !(nested ? kind->no_vmx : kind->vmx);
}

static void print_kind(const struct kind *kind)
{
	struct expected one = { 0 };
	unsigned int r;

	kind_expect(kind, 1, &one);
	printf("%s", kind->name);
	for (r = 0; r < NR_REASONS; r++) {
		if (one.any[r])
			printf("\t%s%s:*", reason_level(r), reason_name(r));
		else if (one.n[r])
			printf("\t%s%s:%llu", reason_level(r), reason_name(r),
			       one.n[r]);
	}
	printf("\n");
}

/*
 * Those that are possible on this host.  "*" stands for each kind, "setup",
 * "setup_vmx" and "round" are no kinds to ask for.
 */
void print_kinds(bool nested)
{
	unsigned int i;

	for (i = 0; i < nr_kinds; i++) {
		if (kind_possible(&kinds[i], nested))
			print_kind(&kinds[i]);
	}
	print_kind(&setup_kind);
	if (nested)
		print_kind(&vmx_setup_kind);
	print_kind(&round_kind);
	printf("*\t%s:*%s\n", reason_name(EXIT_REASON_EXTERNAL_INTERRUPT),
	       nested ? "\tL2:EXTERNAL_INTERRUPT:*" : "");
}
