// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-vms: one process makes many tiny VMs, at once or in turn.
 *
 * Each vCPU does CPUIDs, one OUT, and later one HLT; the last two come to this
 * process.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <linux/kvm.h>
#include <linux/types.h>

#define PAGE		4096
#define MAX_VMS		65536
#define MAX_VCPUS	4096

/* 16-bit code: si times CPUID, then OUT, then HLT. */
static const __u8 code[] = {
	0x85, 0xf6,		/*	test	%si, %si */
	0x74, 0x05,		/*	jz	2f */
	0x0f, 0xa2,		/* 1:	cpuid */
	0x4e,			/*	dec	%si */
	0x75, 0xfb,		/*	jnz	1b */
	0xe6, 0x10,		/* 2:	out	%al, $0x10 */
	0xf4,			/*	hlt */
};

struct vcpu {
	int fd;
	struct kvm_run *run;
};

static unsigned int nr_vms = 1, nr_vcpus = 1, exits = 1, early, invent, uid;
static bool in_turn, wait_start, wait_end;
static int kvm, run_size;
static void *memory;
static atomic_bool go_on;

static void die(const char *what)
{
	fprintf(stderr, "kvmhot-vms: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_vcpu(struct vcpu *vcpu, int vm, unsigned int id)
{
	struct kvm_regs regs = { .rsi = exits, .rflags = 2 };
	struct kvm_sregs sregs;

	vcpu->fd = ioctl(vm, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		die("KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of a vCPU");
	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs))
		die("KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs))
		die("KVM_SET_SREGS");
	if (ioctl(vcpu->fd, KVM_SET_REGS, &regs))
		die("KVM_SET_REGS");
}

static int make_vm(struct vcpu *vcpus)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = PAGE,
		.userspace_addr = (unsigned long)memory,
	};
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	unsigned int i;

	if (vm < 0)
		die("KVM_CREATE_VM");
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		die("KVM_SET_USER_MEMORY_REGION");
	for (i = 0; i < nr_vcpus; i++)
		make_vcpu(&vcpus[i], vm, i);
	return vm;
}

/* Until the guest comes to this process, with what it must come with */
static void run(struct vcpu *vcpu, __u32 reason)
{
	while (ioctl(vcpu->fd, KVM_RUN, 0))
		if (errno != EINTR && errno != EAGAIN)
			die("KVM_RUN");
	if (vcpu->run->exit_reason != reason) {
		fprintf(stderr, "kvmhot-vms: exit reason %u, not %u\n",
			vcpu->run->exit_reason, reason);
		exit(1);
	}
}

static void come_back_at_once(struct vcpu *vcpu)
{
	unsigned int nr;

	vcpu->run->immediate_exit = 1;
	for (nr = 0; nr < early; nr++)
		if (!ioctl(vcpu->fd, KVM_RUN, 0) || errno != EINTR)
			die("KVM_RUN that is to come back at once");
	vcpu->run->immediate_exit = 0;
}

static void begin(struct vcpu *vcpus)
{
	unsigned int i, nr;

	for (i = 0; i < nr_vcpus; i++) {
		come_back_at_once(&vcpus[i]);
		run(&vcpus[i], KVM_EXIT_IO);
		for (nr = 0; nr < invent; nr++)
			if (!ioctl(vcpus[i].fd, _IO('k', nr), 0))
				die("an ioctl that is none");
	}
}

static void finish(struct vcpu *vcpus)
{
	unsigned int i;

	for (i = 0; i < nr_vcpus; i++)
		run(&vcpus[i], KVM_EXIT_HLT);
}

static void close_vm(int vm, struct vcpu *vcpus)
{
	unsigned int i;

	for (i = 0; i < nr_vcpus; i++) {
		munmap(vcpus[i].run, run_size);
		close(vcpus[i].fd);
	}
	close(vm);
}

static void on_signal(int signal)
{
	(void)signal;
	go_on = true;
}

