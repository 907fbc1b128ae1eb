/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of guest.S: a guest of the guest (L2) in the same address space.  It
 * executes one instruction, which brings it back here, anew each time.
 *
 * With a shadow VMCS neither VMREAD nor the VMWRITE of RIP exits.  VMX
 * instructions fail by CF or ZF.  What the routines are called by lies on
 * the stack at L2_RSP, which is where a VM exit puts RSP.
 */
#define VMCS_INSTRUCTION_ERROR	0x4400
#define VMCS_EXIT_REASON	0x4402
#define VMCS_GUEST_RIP		0x681e
#define EXIT_CPUID		10
#define EXIT_VMCALL		18

	.macro l2_resume name, reason
	lea	l2_\name(%rip), %rdx
	mov	$VMCS_GUEST_RIP, %ecx
	vmwrite	%rdx, %rcx
	jbe	vmx_failed
	mov	$\reason, %esi
	vmresume
	jmp	vmx_failed
	.endm

kind l2_cpuid
	l2_resume cpuid, EXIT_CPUID

kind l2_vmcall
	l2_resume vmcall, EXIT_VMCALL

l2_cpuid:
	cpuid
	ud2
l2_vmcall:
	vmcall
	ud2

/* HOST_RIP; esi is what the reason should be */
l2_exit:
	mov	$VMCS_EXIT_REASON, %ecx
	vmread	%rcx, %rax
	cmp	%rsi, %rax
	jne	fail
	fold	%rax
	ret

/* Once, before the list; all that L2 needs has been touched then */
vmx_setup:
	vmxon	GUEST_DATA + DATA_VMXON
	jbe	vmx_failed
	vmclear	GUEST_DATA + DATA_VMCS
	jbe	vmx_failed
	vmptrld	GUEST_DATA + DATA_VMCS
	jbe	vmx_failed
	mov	$GUEST_FIELDS, %edi
1:	mov	(%rdi), %rcx
	jrcxz	2f
	vmwrite	FIELD_VALUE(%rdi), %rcx
	jbe	vmx_failed
	add	$FIELD_SIZE, %rdi
	jmp	1b
2:	mov	$EXIT_CPUID, %esi
	vmlaunch
vmx_failed:
	mov	$VMCS_INSTRUCTION_ERROR, %ecx
	xor	%eax, %eax
	vmread	%rcx, %rax
	jmp	fail
