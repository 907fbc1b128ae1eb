/* SPDX-License-Identifier: GPL-2.0 */
/* A VM of one vCPU whose instructions are known: turns of a loop, then I/O. */
#ifndef KVMHOT_TINYVM_H
#define KVMHOT_TINYVM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>

/* Of each turn, and of what is beside the loop between two exits */
#define TINYVM_TURN	2
#define TINYVM_REST	3

struct tinyvm {
	int kvm, fd, vcpu;
	size_t run_size;
	struct kvm_run *run;
	__u8 *memory;
};

/* 0, or -1 with the error told; tinyvm_close() in any case. */
int tinyvm_open(struct tinyvm *vm);
void tinyvm_close(struct tinyvm *vm);

/*
 * EXITS times so many TURNS and an I/O exit.  Runs in the calling thread.
 * Return: 0, -1 with the error told, or 1 if STOPPED said so.
 */
int tinyvm_run(struct tinyvm *vm, __u32 turns, unsigned int exits,
	       bool (*stopped)(void));

#endif /* KVMHOT_TINYVM_H */
