// SPDX-License-Identifier: GPL-2.0
/*
 * Making the VM and its vCPUs, which start in 64-bit mode right away.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "host.h"
#include "vmm.h"

#define MAX_CPUID	256
#define CR0		0x80010033	/* PG WP NE ET MP PE */
#define CR4		0x00000620	/* OSXMMEXCPT OSFXSR PAE */
#define CR4_VMXE	0x00002000
#define CR4_OSXSAVE	0x00040000
#define EFER		0x0500		/* LMA LME */
#define APIC_BASE	0xfee00c00	/* on, x2APIC */
#define APIC_BASE_BSP	0x100
#define APIC_SVR	0xf0
#define APIC_LVTT	0x320
#define LVTT_DEADLINE	0x40000

void die(const char *what)
{
	int error = errno;

	fflush(stdout);
	fprintf(stderr, "%s%s%s\n", what, error ? ": " : "",
		error ? strerror(error) : "");
	exit(1);
}

/*
 * No PMU, so that RDPMC is a #GP everywhere; the deadline timer, which KVM
 * can always do but does not list.
 */
static void init_cpuid(struct vm *vm, struct vcpu *vcpu)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[MAX_CPUID];
	} cpuid = { .head.nent = MAX_CPUID };
	unsigned int i;

	if (ioctl(vm->kvm, KVM_GET_SUPPORTED_CPUID, &cpuid))
		die("KVM_GET_SUPPORTED_CPUID");
	for (i = 0; i < cpuid.head.nent; i++) {
		struct kvm_cpuid_entry2 *entry = &cpuid.head.entries[i];

		switch (entry->function) {
		case 1:
			entry->ebx &= 0x00ffffff;
			entry->ebx |= vcpu->id << 24;
			entry->ecx |= 1 << 24 | 1 << 21; /* and x2APIC */
			break;
		case 0xa:
			entry->eax = 0;
			entry->ebx = 0;
			entry->ecx = 0;
			entry->edx = 0;
			break;
		case 0xb:
		case 0x1f:
			entry->edx = vcpu->id;
			break;
		}
	}
	if (ioctl(vcpu->fd, KVM_SET_CPUID2, &cpuid))
		die("KVM_SET_CPUID2");
}

static void init_sregs(struct vm *vm, struct vcpu *vcpu)
{
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = 8, .type = 11,
		.present = 1, .l = 1, .s = 1, .g = 1,
	};
	struct kvm_segment data = {
		.limit = 0xffffffff, .selector = 16, .type = 3,
		.present = 1, .db = 1, .s = 1, .g = 1,
	};
	struct kvm_segment tr = {
		.limit = 0x67, .selector = 24, .type = 11, .present = 1,
	};
	struct kvm_segment none = { .unusable = 1 };
	struct kvm_sregs sregs;

	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs))
		die("KVM_GET_SREGS");
	sregs.cs = code;
	sregs.ds = data;
	sregs.es = data;
	sregs.fs = data;
	sregs.gs = data;
	sregs.ss = data;
	sregs.tr = tr;
	sregs.ldt = none;
	sregs.gdt.base = GUEST_GDT;
	sregs.gdt.limit = 3 * 8 - 1;
	sregs.idt.base = GUEST_IDT;
	sregs.idt.limit = (GUEST_VECTOR + 1) * 16 - 1;
	sregs.cr0 = CR0;
	sregs.cr3 = GUEST_GPA(vcpu->id) + GUEST_PML4;
	sregs.cr4 = CR4 | (host_xsave() ? CR4_OSXSAVE : 0);
	if (vm->nested)
		sregs.cr4 |= CR4_VMXE;
	sregs.efer = EFER;
	sregs.apic_base = APIC_BASE | (vcpu->id ? 0 : APIC_BASE_BSP);
	if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs))
		die("KVM_SET_SREGS");
}

static void set_apic_register(struct kvm_lapic_state *lapic, int offset,
			      __u32 value)
{
	memcpy(lapic->regs + offset, &value, sizeof(value));
}

/* So that the guest needs no exits to set up its LAPIC */
static void init_lapic(struct vcpu *vcpu)
{
	struct kvm_lapic_state lapic;

	if (ioctl(vcpu->fd, KVM_GET_LAPIC, &lapic))
		die("KVM_GET_LAPIC");
	set_apic_register(&lapic, APIC_SVR, 0x1ff);
	set_apic_register(&lapic, APIC_LVTT, LVTT_DEADLINE | GUEST_VECTOR);
	if (ioctl(vcpu->fd, KVM_SET_LAPIC, &lapic))
		die("KVM_SET_LAPIC");
}

static void init_state(struct vcpu *vcpu, bool debug)
{
	struct kvm_regs regs = {
		.rip = GUEST_CODE + (guest_entry - guest_begin),
		.rsp = GUEST_STACK + 4096,
		.rflags = 2,
	};
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct kvm_guest_debug guest_debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP,
	};

	if (ioctl(vcpu->fd, KVM_SET_REGS, &regs))
		die("KVM_SET_REGS");
	if (ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable))
		die("KVM_SET_MP_STATE");
	if (debug && ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &guest_debug))
		die("KVM_SET_GUEST_DEBUG");
}

static void vcpu_init(struct vm *vm, unsigned int id, const struct list *list)
{
	struct vcpu *vcpu = &vm->vcpus[id];
	int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	vcpu->id = id;
	vcpu->result = RESULT_SEED;
	memory_init(vm, vcpu, list);
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		die("KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of a vCPU");
	init_cpuid(vm, vcpu);
	init_sregs(vm, vcpu);
	init_lapic(vcpu);
	init_state(vcpu, list->debug);
	if (vm->nested)
		nested_init(vcpu);
}

void vm_init(struct vm *vm, unsigned int nr_vcpus, const struct list *list)
{
	unsigned int i;

	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		die("/dev/kvm");
	vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		die("KVM_CREATE_VM");
	if (ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0))
		die("KVM_CREATE_IRQCHIP");
	vm->nr_vcpus = nr_vcpus;
	for (i = 0; i < nr_vcpus; i++)
		vcpu_init(vm, i, list);
}
