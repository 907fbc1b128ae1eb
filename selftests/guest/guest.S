/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest: 64-bit mode, CPL 0, interrupts off but where a kind wants one.
 * The VMM copies this code to GUEST_CODE of each vCPU, hence no absolute
 * addresses in it.
 *
 * rbx  the checksum over what the guest has seen
 * rbp  number of the iteration within the round, from 0 on
 * rdi  the entry's argument
 * r13  the entry of the list, r14 its number of iterations
 * r15  where to go on after an expected #UD or #GP, 0 if none is expected
 *
 * A kind's routine is one iteration; it may change all other registers.
 */
#include "guest.h"

#define MSR_PAT			0x277
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_X2APIC_EOI		0x80b
#define MSR_X2APIC_ICR		0x830
#define NO_SUCH_APIC		0x7fff
#define HLT_DELAY		50000	/* TSC cycles */
#define CPUID_KVM		0x40000000
#define UNKNOWN_HYPERCALL	1000
#define CR0_AM			0x40000
#define CR4_MCE			0x40

	.section .rodata
	.globl guest_begin, guest_end, guest_entry, trap_irq, trap_ud, trap_gp
	.globl l2_cpuid, l2_exit

	.macro fold reg
	xor	\reg, %rbx
	rol	$7, %rbx
	imul	$0x01000193, %rbx, %rbx
	.endm

	.macro kind name
	.globl	guest_\name
guest_\name:
	.endm

guest_begin:
guest_entry:
	mov	$RESULT_SEED, %ebx
	xor	%r15d, %r15d
	xor	%eax, %eax
	mov	$GUEST_BASE_PAGES, %ecx
1:	mov	(%rax), %dl
	add	$0x1000, %rax
	loop	1b
	mov	GUEST_MMIO, %eax
	cmpq	$0, GUEST_DATA + DATA_VMXON
	je	2f
	call	vmx_setup
2:	mov	$PORT_SETUP, %dx
	out	%al, %dx

round:
	mov	GUEST_DATA + DATA_EACH, %rax
	mov	%rax, GUEST_DATA + DATA_EACH_NEXT
	mov	$(GUEST_DATA + DATA_LIST), %r13d
next_entry:
	cmpq	$0, ENTRY_CODE(%r13)
	je	round_done
	mov	ENTRY_N(%r13), %r14
	xor	%ebp, %ebp
next_iteration:
	cmp	%r14, %rbp
	jae	entry_done
	mov	ENTRY_ARG(%r13), %rdi
	cmpq	$0, GUEST_DATA + DATA_EACH
	jne	timed
	call	*ENTRY_CODE(%r13)
iteration_done:
	incq	ENTRY_DONE(%r13)
	inc	%rbp
	jmp	next_iteration
entry_done:
	add	$ENTRY_SIZE, %r13
	jmp	next_entry
round_done:
	mov	%rbx, GUEST_DATA + DATA_RESULT
	mov	$PORT_ROUND, %dx
	out	%al, %dx
	jmp	round

/* TSC ticks of one iteration, but for those that filled idle time */
	.macro busy_time
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	sub	GUEST_DATA + DATA_FILLED, %rax
	.endm

timed:
	busy_time
	push	%rax
	call	*ENTRY_CODE(%r13)
	busy_time
	pop	%rcx
	sub	%rcx, %rax
	mov	GUEST_DATA + DATA_EACH_NEXT, %rcx
	mov	%rax, (%rcx)
	addq	$8, GUEST_DATA + DATA_EACH_NEXT
	jmp	iteration_done

/* Timer and self-IPI.  EOI is a second MSR write without APICv. */
trap_irq:
	push	%rax
	push	%rcx
	push	%rdx
	incq	GUEST_DATA + DATA_IRQS
	mov	$MSR_X2APIC_EOI, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq

trap_gp:
	add	$8, %rsp		/* the error code */
	incq	GUEST_DATA + DATA_GPS
	jmp	fixup
