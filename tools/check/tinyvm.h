/* SPDX-License-Identifier: GPL-2.0 */
/* Runs a VM of one vCPU: turns of a loop, then I/O, and so on. */
#ifndef KVMHOT_CHECK_TINYVM_H
#define KVMHOT_CHECK_TINYVM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>

/* What a turn is: nothing but the loop's own instructions; or a CPUID exit, too */
enum tinyvm_code { TINYVM_LOOP, TINYVM_CPUID };

/* TINYVM_LOOP's instructions: of each turn, and beside them between two exits */
#define TINYVM_TURN	2
#define TINYVM_REST	3

struct tinyvm {
	int kvm, fd, vcpu;
	size_t run_size;
	struct kvm_run *run;
	__u8 *memory;
};

/* 0, or -1 with the error told; tinyvm_close() in any case. */
int tinyvm_open(struct tinyvm *vm, enum tinyvm_code code);
void tinyvm_close(struct tinyvm *vm);

/*
 * EXITS times so many TURNS and an I/O exit.  Runs in the calling thread.
 * Return: 0, -1 with the error told, or 1 if STOPPED said so.
 */
int tinyvm_run(struct tinyvm *vm, __u32 turns, unsigned int exits,
	       bool (*stopped)(void));

/* The name that the VM with this descriptor has in vms/; 0, or -1: not there */
int tinyvm_find_id(char *id, size_t size, int fd);

/* What is left of a VM of ours that was closed is of no use to anyone. */
void tinyvm_remove_ended(const char *id);

#endif /* KVMHOT_CHECK_TINYVM_H */
