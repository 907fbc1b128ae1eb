// SPDX-License-Identifier: GPL-2.0
/* Runs a VM in 16-bit real mode, made of KVM's ioctls and nothing else. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/tell.h"
#include "check/tinyvm.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"

/* Guest physical addresses, which here are the guest's offsets, too */
#define CODE		0x1000
#define TURNS		0x2000
#define MEMORY_SIZE	0x4000
/* Where KVM wants three pages of its own on CPUs without unrestricted guests */
#define KVM_PAGES	0xfffbd000
#define PORT		0x10
/* How long KVM is waited for, at the end: times 10 ms */
#define PATIENCE	500

static const __u8 loop[] = {
	0x66, 0x8b, 0x0e, TURNS & 0xff, TURNS >> 8,	/* mov TURNS, %ecx */
	0x66, 0x49,					/* dec %ecx */
	0x75, 0xfc,					/* jnz, to the dec */
	0xe6, PORT,					/* out %al, PORT */
	0xeb, 0xf3,					/* jmp, to the mov */
};

/* CPUID changes all of %eax to %edx. */
static const __u8 cpuid[] = {
	0x66, 0x8b, 0x36, TURNS & 0xff, TURNS >> 8,	/* mov TURNS, %esi */
	0x66, 0x31, 0xc0,				/* xor %eax, %eax */
	0x0f, 0xa2,					/* cpuid */
	0x66, 0x4e,					/* dec %esi */
	0x75, 0xf7,					/* jnz, to the xor */
	0xe6, PORT,					/* out %al, PORT */
	0xeb, 0xee,					/* jmp, to the mov */
};

static const struct {
	const __u8 *code;
	size_t size;
} codes[] = {
	[TINYVM_LOOP]	= { loop, sizeof(loop) },
	[TINYVM_CPUID]	= { cpuid, sizeof(cpuid) },
};

static int fail(const char *what)
{
	tell_error("%s: %s", what, strerror(errno));
	return -1;
}

static int set_registers(struct tinyvm *vm)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };
	struct kvm_sregs sregs;

	if (ioctl(vm->vcpu, KVM_GET_SREGS, &sregs))
		return fail("KVM_GET_SREGS");
	/* Out of reset it would begin at the end of memory. */
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vm->vcpu, KVM_SET_SREGS, &sregs))
		return fail("KVM_SET_SREGS");
	if (ioctl(vm->vcpu, KVM_SET_REGS, &regs))
		return fail("KVM_SET_REGS");
	return 0;
}

static int open_vcpu(struct tinyvm *vm)
{
	int size;

	vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
	if (vm->vcpu < 0)
		return fail("KVM_CREATE_VCPU");
	size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return fail("KVM_GET_VCPU_MMAP_SIZE");
	vm->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       vm->vcpu, 0);
	if (vm->run == MAP_FAILED)
		return fail("mmap of the vCPU");
	vm->run_size = size;
	return set_registers(vm);
}

int tinyvm_open(struct tinyvm *vm, enum tinyvm_code code)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY_SIZE,
	};

	*vm = (struct tinyvm){ .fd = -1, .vcpu = -1 };
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		return fail("/dev/kvm");
	vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return fail("KVM_CREATE_VM");
	/* Of no use elsewhere, where it may be refused. */
	ioctl(vm->fd, KVM_SET_TSS_ADDR, KVM_PAGES);
	vm->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->memory == MAP_FAILED)
		return fail("mmap");
	memcpy(vm->memory + CODE, codes[code].code, codes[code].size);
	region.userspace_addr = (unsigned long)vm->memory;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		return fail("KVM_SET_USER_MEMORY_REGION");
	return open_vcpu(vm);
}

void tinyvm_close(struct tinyvm *vm)
{
	if (vm->run_size)
		munmap(vm->run, vm->run_size);
	if (vm->vcpu >= 0)
		close(vm->vcpu);
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->kvm >= 0)
		close(vm->kvm);
	if (vm->memory && vm->memory != MAP_FAILED)
		munmap(vm->memory, MEMORY_SIZE);
}

int tinyvm_run(struct tinyvm *vm, __u32 turns, unsigned int exits,
	       bool (*stopped)(void))
{
	memcpy(vm->memory + TURNS, &turns, sizeof(turns));
	while (exits) {
		if (stopped())
			return 1;
		if (ioctl(vm->vcpu, KVM_RUN, 0)) {
			if (errno != EINTR && errno != EAGAIN)
				return fail("KVM_RUN");
			continue;
		}
		if (vm->run->exit_reason != KVM_EXIT_IO ||
		    vm->run->io.port != PORT) {
			tell_error("the VM came to an exit that it should not: %u",
				   vm->run->exit_reason);
			return -1;
		}
		exits--;
	}
	return 0;
}

/* KVM calls it PID-FD; where it could not, kvmhot has another name. */
int tinyvm_find_id(char *id, size_t size, int fd)
{
	char path[64], prefix[16];
	struct dirent *entry;
	int ret = -1;
	DIR *dir;

	snprintf(id, size, "%d-%d", getpid(), fd);
	snprintf(path, sizeof(path), "%s/vms/%s", STORE_ROOT, id);
	if (!access(path, F_OK))
		return 0;
	snprintf(prefix, sizeof(prefix), "%d-unnamed", getpid());
	dir = opendir(STORE_ROOT "/vms");
	while (dir && ret && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)))
			continue;
		snprintf(id, size, "%.31s", entry->d_name);
		ret = 0;
	}
	if (dir)
		closedir(dir);
	return ret;
}

/* Is it in vms/ no more, or as one that ended? */
static bool has_ended(const char *id, const char *path)
{
	struct vm vm;
	bool running;

	if (access(path, F_OK) || source_load_vm(&vm, STORE_ROOT, id))
		return true;
	running = vm.running;
	snapshot_free_vm(&vm);
	return !running;
}

void tinyvm_remove_ended(const char *id)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char path[96];
	int i;

	if (!*id)
		return;
	snprintf(path, sizeof(path), "%s/vms/%s", STORE_ROOT, id);
	/* KVM has the last word, in a thread of its own on some kernels. */
	for (i = 0; i < PATIENCE && !has_ended(id, path); i++)
		nanosleep(&pause, NULL);
	if (!access(path, F_OK))
		source_reset(STORE_ROOT, id);
}
