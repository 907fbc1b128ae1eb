/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guest's code and the VMM have to agree on.  Included by assembly,
 * too, hence constants only, up to the end.
 *
 * Every vCPU has 1 GiB of guest-physical space of its own, from
 * GUEST_GPA(vcpu) on, and page tables that map it from virtual address 0 on.
 * Nothing is shared, not even the code: which of two vCPUs takes the EPT
 * violation of a shared page would be a matter of luck.
 */
#ifndef KVMHOT_GUEST_H
#define KVMHOT_GUEST_H

/* Pages that the guest uses all the time; it touches each of them once first */
#define GUEST_PML4		0x0000
#define GUEST_PDPT		0x1000
#define GUEST_PD		0x2000
#define GUEST_DESC		0x3000	/* GDT, and IDT half a page further */
#define GUEST_STACK		0x4000
#define GUEST_DATA		0x5000
#define GUEST_CODE		0x6000
#define GUEST_CODE_SIZE		0x1000
#define GUEST_BASE_PAGES	7

/* VMX, for those who ask for it; KVM alone touches the first two */
#define GUEST_VMXON		0x10000
#define GUEST_VMCS		0x11000
#define GUEST_FIELDS		0x12000	/* struct guest_field; 0 ends them */

#define GUEST_GDT		GUEST_DESC
#define GUEST_IDT		(GUEST_DESC + 0x800)

/* Fresh pages for the EPT violations, and a place without a memory slot */
#define GUEST_EPT_READ		0x01000000
#define GUEST_EPT_WRITE		0x02000000
#define GUEST_EPT_FETCH		0x03000000
#define GUEST_EPT_COW		0x04000000
#define GUEST_EPT_PAGES		0x1000
#define GUEST_EACH		0x05000000	/* times of iterations */
#define GUEST_EACH_MAX		0x10000
#define GUEST_MEM_SIZE		0x05080000
#define GUEST_MMIO		0x08000000

/* Above the LAPIC, the IOAPIC and KVM's own slots */
#define GUEST_GPA(vcpu)		((4ULL + (vcpu)) << 30)

#define PORT_OUT		0x1000
#define PORT_IN			0x1001
#define PORT_SETUP		0x1010	/* everything has been touched */
#define PORT_ROUND		0x1011	/* the list is done */
#define PORT_FAIL		0x1012	/* an exception that nobody asked for */

/* Where a kind's return address is */
#define L2_RSP			(GUEST_STACK + 0x1000 - 8)

#define GUEST_VECTOR		0x40
#define RESULT_SEED		0x9e3779b9	/* checksums start here */

/* Offsets in the data page: struct guest_data, struct guest_entry */
#define DATA_RESULT		0
#define DATA_IRQS		8
#define DATA_UDS		16
#define DATA_GPS		24
#define DATA_APIC_ID		32
#define DATA_SCRATCH		40
#define DATA_NAP_TICKS		48
#define DATA_NAP_SPIN		56
#define DATA_VMXON		64	/* 0: no VMX */
#define DATA_VMCS		72
#define DATA_MARK		80
#define DATA_MARK_TICKS		88
#define DATA_EACH		96	/* 0: not wanted */
#define DATA_EACH_NEXT		104
#define DATA_FILLED		112
#define DATA_LIST		128
#define ENTRY_CODE		0
#define ENTRY_N			8
#define ENTRY_ARG		16
#define ENTRY_DONE		24
#define ENTRY_SIZE		32
#define FIELD_VALUE		8
#define FIELD_SIZE		16

#define GUEST_MAX_ENTRIES	64

#ifndef __ASSEMBLER__

#include <linux/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

struct guest_entry {
	__u64 code;		/* one iteration; 0 ends the list */
	__u64 n;
	__u64 arg;
	__u64 done;		/* iterations since the start, all rounds */
};

struct guest_field {
	__u64 field;
	__u64 value;
};

struct guest_data {
	__u64 result;
	__u64 irqs;
	__u64 uds;
	__u64 gps;
	__u64 apic_id;
	__u64 scratch;
	__u64 nap_ticks;	/* from RDTSC to the deadline */
	__u64 nap_spin;		/* turns of a loop */
	__u64 vmxon, vmcs;	/* physical addresses */
	__u64 mark, mark_ticks;	/* TSC at the last "mark", and since the one before */
	__u64 each, each_next;	/* where the time of an iteration goes */
	__u64 filled;		/* instructions of the thread that fills */
	__u64 pad;
	struct guest_entry list[GUEST_MAX_ENTRIES + 1];
};

/* Labels in guest.S */
extern const char guest_begin[], guest_end[], guest_entry[];
extern const char trap_irq[], trap_ud[], trap_gp[];
extern const char l2_cpuid[], l2_exit[];

#endif /* __ASSEMBLER__ */
#endif /* KVMHOT_GUEST_H */
