// SPDX-License-Identifier: GPL-2.0
/*
 * Names the ioctls of a vCPU, and what KVM_RUN tells the VMM.
 *
 * Process context; may sleep.  Pure look-ups in tables, without a lock.
 */
#include <linux/kernel.h>
#include <linux/kvm.h>

#include "files/names.h"

#define IOCTL(_name)	{ .cmd = (_name), .name = #_name }

static const struct {
	unsigned int cmd;
	const char *name;
} ioctls[] = {
	IOCTL(KVM_RUN),
	IOCTL(KVM_GET_REGS),
	IOCTL(KVM_SET_REGS),
	IOCTL(KVM_GET_SREGS),
	IOCTL(KVM_SET_SREGS),
	IOCTL(KVM_TRANSLATE),
	IOCTL(KVM_INTERRUPT),
	IOCTL(KVM_GET_MSRS),
	IOCTL(KVM_SET_MSRS),
	IOCTL(KVM_SET_CPUID),
	IOCTL(KVM_SET_SIGNAL_MASK),
	IOCTL(KVM_GET_FPU),
	IOCTL(KVM_SET_FPU),
	IOCTL(KVM_GET_LAPIC),
	IOCTL(KVM_SET_LAPIC),
	IOCTL(KVM_SET_CPUID2),
	IOCTL(KVM_GET_CPUID2),
	IOCTL(KVM_TPR_ACCESS_REPORTING),
	IOCTL(KVM_SET_VAPIC_ADDR),
	IOCTL(KVM_GET_MP_STATE),
	IOCTL(KVM_SET_MP_STATE),
	IOCTL(KVM_NMI),
	IOCTL(KVM_SET_GUEST_DEBUG),
	IOCTL(KVM_X86_SETUP_MCE),
	IOCTL(KVM_X86_SET_MCE),
	IOCTL(KVM_GET_VCPU_EVENTS),
	IOCTL(KVM_SET_VCPU_EVENTS),
	IOCTL(KVM_GET_DEBUGREGS),
	IOCTL(KVM_SET_DEBUGREGS),
	IOCTL(KVM_SET_TSC_KHZ),
	IOCTL(KVM_GET_TSC_KHZ),
	IOCTL(KVM_ENABLE_CAP),
	IOCTL(KVM_GET_XSAVE),
	IOCTL(KVM_SET_XSAVE),
	IOCTL(KVM_GET_XCRS),
	IOCTL(KVM_SET_XCRS),
	IOCTL(KVM_KVMCLOCK_CTRL),
	IOCTL(KVM_GET_DEVICE_ATTR),
	IOCTL(KVM_SET_DEVICE_ATTR),
	IOCTL(KVM_HAS_DEVICE_ATTR),
	IOCTL(KVM_SMI),
	IOCTL(KVM_GET_NESTED_STATE),
	IOCTL(KVM_SET_NESTED_STATE),
	IOCTL(KVM_GET_SUPPORTED_HV_CPUID),
	/* Not every kernel's linux/kvm.h has these. */
#ifdef KVM_XEN_VCPU_GET_ATTR
	IOCTL(KVM_XEN_VCPU_GET_ATTR),
#endif
#ifdef KVM_XEN_VCPU_SET_ATTR
	IOCTL(KVM_XEN_VCPU_SET_ATTR),
#endif
#ifdef KVM_GET_SREGS2
	IOCTL(KVM_GET_SREGS2),
#endif
#ifdef KVM_SET_SREGS2
	IOCTL(KVM_SET_SREGS2),
#endif
#ifdef KVM_GET_STATS_FD
	IOCTL(KVM_GET_STATS_FD),
#endif
#ifdef KVM_GET_XSAVE2
	IOCTL(KVM_GET_XSAVE2),
#endif
#ifdef KVM_MEMORY_ENCRYPT_OP
	IOCTL(KVM_MEMORY_ENCRYPT_OP),
#endif
#ifdef KVM_PRE_FAULT_MEMORY
	IOCTL(KVM_PRE_FAULT_MEMORY),
#endif
#ifdef KVM_GET_ONE_REG
	IOCTL(KVM_GET_ONE_REG),
#endif
#ifdef KVM_SET_ONE_REG
	IOCTL(KVM_SET_ONE_REG),
#endif
};

/* The kernel's ABI has these numbers, also of other architectures. */
static const char * const runs[] = {
	"UNKNOWN", "EXCEPTION", "IO", "HYPERCALL", "DEBUG", "HLT", "MMIO",
	"IRQ_WINDOW_OPEN", "SHUTDOWN", "FAIL_ENTRY", "INTR", "SET_TPR",
	"TPR_ACCESS", "S390_SIEIC", "S390_RESET", "DCR", "NMI",
	"INTERNAL_ERROR", "OSI", "PAPR_HCALL", "S390_UCONTROL", "WATCHDOG",
	"S390_TSCH", "EPR", "SYSTEM_EVENT", "S390_STSI", "IOAPIC_EOI", "HYPERV",
	"ARM_NISV", "X86_RDMSR", "X86_WRMSR", "DIRTY_RING_FULL",
	"AP_RESET_HOLD", "X86_BUS_LOCK", "XEN", "RISCV_SBI", "RISCV_CSR",
	"NOTIFY", "LOONGARCH_IOCSR", "MEMORY_FAULT", "TDX",
};

/**
 * kvmhot_names_ioctl() - name of an ioctl of a vCPU
 * @cmd: second argument of ioctl(2)
 *
 * Return: the name; NULL if it is not known: print IOCTL_0x%x then.
 */
const char *kvmhot_names_ioctl(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			return ioctls[i].name;
	return NULL;
}

/**
 * kvmhot_names_run() - name of an exit_reason of struct kvm_run
 * @reason: the exit_reason
 *
 * Return: the name without KVM_EXIT_; NULL if it is not known.
 */
const char *kvmhot_names_run(unsigned int reason)
{
	return reason < ARRAY_SIZE(runs) ? runs[reason] : NULL;
}
