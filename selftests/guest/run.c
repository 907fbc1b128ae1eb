// SPDX-License-Identifier: GPL-2.0
/*
 * Running a vCPU and answering its exits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "vmm.h"

/* Two instructions a turn */
static void burn(__u64 instructions)
{
	__u64 turns = instructions / 2;

	if (turns)
		asm volatile("1: dec %0; jnz 1b" : "+r" (turns) : : "cc");
}

static noreturn void die_of(struct vcpu *vcpu, const char *what, __u64 detail)
{
	char message[80];
	struct kvm_regs r = { 0 };
	struct kvm_sregs s = { 0 };

	ioctl(vcpu->fd, KVM_GET_REGS, &r);
	ioctl(vcpu->fd, KVM_GET_SREGS, &s);
	fprintf(stderr,
		"rip %llx rsp %llx rflags %llx rax %llx rbx %llx rcx %llx\n"
		"rdx %llx rsi %llx rdi %llx rbp %llx r13 %llx r14 %llx\n"
		"r15 %llx cr0 %llx cr2 %llx cr3 %llx cr4 %llx efer %llx\n",
		r.rip, r.rsp, r.rflags, r.rax, r.rbx, r.rcx,
		r.rdx, r.rsi, r.rdi, r.rbp, r.r13, r.r14,
		r.r15, s.cr0, s.cr2, s.cr3, s.cr4, s.efer);
	errno = 0;
	snprintf(message, sizeof(message), "vcpu %u: %s 0x%llx", vcpu->id, what,
		 detail);
	die(message);
}

/* The values that the guest reads: any sequence, but always the same */
static __u32 next_input(struct vcpu *vcpu)
{
	return ++vcpu->inputs * 2654435761u;
}

static void handle_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	__u32 value;

	if (run->mmio.phys_addr != GUEST_GPA(vcpu->id) + GUEST_MMIO ||
	    run->mmio.len != sizeof(value))
		die_of(vcpu, "MMIO at", run->mmio.phys_addr);
	if (run->mmio.is_write) {
		memcpy(&value, run->mmio.data, sizeof(value));
		fold(&vcpu->result, value);
	} else {
		value = next_input(vcpu);
		memcpy(run->mmio.data, &value, sizeof(value));
	}
}

/* Returns the port of an OUT that is none of a kind, else 0 */
static __u16 handle_io(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	__u8 *data = (__u8 *)run + run->io.data_offset;

	if (run->io.size != 1 || run->io.count != 1)
		die_of(vcpu, "I/O of unknown size at port", run->io.port);
	if (run->io.direction == KVM_EXIT_IO_IN && run->io.port == PORT_IN) {
		*data = next_input(vcpu) >> 24;
		return 0;
	}
	if (run->io.direction == KVM_EXIT_IO_OUT && run->io.port == PORT_OUT) {
		fold(&vcpu->result, *data);
		return 0;
	}
	if (run->io.direction != KVM_EXIT_IO_OUT || run->io.port == PORT_FAIL)
		die_of(vcpu, "failed, port", run->io.port);
	return run->io.port;
}

/* Returns false where a signal, or KVM, wants it done again */
static bool run_once(struct vcpu *vcpu)
{
	enum tally tally = RUN_OK;

	if (ioctl(vcpu->fd, KVM_RUN, 0)) {
		if (errno == EINTR)
			tally = RUN_EINTR;
		else if (errno == EAGAIN)
			tally = RUN_EAGAIN;
		else if (errno == EFAULT && uffd_mended())
			tally = RUN_EFAULT;
		else
			die_of(vcpu, strerror(errno), errno);
	}
	vcpu->tally[tally]++;
	return tally == RUN_OK;
}

static void get_regs(struct vm *vm, struct vcpu *vcpu)
{
	struct kvm_regs regs;
	__u64 i;

	for (i = 0; i < vm->ioctls; i++) {
		if (ioctl(vcpu->fd, KVM_GET_REGS, &regs))
			die("KVM_GET_REGS");
		vcpu->tally[GET_REGS_OK]++;
	}
}

static void set_mp_state(struct vcpu *vcpu, __u32 state)
{
	struct kvm_mp_state to = { .mp_state = state };

	if (ioctl(vcpu->fd, KVM_SET_MP_STATE, &to))
		die("KVM_SET_MP_STATE");
}

void vcpu_park(struct vcpu *vcpu)
{
	__u64 signals = vcpu->tally[RUN_EINTR];

	set_mp_state(vcpu, KVM_MP_STATE_INIT_RECEIVED);
	while (vcpu->tally[RUN_EINTR] == signals)
		if (run_once(vcpu))
			die_of(vcpu, "KVM_RUN returned, waiting for a SIPI", 0);
	set_mp_state(vcpu, KVM_MP_STATE_RUNNABLE);
}

void vcpu_end(struct vm *vm, struct vcpu *vcpu)
{
	if (!vm->ioctls)
		return;
	if (!ioctl(vcpu->fd, KVM_NO_SUCH_IOCTL, 0) || errno != EINVAL)
		die_of(vcpu, "not EINVAL but", errno);
	vcpu->tally[NO_SUCH_EINVAL]++;
}

void vcpu_run(struct vm *vm, struct vcpu *vcpu, __u16 port)
{
	for (;;) {
		__u16 reached = 0;

		if (!run_once(vcpu))
			continue;
		vcpu->user++;
		burn(vm->burn);
		get_regs(vm, vcpu);
		switch (vcpu->run->exit_reason) {
		case KVM_EXIT_IO:
			reached = handle_io(vcpu);
			break;
		case KVM_EXIT_MMIO:
			handle_mmio(vcpu);
			break;
		case KVM_EXIT_INTERNAL_ERROR:
			die_of(vcpu, "KVM internal error",
			       vcpu->run->internal.suberror);
		case KVM_EXIT_FAIL_ENTRY:
			die_of(vcpu, "VM entry failed",
			       vcpu->run->fail_entry.hardware_entry_failure_reason);
		case KVM_EXIT_SHUTDOWN:
			die_of(vcpu, "triple fault", 0);
		default:
			die_of(vcpu, "unknown KVM_EXIT",
			       vcpu->run->exit_reason);
		}
		if (reached == port)
			return;
		if (reached)
			die_of(vcpu, "unexpected OUT to port", reached);
	}
}
