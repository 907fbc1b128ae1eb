/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the current VMCS says of the last VM exit.
 */
#ifndef KVMHOT_VMX_H
#define KVMHOT_VMX_H

#include <asm/asm.h>
#include <asm/vmx.h>

#define KVMHOT_VMX_BASIC_REASON	0xffff

/**
 * kvmhot_vmx_reason() - basic exit reason of the last VM exit
 * @reason: set to it
 *
 * Context: on the vCPU's thread inside KVM_RUN, preemption off, so that the
 * vCPU's VMCS is current.  A VMREAD that faults (VMX is off) or fails (no
 * current VMCS) is caught.
 *
 * Return: whether the reason could be read.
 */
static __always_inline bool kvmhot_vmx_reason(unsigned int *reason)
{
	unsigned long value = 0;
	bool ok = false;

	asm volatile("1: vmread %[field], %[value]\n\t"
		     "seta %[ok]\n\t"
		     "2:\n\t"
		     _ASM_EXTABLE(1b, 2b)
		     : [value] "+r" (value), [ok] "+q" (ok)
		     : [field] "r" ((unsigned long)VM_EXIT_REASON)
		     : "cc");
	*reason = value & KVMHOT_VMX_BASIC_REASON;
	return ok;
}

bool kvmhot_vmx_evmcs(void);

#endif /* KVMHOT_VMX_H */
