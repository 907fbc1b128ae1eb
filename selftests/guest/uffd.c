// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that takes its time: a page that is not there yet comes by
 * userfaultfd, so KVM sleeps in its handler of the EPT violation.  The guest
 * has its interrupts off then, so KVM can't put the fault off (async page
 * faults), and the page is mapped at the first violation all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include <linux/userfaultfd.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "vmm.h"

static int uffd;
static atomic_uintptr_t broken;	/* the page whose fault is failing */

/*
 * Have KVM_RUN fail with EFAULT, and say KVM_EXIT_MEMORY_FAULT as a KVM does that
 * has private memory for its guests: run->exit_reason is the VMM's to write, too.
 */
static void fail_fault(struct vm *vm, __u64 page)
{
	struct uffdio_range range = { .start = page, .len = 4096 };
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vm->vcpus[i].run->exit_reason = EXIT_MEMORY_FAULT;
	broken = page;
	if (mprotect((void *)(uintptr_t)page, 4096, PROT_NONE) ||
	    ioctl(uffd, UFFDIO_WAKE, &range))
		die("a fault that fails");
}

bool uffd_mended(void)
{
	uintptr_t page = atomic_exchange(&broken, 0);

	return page && !mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
}

static void *uffd_main(void *arg)
{
	static __u8 page[4096];
	struct vm *vm = arg;
	struct timespec pause = {
		.tv_sec = vm->uffd_ms / 1000,
		.tv_nsec = vm->uffd_ms % 1000 * 1000000,
	};
	struct uffdio_copy copy = {
		.src = (uintptr_t)page,
		.len = sizeof(page),
	};
	__u64 failed = 0;
	struct uffd_msg msg;

	while (read(uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		if (msg.event != UFFD_EVENT_PAGEFAULT)
			continue;
		nanosleep(&pause, NULL);
		copy.dst = msg.arg.pagefault.address & ~4095ULL;
		if (vm->uffd_fail && copy.dst != failed) {
			failed = copy.dst;
			fail_fault(vm, failed);
			continue;
		}
		memory_page(vm, copy.dst, page);
		if (ioctl(uffd, UFFDIO_COPY, &copy))
			die("UFFDIO_COPY");
	}
	die("userfaultfd");
}

void uffd_init(struct vm *vm)
{
	struct uffdio_api api = { .api = UFFD_API };
	pthread_t thread;

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		die("userfaultfd");
	errno = pthread_create(&thread, NULL, uffd_main, vm);
	if (errno)
		die("pthread_create");
}

void uffd_register(void *pages, __u64 size)
{
	struct uffdio_register area = {
		.range = { .start = (uintptr_t)pages, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (ioctl(uffd, UFFDIO_REGISTER, &area))
		die("UFFDIO_REGISTER");
}
