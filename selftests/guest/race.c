// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-race: threads that race for KVM_RUN on one vCPU, against the rules.
 *
 *   kvmhot-race THREADS SECONDS
 *
 * The guest does CPUID and OUT for ever; whichever thread has the vCPU gets its
 * exits.  Some threads want to come back at once (immediate_exit), which any of
 * them may then do, and some do other ioctls in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <linux/kvm.h>
#include <linux/types.h>

#define PAGE		4096
#define MAX_THREADS	64

/* 16-bit code */
static const __u8 code[] = {
	0x0f, 0xa2,		/* 1:	cpuid */
	0xe6, 0x10,		/*	out	%al, $0x10 */
	0x0f, 0xa2,		/*	cpuid */
	0xeb, 0xf8,		/*	jmp	1b */
};

static int vcpu_fd;
static struct kvm_run *run;
static atomic_bool stop;
static atomic_ullong came, at_once;

static void die(const char *what)
{
	fprintf(stderr, "kvmhot-race: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_vm(void)
{
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_userspace_memory_region region = { .memory_size = PAGE };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, size;
	struct kvm_sregs sregs;
	void *memory;

	if (kvm < 0)
		die("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		die("KVM_CREATE_VM");
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("guest memory");
	memcpy(memory, code, sizeof(code));
	region.userspace_addr = (unsigned long)memory;
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		die("KVM_SET_USER_MEMORY_REGION");
	vcpu_fd = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu_fd < 0)
		die("KVM_CREATE_VCPU");
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu_fd, 0);
	if (run == MAP_FAILED)
		die("mmap of a vCPU");
	if (ioctl(vcpu_fd, KVM_GET_SREGS, &sregs))
		die("KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu_fd, KVM_SET_SREGS, &sregs) ||
	    ioctl(vcpu_fd, KVM_SET_REGS, &regs))
		die("registers");
}

static void *race(void *arg)
{
	unsigned long id = (unsigned long)arg;
	struct kvm_mp_state state;
	unsigned long i;

	for (i = 0; !stop; i++) {
		if (id & 1)
			run->immediate_exit = i & 1;
		if (!ioctl(vcpu_fd, KVM_RUN, 0))
			came++;
		else if (errno == EINTR || errno == EAGAIN)
			at_once++;
		else
			die("KVM_RUN");
		if (id & 2 && ioctl(vcpu_fd, KVM_GET_MP_STATE, &state))
			die("KVM_GET_MP_STATE");
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[MAX_THREADS];
	unsigned long nr, seconds, i;
	struct timespec pause = { 0 };

	nr = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	seconds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (!nr || nr > MAX_THREADS || !seconds) {
		fprintf(stderr, "usage: kvmhot-race THREADS SECONDS\n");
		return 2;
	}
	make_vm();
	for (i = 0; i < nr; i++) {
		errno = pthread_create(&thread[i], NULL, race, (void *)i);
		if (errno)
			die("pthread_create");
	}
	pause.tv_sec = seconds;
	nanosleep(&pause, NULL);
	stop = true;
	for (i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
	printf("%llu returns with an exit, %llu without\n", came, at_once);
	return came && (at_once || nr == 1) ? 0 : 1;
}
