// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's memory: what is in it before the guest runs.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "vmm.h"

#define PAGE		4096ULL
#define EPT_REGIONS_SIZE	(GUEST_EPT_COW - GUEST_EPT_READ)
#define PTE_TABLE	0x03ULL		/* present, writable */
#define PTE_LARGE	0x83ULL		/* and 2 MiB */
#define LARGE_PAGES	512
#define CODE_SEGMENT	0x00af9b000000ffffULL
#define DATA_SEGMENT	0x00cf93000000ffffULL
#define INTERRUPT_GATE	0x8e00

struct gate {
	__u16 offset_low, selector, type, offset_middle;
	__u32 offset_high, reserved;
};

static __u8 *region(struct vcpu *vcpu, enum region region)
{
	static const __u32 at[] = {
		[EPT_READ] = GUEST_EPT_READ,
		[EPT_WRITE] = GUEST_EPT_WRITE,
		[EPT_FETCH] = GUEST_EPT_FETCH,
		[EPT_COW] = GUEST_EPT_COW,
	};

	return vcpu->mem + at[region];
}

__u64 guest_address(const char *label)
{
	return GUEST_CODE + (label - guest_begin);
}

static void init_page_tables(struct vcpu *vcpu)
{
	__u64 gpa = GUEST_GPA(vcpu->id);
	__u64 *pml4 = (__u64 *)(vcpu->mem + GUEST_PML4);
	__u64 *pdpt = (__u64 *)(vcpu->mem + GUEST_PDPT);
	__u64 *pd = (__u64 *)(vcpu->mem + GUEST_PD);
	unsigned int i;

	pml4[0] = (gpa + GUEST_PDPT) | PTE_TABLE;
	pdpt[0] = (gpa + GUEST_PD) | PTE_TABLE;
	for (i = 0; i < LARGE_PAGES; i++)
		pd[i] = (gpa + ((__u64)i << 21)) | PTE_LARGE;
}

static void init_gate(struct vcpu *vcpu, unsigned int vector,
		      const char *label)
{
	struct gate *gate = (struct gate *)(vcpu->mem + GUEST_IDT) + vector;

	gate->offset_low = guest_address(label);	/* all below 64 KiB */
	gate->selector = 8;
	gate->type = INTERRUPT_GATE;
}

static void init_descriptors(struct vcpu *vcpu)
{
	__u64 *gdt = (__u64 *)(vcpu->mem + GUEST_GDT);

	gdt[1] = CODE_SEGMENT;
	gdt[2] = DATA_SEGMENT;
	init_gate(vcpu, 6, trap_ud);
	init_gate(vcpu, 13, trap_gp);
	init_gate(vcpu, GUEST_VECTOR, trap_irq);
}

static void init_data(struct vm *vm, struct vcpu *vcpu,
		      const struct list *list)
{
	struct guest_data *data = guest_data(vcpu);
	unsigned int i;

	data->apic_id = vcpu->id;
	data->nap_ticks = vm->nap_ticks;
	data->nap_spin = vm->nap_spin / 2;	/* instructions a turn */
	data->each = vm->each ? GUEST_EACH : 0;
	for (i = 0; i < list->nr; i++) {
		const struct item *item = &list->items[i];
		const struct kind *kind = item->kind;
		__u64 at = 0;

		if (kind->region == MMIO)
			at = GUEST_MMIO;
		else if (kind->region != NO_REGION)
			at = region(vcpu, kind->region) - vcpu->mem +
			     item->first_page * PAGE;
		data->list[i].code = guest_address(kind->code);
		data->list[i].n = item->n;
		data->list[i].arg = at;
	}
}

static void fill_page(__u8 *page, enum region which, __u64 i)
{
	if (which == EPT_FETCH) {
		page[0] = 0xb8;		/* mov $i, %eax */
		memcpy(page + 1, &i, 4);
		page[5] = 0xc3;		/* ret */
	} else {
		*(__u64 *)page = i * 3 + 7;
	}
}

/*
 * Write to each fresh page, so that KVM finds it present and writable and maps
 * it for all kinds of access at the first of them.
 */
static void fill_region(struct vcpu *vcpu, enum region which, __u64 pages)
{
	__u8 *page = region(vcpu, which);
	__u64 i;

	for (i = 0; i < pages; i++, page += PAGE)
		fill_page(page, which, i);
}

static void fill_regions(struct vm *vm, struct vcpu *vcpu,
			 const struct list *list)
{
	enum region r;

	for (r = EPT_READ; r <= EPT_FETCH && !vm->uffd_ms; r++)
		fill_region(vcpu, r, list->pages[r]);
}

/* A page that comes by userfaultfd is present and writable, too */
void memory_page(struct vm *vm, __u64 address, __u8 *page)
{
	unsigned int i;
	enum region r;

	for (i = 0; i < vm->nr_vcpus; i++) {
		for (r = EPT_READ; r <= EPT_FETCH; r++) {
			__u64 nr = (address -
				    (uintptr_t)region(&vm->vcpus[i], r)) / PAGE;

			if (nr < GUEST_EPT_PAGES) {
				fill_page(page, r, nr);
				return;
			}
		}
	}
	errno = EFAULT;
	die("page wanted");
}

void memory_init(struct vm *vm, struct vcpu *vcpu, const struct list *list)
{
	struct kvm_userspace_memory_region slot = {
		.slot = vcpu->id,
		.guest_phys_addr = GUEST_GPA(vcpu->id),
		.memory_size = GUEST_MEM_SIZE,
	};
	void *mem = mmap(NULL, GUEST_MEM_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED)
		die("guest memory");
	/* Fails without transparent huge pages, and is not needed then */
	madvise(mem, GUEST_MEM_SIZE, MADV_NOHUGEPAGE);
	vcpu->mem = mem;
	if (vm->uffd_ms)
		uffd_register(region(vcpu, EPT_READ), EPT_REGIONS_SIZE);
	memset(mem, 0, GUEST_BASE_PAGES * PAGE);
	init_page_tables(vcpu);
	init_descriptors(vcpu);
	if (guest_end - guest_begin > GUEST_CODE_SIZE) {
		errno = E2BIG;
		die("guest code");
	}
	memcpy(vcpu->mem + GUEST_CODE, guest_begin, guest_end - guest_begin);
	init_data(vm, vcpu, list);
	fill_regions(vm, vcpu, list);

	slot.userspace_addr = (uintptr_t)mem;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &slot))
		die("KVM_SET_USER_MEMORY_REGION");
}

void memory_rearm(struct vm *vm, struct vcpu *vcpu, const struct list *list)
{
	enum region r;

	for (r = EPT_READ; r <= EPT_COW; r++) {
		if (list->pages[r] &&
		    madvise(region(vcpu, r), list->pages[r] * PAGE,
			    MADV_DONTNEED))
			die("MADV_DONTNEED");
	}
	fill_regions(vm, vcpu, list);
}

void memory_fold(struct vcpu *vcpu, const struct list *list)
{
	__u8 *page = region(vcpu, EPT_WRITE);
	__u64 i;

	for (i = 0; i < list->pages[EPT_WRITE]; i++, page += PAGE)
		fold(&vcpu->result, *(__u64 *)page);
}
