/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names the basic VM-exit reasons, as the newest kernel's asm/vmx.h does.  The table is
 * our own: names must not depend on the kernel that the module or the reader happens to
 * be built with.
 */
#ifndef KVMHOT_REASONS_H
#define KVMHOT_REASONS_H

#ifdef __KERNEL__
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif

/* Reasons from this one on share one row. */
#define KVMHOT_REASON_LAST	127

/**
 * kvmhot_reason_name() - name of a basic exit reason
 * @reason: low 16 bits of the VMCS field
 *
 * Return: the name; NULL if the number has none: print REASON_%u then.
 */
static inline const char *kvmhot_reason_name(unsigned int reason)
{
	static const char * const names[] = {
		[0] = "EXCEPTION_NMI",          [1] = "EXTERNAL_INTERRUPT",
		[2] = "TRIPLE_FAULT",           [3] = "INIT_SIGNAL",
		[4] = "SIPI_SIGNAL",            [6] = "OTHER_SMI",
		[7] = "INTERRUPT_WINDOW",       [8] = "NMI_WINDOW",
		[9] = "TASK_SWITCH",            [10] = "CPUID",
		[12] = "HLT",                   [13] = "INVD",
		[14] = "INVLPG",                [15] = "RDPMC",
		[16] = "RDTSC",                 [18] = "VMCALL",
		[19] = "VMCLEAR",               [20] = "VMLAUNCH",
		[21] = "VMPTRLD",               [22] = "VMPTRST",
		[23] = "VMREAD",                [24] = "VMRESUME",
		[25] = "VMWRITE",               [26] = "VMOFF",
		[27] = "VMON",                  [28] = "CR_ACCESS",
		[29] = "DR_ACCESS",             [30] = "IO_INSTRUCTION",
		[31] = "MSR_READ",              [32] = "MSR_WRITE",
		[33] = "INVALID_STATE",         [34] = "MSR_LOAD_FAIL",
		[36] = "MWAIT_INSTRUCTION",     [37] = "MONITOR_TRAP_FLAG",
		[39] = "MONITOR_INSTRUCTION",   [40] = "PAUSE_INSTRUCTION",
		[41] = "MCE_DURING_VMENTRY",    [43] = "TPR_BELOW_THRESHOLD",
		[44] = "APIC_ACCESS",           [45] = "EOI_INDUCED",
		[46] = "GDTR_IDTR",             [47] = "LDTR_TR",
		[48] = "EPT_VIOLATION",         [49] = "EPT_MISCONFIG",
		[50] = "INVEPT",                [51] = "RDTSCP",
		[52] = "PREEMPTION_TIMER",      [53] = "INVVPID",
		[54] = "WBINVD",                [55] = "XSETBV",
		[56] = "APIC_WRITE",            [57] = "RDRAND",
		[58] = "INVPCID",               [59] = "VMFUNC",
		[60] = "ENCLS",                 [61] = "RDSEED",
		[62] = "PML_FULL",              [63] = "XSAVES",
		[64] = "XRSTORS",               [67] = "UMWAIT",
		[68] = "TPAUSE",                [74] = "BUS_LOCK",
		[75] = "NOTIFY",                [76] = "SEAMCALL",
		[77] = "TDCALL",                [84] = "MSR_READ_IMM",
		[85] = "MSR_WRITE_IMM",
	};

	if (reason >= sizeof(names) / sizeof(*names))
		return NULL;
	return names[reason];
}

#endif /* KVMHOT_REASONS_H */
