/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads from the current VMCS what caused the last VM exit.
 */
#ifndef KVMHOT_VMX_H
#define KVMHOT_VMX_H

#include <asm/asm.h>
#include <asm/vmx.h>

#define KVMHOT_VMX_BASIC_REASON	0xffff

/**
 * kvmhot_vmx_read() - read a field of the current VMCS
 * @field: the field
 * @value: set to the field's value
 *
 * Catches a VMREAD that faults (VMX is off) or fails (no VMCS is current).
 *
 * Context: on the vCPU's thread inside KVM_RUN, preemption off, so that the vCPU's VMCS
 * is current.
 *
 * Return: true if the field could be read.
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
 * kvmhot_vmx_reason() - read the basic exit reason of the last VM exit
 * @reason: set to the reason
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: true if the reason could be read.
 */
static __always_inline bool kvmhot_vmx_reason(unsigned int *reason)
{
	unsigned long value;
	bool ok = kvmhot_vmx_read(VM_EXIT_REASON, &value);

	*reason = value & KVMHOT_VMX_BASIC_REASON;
	return ok;
}

/**
 * kvmhot_vmx_quick_reason() - read VM_EXIT_REASON in two instructions
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: the field as it is; if it could not be read, the number of the field, which is
 * no reason.
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
 * kvmhot_vmx_qualification() - read the exit qualification of the last VM exit
 * @qual: set to the qualification
 *
 * Context: as kvmhot_vmx_read().
 *
 * Return: true if the qualification could be read.
 */
static __always_inline bool kvmhot_vmx_qualification(unsigned long *qual)
{
	return kvmhot_vmx_read(EXIT_QUALIFICATION, qual);
}

#endif /* KVMHOT_VMX_H */