trap_ud:
	incq	GUEST_DATA + DATA_UDS
fixup:
	test	%r15, %r15
	jz	unexpected
	mov	%r15, (%rsp)
	xor	%r15d, %r15d
	iretq
unexpected:
	mov	(%rsp), %rax		/* for the VMM's report */
fail:
	mov	$PORT_FAIL, %dx
	out	%al, %dx
	jmp	fail

/*
 * bochs 2.7 keeps interrupts of the host off where a VM entry leaves IF as it
 * was, off, until the guest changes it.  No interrupt of the guest gets in.
 */
kind spin
	sti
	cli
	mov	$1000, %ecx
1:	loop	1b
	ret

/*
 * How long is it since the last one?  The rest is bochs' magic breakpoint, if it
 * is told to have one, and does nothing elsewhere.
 */
kind mark
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, %rdx
	sub	GUEST_DATA + DATA_MARK, %rax
	mov	%rax, GUEST_DATA + DATA_MARK_TICKS
	mov	%rdx, GUEST_DATA + DATA_MARK
	xchg	%bx, %bx
	ret

kind cpuid
	push	%rbx
	mov	$CPUID_KVM, %eax
	cpuid
	mov	%rbx, %rsi
	pop	%rbx
	fold	%rax
	fold	%rsi
	fold	%rcx
	fold	%rdx
	ret

kind out
	mov	%ebp, %eax
	mov	$PORT_OUT, %dx
	out	%al, %dx
	ret

kind in
	xor	%eax, %eax
	mov	$PORT_IN, %dx
	in	%dx, %al
	fold	%rax
	ret

/* String I/O goes through KVM's emulator, plain I/O does not */
kind out_str
	mov	$(GUEST_DATA + DATA_SCRATCH), %esi
	mov	%bpl, (%rsi)
	mov	$PORT_OUT, %dx
	outsb
	ret

kind in_str
	mov	$(GUEST_DATA + DATA_SCRATCH), %edi
	movq	$0, (%rdi)
	mov	$PORT_IN, %dx
	insb
	mov	GUEST_DATA + DATA_SCRATCH, %rax
	fold	%rax
	ret

kind mmio_read
	mov	(%rdi), %eax
	fold	%rax
	ret

kind mmio_write
	mov	%ebp, (%rdi)
	ret

/* Touch page number rbp of those at rdi */
	.macro page_address
	mov	%rbp, %rsi
	shl	$12, %rsi
	add	%rdi, %rsi
	.endm

kind ept_read
	page_address
	mov	(%rsi), %rax
	fold	%rax
	ret

kind ept_write
	page_address
	lea	1(%rbp), %rax
	mov	%rax, (%rsi)
	ret

kind ept_cow
	page_address
	mov	(%rsi), %rax
	lea	1(%rbp), %rax
	mov	%rax, (%rsi)
	ret

kind ept_fetch
	page_address
	call	*%rsi			/* mov $number, %eax; ret */
	fold	%rax
	ret

/*
 * Set the deadline edx:eax cycles ahead.  The timer may strike at any time
 * from here on, even before HLT; but sti holds interrupts off until HLT has
 * been executed, so HLT exits exactly once in any case.
 */
kind hlt
	rdtsc
	add	$HLT_DELAY, %eax
	adc	$0, %edx
	mov	$MSR_TSC_DEADLINE, %ecx
	wrmsr
	sti
	hlt
	cli
	ret

/* The same, and then awake for a while */
kind nap
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	add	GUEST_DATA + DATA_NAP_TICKS, %rax
	mov	%rax, %rdx
	shr	$32, %rdx
	mov	$MSR_TSC_DEADLINE, %ecx
	wrmsr
	sti
	hlt
	cli
	mov	GUEST_DATA + DATA_NAP_SPIN, %rcx
	jrcxz	2f
1:	dec	%rcx
	jnz	1b
2:	ret