/* Say WORD, and wait for SIGUSR1, which is blocked elsewhere. */
static void say_and_wait(const char *word)
{
	sigset_t none;

	printf("%s %d\n", word, getpid());
	fflush(stdout);
	sigemptyset(&none);
	while (!go_on)
		ppoll(NULL, 0, NULL, &none);
	go_on = false;
}

static void all_in_turn(void)
{
	struct vcpu *vcpus = calloc(nr_vcpus, sizeof(*vcpus));
	unsigned int i;
	int vm;

	if (!vcpus)
		die("memory");
	for (i = 1; i <= nr_vms; i++) {
		vm = make_vm(vcpus);
		begin(vcpus);
		if (wait_start && i == nr_vms)
			say_and_wait("READY");
		finish(vcpus);
		if (i < nr_vms || !wait_end)
			close_vm(vm, vcpus);
	}
}

static void all_at_once(void)
{
	struct vcpu *vcpus = calloc((size_t)nr_vms * nr_vcpus, sizeof(*vcpus));
	unsigned int i;

	if (!vcpus)
		die("memory");
	for (i = 0; i < nr_vms; i++) {
		make_vm(vcpus + i * nr_vcpus);
		begin(vcpus + i * nr_vcpus);
	}
	if (wait_start)
		say_and_wait("READY");
	for (i = 0; i < nr_vms; i++)
		finish(vcpus + i * nr_vcpus);
}

static void prepare(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct rlimit limit;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	sigaction(SIGUSR1, &action, NULL);
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		die("/dev/kvm");
	if (uid && setuid(uid))
		die("setuid");
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run_size < 0 || memory == MAP_FAILED)
		die("memory");
	memcpy(memory, code, sizeof(code));
}

static unsigned int parse_number(const char *arg, unsigned int max)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end || n > max) {
		fprintf(stderr, "%s: a number up to %u, please\n", arg, max);
		exit(2);
	}
	return n;
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "vms", required_argument, NULL, 'n' },
		{ "vcpus", required_argument, NULL, 'v' },
		{ "exits", required_argument, NULL, 'x' },
		{ "early", required_argument, NULL, 'r' },
		{ "invent", required_argument, NULL, 'i' },
		{ "uid", required_argument, NULL, 'u' },
		{ "in-turn", no_argument, NULL, 't' },
		{ "wait-start", no_argument, NULL, 's' },
		{ "wait-end", no_argument, NULL, 'e' },
		{ 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (option) {
		case 'n':
			nr_vms = parse_number(optarg, MAX_VMS);
			break;
		case 'v':
			nr_vcpus = parse_number(optarg, MAX_VCPUS);
			break;
		case 'x':
			exits = parse_number(optarg, 65535);
			break;
		case 'r':
			early = parse_number(optarg, 256);
			break;
		case 'i':
			invent = parse_number(optarg, 256);
			break;
		case 'u':
			uid = parse_number(optarg, 65533);
			break;
		case 't':
			in_turn = true;
			break;
		case 's':
			wait_start = true;
			break;
		case 'e':
			wait_end = true;
			break;
		default:
			fprintf(stderr,
				"usage: kvmhot-vms [options]\n"
				"  --vms N       VMs (1), one vCPU each, with\n"
				"  --vcpus N     so many vCPUs\n"
				"  --exits N     CPUIDs of each vCPU (1)\n"
				"  --early N     KVM_RUNs of each vCPU that come back at once, before the\n"
				"                first one that does not (0)\n"
				"  --invent N    ioctls of each vCPU that KVM does not have (0)\n"
				"  --uid N       be this user (the one that it is run by)\n"
				"  --in-turn     one VM after the other; without, all at once\n"
				"  --wait-start  print READY when all have done their OUT (in turn: the\n"
				"                last one), do the HLT at SIGUSR1\n"
				"  --wait-end    print DONE, end at SIGUSR1\n");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	prepare();
	if (in_turn)
		all_in_turn();
	else
		all_at_once();
	if (wait_end)
		say_and_wait("DONE");
	return 0;
}
