/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual machine: its memory, its vCPUs and how to run them.
 */
#ifndef KVMHOT_VMM_H
#define KVMHOT_VMM_H

#include <stdbool.h>
#include <stdnoreturn.h>
#include <linux/types.h>
#include <linux/kvm.h>
#include "guest.h"
#include "kinds.h"

#define MAX_VCPUS	16

struct vcpu {
	unsigned int id;
	int fd;
	struct kvm_run *run;
	__u8 *mem;
	__u64 user;		/* exits that came to the VMM */
	__u64 inputs;	/* IN and MMIO reads answered */
	__u64 result;	/* checksum over what the guest told the VMM */
	__u64 tsc;		/* least TSC ticks that a round took */
};

struct vm {
	int kvm, fd;
	unsigned int nr_vcpus;
	struct vcpu vcpus[MAX_VCPUS];
	__u64 burn;		/* instructions per exit that comes here */
};

/* Says what went wrong (with errno if that is set), and ends the process */
noreturn void die(const char *what);

static inline struct guest_data *guest_data(struct vcpu *vcpu)
{
	return (struct guest_data *)(vcpu->mem + GUEST_DATA);
}

static inline void fold(__u64 *result, __u64 value)
{
	__u64 x = *result ^ value;

	*result = (x << 7 | x >> 57) * 0x01000193;
}

/* memory.c */
void memory_init(struct vm *vm, struct vcpu *vcpu, const struct list *list);
/* Make the pages for EPT violations fresh ones again, for another round */
void memory_rearm(struct vcpu *vcpu, const struct list *list);
/* Take what the guest has written there into the result */
void memory_fold(struct vcpu *vcpu, const struct list *list);

/* vmm.c */
void vm_init(struct vm *vm, unsigned int nr_vcpus, const struct list *list);

/* run.c: until the guest writes to @port */
void vcpu_run(struct vm *vm, struct vcpu *vcpu, __u16 port);

#endif /* KVMHOT_VMM_H */
