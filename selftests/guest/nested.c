// SPDX-License-Identifier: GPL-2.0
/*
 * A guest with VMX: what it needs to be a hypervisor, whose guest (L2) runs in
 * the address space of the guest itself.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "vmm.h"

#define MSR_FEAT_CTL		0x3a
#define FEAT_CTL_VMX		0x5	/* locked */
#define MSR_VMX_BASIC		0x480
#define MSR_VMX_TRUE_PINBASED	0x48d
#define MSR_VMX_TRUE_PROCBASED	0x48e
#define MSR_VMX_TRUE_EXIT	0x48f
#define MSR_VMX_TRUE_ENTRY	0x490

#define PIN_BASED		0x4000
#define CPU_BASED		0x4002
#define EXIT_CONTROLS		0x400c
#define ENTRY_CONTROLS		0x4012
#define LINK_POINTER		0x2800
#define GUEST_ES_AR		0x4814	/* CS, SS, DS, FS, GS, LDTR, TR follow */
#define GUEST_CS_LIMIT		0x4802
#define GUEST_TR_LIMIT		0x480e
#define GUEST_CR0		0x6800	/* CR3, CR4 follow */
#define GUEST_RIP		0x681e
#define GUEST_RFLAGS		0x6820
#define HOST_CS			0x0c02
#define HOST_SS			0x0c04
#define HOST_TR			0x0c0c
#define HOST_CR0		0x6c00	/* CR3, CR4 follow */
#define HOST_GDTR		0x6c0c
#define HOST_IDTR		0x6c0e
#define HOST_RSP		0x6c14
#define HOST_RIP		0x6c16

#define EXIT_HOST_64		0x200
#define ENTRY_GUEST_64		0x200
#define AR_CODE64		0xa09b
#define AR_UNUSABLE		0x10000
#define AR_TSS			0x8b

static __u64 get_msr(struct vcpu *vcpu, __u32 index)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msr = { .head.nmsrs = 1, .entry.index = index };

	if (ioctl(vcpu->fd, KVM_GET_MSRS, &msr) != 1)
		die("KVM_GET_MSRS, VMX");
	return msr.entry.data;
}

static void allow_vmx(struct vcpu *vcpu)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msr = {
		.head.nmsrs = 1,
		.entry = { .index = MSR_FEAT_CTL, .data = FEAT_CTL_VMX },
	};

	if (ioctl(vcpu->fd, KVM_SET_MSRS, &msr) != 1)
		die("KVM_SET_MSRS, VMX");
}

/* What is wanted and what must be; the high half of the MSR is what may be */
static __u64 controls(struct vcpu *vcpu, __u32 msr, __u32 wanted)
{
	return (__u32)get_msr(vcpu, msr) | wanted;
}

static void put(struct guest_field **next, __u64 field, __u64 value)
{
	(*next)->field = field;
	(*next)->value = value;
	(*next)++;
}

/* L2_FIELDS_SHADOWED of them: KVM has these in its shadow VMCS */
static void put_shadowed(struct vcpu *vcpu, const struct kvm_sregs *sregs,
			 struct guest_field **next)
{
	put(next, PIN_BASED, controls(vcpu, MSR_VMX_TRUE_PINBASED, 0));
	put(next, CPU_BASED, controls(vcpu, MSR_VMX_TRUE_PROCBASED, 0));
	put(next, GUEST_CR0, sregs->cr0);
	put(next, GUEST_CR0 + 2, sregs->cr3);
	put(next, GUEST_CR0 + 4, sregs->cr4);
	put(next, GUEST_RFLAGS, 2);
	put(next, GUEST_RIP, guest_address(l2_cpuid));
}

/* L2_FIELDS of them; L2 has no stack, and no data */
static void put_others(struct vcpu *vcpu, const struct kvm_sregs *sregs,
		       struct guest_field **next)
{
	static const __u32 ar[8] = { [1] = AR_CODE64, [7] = AR_TSS };
	unsigned int i;

	put(next, EXIT_CONTROLS,
	    controls(vcpu, MSR_VMX_TRUE_EXIT, EXIT_HOST_64));
	put(next, ENTRY_CONTROLS,
	    controls(vcpu, MSR_VMX_TRUE_ENTRY, ENTRY_GUEST_64));
	put(next, LINK_POINTER, ~0ULL);
	for (i = 0; i < ARRAY_SIZE(ar); i++)
		put(next, GUEST_ES_AR + i * 2, ar[i] ? ar[i] : AR_UNUSABLE);
	put(next, GUEST_CS_LIMIT, 0xffffffff);
	put(next, GUEST_TR_LIMIT, 0x67);
	put(next, HOST_CS, sregs->cs.selector);
	put(next, HOST_SS, sregs->ss.selector);
	put(next, HOST_TR, sregs->tr.selector);
	for (i = 0; i < 3; i++)
		put(next, HOST_CR0 + i * 2, i == 0 ? sregs->cr0 :
		    i == 1 ? sregs->cr3 : sregs->cr4);
	put(next, HOST_GDTR, sregs->gdt.base);
	put(next, HOST_IDTR, sregs->idt.base);
	put(next, HOST_RSP, L2_RSP);
	put(next, HOST_RIP, guest_address(l2_exit));
}

/*
 * All other fields are 0: KVM keeps a VMCS in the guest's memory as it is
 * there, and the VMM has cleared that.
 */
void nested_init(struct vcpu *vcpu)
{
	struct guest_data *data = guest_data(vcpu);
	struct guest_field *first =
		(struct guest_field *)(vcpu->mem + GUEST_FIELDS);
	struct guest_field *next = first;
	struct kvm_sregs sregs;
	__u32 revision;

	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs))
		die("KVM_GET_SREGS");
	allow_vmx(vcpu);
	revision = get_msr(vcpu, MSR_VMX_BASIC) & 0x7fffffff;
	memset(vcpu->mem + GUEST_VMXON, 0, GUEST_FIELDS - GUEST_VMXON);
	memcpy(vcpu->mem + GUEST_VMXON, &revision, sizeof(revision));
	memcpy(vcpu->mem + GUEST_VMCS, &revision, sizeof(revision));
	data->vmxon = GUEST_GPA(vcpu->id) + GUEST_VMXON;
	data->vmcs = GUEST_GPA(vcpu->id) + GUEST_VMCS;
	put_shadowed(vcpu, &sregs, &next);
	put_others(vcpu, &sregs, &next);
	if (next - first != L2_FIELDS_SHADOWED + L2_FIELDS) {
		errno = E2BIG;
		die("fields of the VMCS");
	}
}
