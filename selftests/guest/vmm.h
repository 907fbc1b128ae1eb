/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual machine: its memory, its vCPUs and how to run them.
 */
#ifndef KVMHOT_VMM_H
#define KVMHOT_VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdnoreturn.h>
#include <linux/types.h>
#include <linux/kvm.h>
#include "guest.h"
#include "kinds.h"

#define MAX_VCPUS	128
/* No ioctl of a vCPU has this number */
#define KVM_NO_SUCH_IOCTL	_IO(KVMIO, 0xff)
/* KVM_EXIT_MEMORY_FAULT, which headers have since 6.8 */
#define EXIT_MEMORY_FAULT	39

/* Returns of ioctls, from the first return of KVM_RUN on */
enum tally {
	RUN_OK, RUN_EINTR, RUN_EAGAIN, RUN_EFAULT, GET_REGS_OK, NO_SUCH_EINVAL,
	GET_MP_STATE_OK, NR_TALLIES
};

struct vcpu {
	unsigned int id;
	int fd;
	struct kvm_run *run;
	__u8 *mem;
	__u64 user;		/* exits that came to the VMM */
	__u64 inputs;	/* IN and MMIO reads answered */
	__u64 result;	/* checksum over what the guest told the VMM */
	__u64 tsc;		/* least TSC ticks that a round took */
	__u64 tally[NR_TALLIES];
	pthread_t thread;
};

struct vm {
	int kvm, fd;
	unsigned int nr_vcpus;
	struct vcpu vcpus[MAX_VCPUS];
	__u64 burn;		/* instructions per exit that comes here */
	__u64 ioctls;		/* the same of KVM_GET_REGS */
	__u64 pokes;		/* KVM_GET_MP_STATE per vCPU, of a thread */
	__u64 kick_us;		/* time between signals */
	__u64 timer_us;		/* time between interrupts */
	__u64 rival_us;		/* pauses of a thread that preempts */
	__u64 uffd_ms;		/* time that a fresh page takes */
	bool uffd_fail;		/* and the first fault of each fails */
	__u64 rest_ms;		/* before the first round */
	bool rest_each;		/* and the others */
	__u64 park_ms;		/* likewise, in KVM */
	__u64 nap_ticks, nap_spin;
	bool nested;
	bool each;		/* time each iteration of the last round */
	bool fill;		/* the idle time, with a thread */
	bool new_threads;	/* each round is run by one of its own */
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
void memory_rearm(struct vm *vm, struct vcpu *vcpu, const struct list *list);
/* Take what the guest has written there into the result */
void memory_fold(struct vcpu *vcpu, const struct list *list);
/* The content of the fresh page at @address */
void memory_page(struct vm *vm, __u64 address, __u8 *page);
__u64 guest_address(const char *label);

/* uffd.c: give those pages out slowly, on demand */
void uffd_init(struct vm *vm);
void uffd_register(void *pages, __u64 size);
/* After EFAULT: was it meant, and will the page be there next time? */
bool uffd_mended(void);

/* nested.c */
void nested_init(struct vcpu *vcpu);

/* vmm.c */
void vm_init(struct vm *vm, unsigned int nr_vcpus, const struct list *list);

/* run.c: until the guest writes to @port */
void vcpu_run(struct vm *vm, struct vcpu *vcpu, __u16 port);
/* Wait for a SIPI, until a signal comes */
void vcpu_park(struct vcpu *vcpu);
/* One ioctl that fails, if there are any */
void vcpu_end(struct vm *vm, struct vcpu *vcpu);

#endif /* KVMHOT_VMM_H */
