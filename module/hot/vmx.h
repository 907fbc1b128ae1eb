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
 * kvmhot_vmx_read() - read a field of the current VMCS
 * @field: the field
 * @value: set to it
 *
 * Context: on the vCPU's thread inside KVM_RUN, preemption off, so that the
 * vCPU's VMCS is current.  A VMREAD that faults (VMX is off) or fails (no
 * current VMCS) is caught.
 *
 * Return: whether the field could be read.
 */
static __always_inline bool kvmhot_vmx_read(unsigned long field,
					    unsigned long *value)
{
	unsigned long read = 0;
	bool ok = false;

	asm volatile("1: vmread %[field], %[value]\n\t"
		     "seta %[ok]\n\t"
		     "2:\n\t"
		     _ASM_EXTABLE(1b, 2b)
		     : [value] "+r" (read), [ok] "+q" (ok)
		     : [field] "r" (field)
		     : "cc");
	*value = read;
	return ok;
}

/**
 * kvmhot_vmx_reason() - basic exit reason of the last VM exit
 * @reason: set to it
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: whether the reason could be read.
 */
static __always_inline bool kvmhot_vmx_reason(unsigned int *reason)
{
	unsigned long value;
	bool ok = kvmhot_vmx_read(VM_EXIT_REASON, &value);

	*reason = value & KVMHOT_VMX_BASIC_REASON;
	return ok;
}

/**
 * kvmhot_vmx_quick_reason() - the same, in two instructions
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: the field VM_EXIT_REASON as it is; where it could not be read,
 * its number, which is no reason.
 */
static __always_inline unsigned long kvmhot_vmx_quick_reason(void)
{
	unsigned long value = VM_EXIT_REASON;

	asm volatile("1: vmread %[value], %[value]\n\t"
		     "2:\n\t"
		     _ASM_EXTABLE(1b, 2b)
		     : [value] "+r" (value)
		     :
		     : "cc");
	return value;
}

/**
 * kvmhot_vmx_qualification() - exit qualification of the last VM exit
 * @qual: set to it
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: whether it could be read.
 */
static __always_inline bool kvmhot_vmx_qualification(unsigned long *qual)
{
	return kvmhot_vmx_read(EXIT_QUALIFICATION, qual);
}

#endif /* KVMHOT_VMX_H */