kind msr_read
	mov	$MSR_PAT, %ecx
	rdmsr
	fold	%rax
	fold	%rdx
	ret

/* Two legal values in turn, which change nothing for this guest */
kind msr_write
	mov	%ebp, %eax
	and	$1, %eax
	shl	$8, %eax
	or	$0x00070406, %eax
	mov	$0x00070406, %edx
	mov	$MSR_PAT, %ecx
	wrmsr
	ret

/* Arm the timer for a day far away (even iterations), disarm it (odd ones) */
kind msr_deadline
	xor	%eax, %eax
	xor	%edx, %edx
	test	$1, %bpl
	jnz	1f
	rdtsc
	add	$256, %edx		/* 2^40 cycles */
1:	mov	$MSR_TSC_DEADLINE, %ecx
	wrmsr
	ret

/* Physical, fixed, no shorthand is what KVM's fast path wants */
kind msr_icr
	mov	$NO_SUCH_APIC, %edx
	mov	$GUEST_VECTOR, %eax
	mov	$MSR_X2APIC_ICR, %ecx
	wrmsr
	ret

/*
 * The interrupt is pending before interrupts are on, so KVM has asked for an
 * interrupt window when sti opens it.  An external interrupt of the host that
 * comes between makes KVM inject earlier, but the window is asked for still.
 */
kind self_ipi
	mov	GUEST_DATA + DATA_APIC_ID, %edx
	mov	$GUEST_VECTOR, %eax
	mov	$MSR_X2APIC_ICR, %ecx
	wrmsr
	sti
	nop
	nop
	cli
	ret

/* KVM writes the wall clock to page number rbp of those at rdi (of vCPU 0) */
kind wall
	page_address
	mov	%esi, %eax
	mov	$1, %edx
	mov	$0x4b564d00, %ecx
	wrmsr
	ret

kind vmcall
	mov	$UNKNOWN_HYPERCALL, %eax
	vmcall
	fold	%rax
	ret

kind invd
	invd
	ret

kind wbinvd
	wbinvd
	ret

kind xsetbv
	mov	%ebp, %eax
	and	$1, %eax
	lea	1(%rax,%rax), %eax	/* x87 alone, and with SSE */
	xor	%edx, %edx
	xor	%ecx, %ecx
	xsetbv
	xgetbv				/* does not exit */
	fold	%rax
	ret

/* Bits that belong to the host and take no part in the MMU's role */
kind cr0
	mov	%cr0, %rax		/* does not exit */
	xor	$CR0_AM, %rax
	mov	%rax, %cr0
	mov	%cr0, %rax
	fold	%rax
	ret

kind cr4
	mov	%cr4, %rax
	xor	$CR4_MCE, %rax
	mov	%rax, %cr4
	mov	%cr4, %rax
	fold	%rax
	ret

kind dr
	mov	%rbp, %dr0
	mov	%dr0, %rax
	fold	%rax
	ret

kind monitor
	mov	$(GUEST_DATA + DATA_SCRATCH), %eax
	xor	%ecx, %ecx
	xor	%edx, %edx
	monitor	%rax, %ecx, %edx
	ret

kind mwait
	xor	%eax, %eax
	xor	%ecx, %ecx
	mwait	%eax, %ecx
	ret

/* The guest has no PMU: #GP */
kind rdpmc
	lea	1f(%rip), %r15
	xor	%ecx, %ecx
	rdpmc
1:	ret

/* The guest has no VMX: #UD, after the exit */
kind vmclear
	lea	1f(%rip), %r15
	vmclear	GUEST_DATA + DATA_SCRATCH
1:	ret

kind invept
	lea	1f(%rip), %r15
	xor	%eax, %eax
	invept	GUEST_DATA + DATA_SCRATCH, %rax
1:	ret

kind ud
	lea	1f(%rip), %r15
	ud2
1:	ret

#include "l2.S"

guest_end:
	.section .note.GNU-stack, "", @progbits
