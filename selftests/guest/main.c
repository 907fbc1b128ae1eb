// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot-guest: a VM that makes known numbers of VM exits of known kinds.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "disturb.h"
#include "each.h"
#include "host.h"
#include "report.h"

struct options {
	__u64 vcpus, repeat;
	bool forever, wait_start, wait_end, expect, tsc, print_list;
	struct list list;
};

static atomic_bool go_on, stop;
static struct vm vm = { .nap_ticks = 100000 };

static void print_usage(FILE *to)
{
	fprintf(to,
		"usage: kvmhot-guest [options] KIND=N [KIND=N ...]\n"
		"  --vcpus V     number of vCPUs, each does the whole list (1)\n"
		"  --repeat R    do the list R times (1)\n"
		"  --forever     until SIGUSR2 or SIGTERM, in whole rounds\n"
		"  --burn K      execute K instructions per exit to the VMM\n"
		"  --ioctls N    do N KVM_GET_REGS per exit to the VMM, and at\n"
		"                each vCPU's end an ioctl that fails (EINVAL)\n"
		"  --poke N      another thread does N KVM_GET_MP_STATE per vCPU\n"
		"  --kick US     a signal to each vCPU every US microseconds, for\n"
		"                KVM_RUN to return EINTR\n"
		"  --timer US    an interrupt of the host every US microseconds\n"
		"                (20 at least) that a vCPU's thread runs\n"
		"  --rival US    a thread of real-time priority sleeps US\n"
		"                microseconds and executes 200,000 instructions, again\n"
		"                and again\n"
		"  --uffd MS     pages of ept_read, ept_write and ept_fetch take\n"
		"                MS milliseconds each to come, one after the other\n"
		"                (userfaultfd): KVM sleeps in its handler of the\n"
		"                violation; the VM exits are the same\n"
		"  --uffd-fail   with --uffd: the first fault of each page fails:\n"
		"                KVM_RUN returns EFAULT, and is called again\n"
		"  --nap-ticks T for kind nap: TSC ticks to the deadline (100000)\n"
		"  --nap-spin K  and instructions when awake again (0)\n"
		"  --rest MS     each vCPU's thread sleeps MS milliseconds before the\n"
		"                first round\n"
		"  --rest-each   and before each other round\n"
		"  --park MS     each vCPU waits MS milliseconds for a SIPI, which does\n"
		"                not come, before the first round\n"
		"  --new-threads each round of a vCPU is run by a thread of its own\n"
		"  --nested      the guest has VMX: kinds l2_*, not vmclear, invept\n"
		"  --wait-start  print READY PID, start at a line or SIGUSR1\n"
		"  --wait-end    print DONE, end at a line or SIGUSR1\n"
		"  --each        print of the TSC ticks of all iterations of the last\n"
		"                round, per kind: number, minimum, median, 99th\n"
		"                percentile, maximum, the most frequent, how often\n"
		"  --fill        a thread of least priority fills idle time; what it\n"
		"                executes is not in --each, where a tick of the TSC\n"
		"                is an instruction (for one vCPU on one CPU)\n"
		"  --tsc         print the TSC ticks of the quickest round, and those\n"
		"                between the last two of kind mark\n"
		"  --list        print kinds and the VM exits of one iteration\n"
		"  --expect      print the VM exits that one vCPU would make\n"
		"  --reasons     print numbers and names of exit reasons\n");
}

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		go_on = true;
	else
		stop = true;
}

/* SIGUSR1 gets through in wait_for_go() only, or it could come too early */
static void init_signals(const struct options *options)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	sigaction(SIGUSR1, &action, NULL);
	if (options->forever) {
		action.sa_flags = SA_RESTART;
		sigaction(SIGUSR2, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
	}
}

/* A line, or SIGUSR1; with stdin at its end (no terminal), the signal only */
static void wait_for_go(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t none;
	char c;

	sigemptyset(&none);
	fflush(stdout);
	while (!go_on) {
		if (ppoll(&in, 1, NULL, &none) <= 0)
			continue;
		if (read(STDIN_FILENO, &c, 1) <= 0)
			in.fd = -1;
		else if (c == '\n')
			break;
	}
	go_on = false;
}

static bool parse_number(const char *arg, __u64 min, __u64 max, __u64 *to)
{
	char *end;

	errno = 0;
	*to = strtoull(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || errno ||
	    *to < min || *to > max) {
		fprintf(stderr, "%s: a number from %llu to %llu, please\n", arg,
			min, max);
		return false;
	}
	return true;
}

/* Those that are about the VM and its vCPUs */
static bool parse_vm_option(int option)
{
	switch (option) {
	case 'b':
		return parse_number(optarg, 0, INT64_MAX, &vm.burn);
	case 'i':
		return parse_number(optarg, 0, UINT32_MAX, &vm.ioctls);
	case 'p':
		return parse_number(optarg, 0, UINT32_MAX, &vm.pokes);
	case 'k':
		return parse_number(optarg, 1, UINT32_MAX, &vm.kick_us);
	case 'T':
		return parse_number(optarg, 20, UINT32_MAX, &vm.timer_us);
	case 'V':
		return parse_number(optarg, 1, 999999, &vm.rival_us);
	case 'u':
		return parse_number(optarg, 1, UINT32_MAX, &vm.uffd_ms);
	case 'R':
		return parse_number(optarg, 0, UINT32_MAX / 1000, &vm.rest_ms);
	case 'P':
		return parse_number(optarg, 1, UINT32_MAX / 1000, &vm.park_ms);
	case 'N':
		return parse_number(optarg, 1, INT64_MAX, &vm.nap_ticks);
	case 'S':
		return parse_number(optarg, 0, INT64_MAX, &vm.nap_spin);
	default:
		return false;
	}
}

static bool parse_option(struct options *options, int option)
{
	switch (option) {
	case 'v':
		return parse_number(optarg, 1, MAX_VCPUS, &options->vcpus);
	case 'r':
		return parse_number(optarg, 1, UINT32_MAX, &options->repeat);
	case 'f':
		options->forever = true;
		return true;
	case 's':
		options->wait_start = true;
		return true;
	case 'e':
		options->wait_end = true;
		return true;
	case 't':
		options->tsc = true;
		return true;
	case 'x':
		options->expect = true;
		return true;
	case 'l':
		options->print_list = true;
		return true;
	case 'U':
		vm.uffd_fail = true;
		return true;
	case 'E':
		vm.rest_each = true;
		return true;
	case 'w':
		vm.new_threads = true;
		return true;
	case 'd':
		vm.nested = true;
		options->list.nested = true;
		return true;
	case 'H':
		vm.each = true;
		options->list.each = true;
		return true;
	case 'F':
		vm.fill = true;
		return true;
	case 'n':
		print_reasons();
		exit(0);
	case 'h':
		print_usage(stdout);
		exit(0);
	default:
		return parse_vm_option(option);
	}
}

static bool parse_arguments(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "vcpus", required_argument, NULL, 'v' },
		{ "repeat", required_argument, NULL, 'r' },
		{ "burn", required_argument, NULL, 'b' },
		{ "ioctls", required_argument, NULL, 'i' },
		{ "poke", required_argument, NULL, 'p' },
		{ "kick", required_argument, NULL, 'k' },
		{ "timer", required_argument, NULL, 'T' },
		{ "rival", required_argument, NULL, 'V' },
		{ "uffd", required_argument, NULL, 'u' },
		{ "uffd-fail", no_argument, NULL, 'U' },
		{ "nap-ticks", required_argument, NULL, 'N' },
		{ "nap-spin", required_argument, NULL, 'S' },
		{ "rest", required_argument, NULL, 'R' },
		{ "rest-each", no_argument, NULL, 'E' },
		{ "park", required_argument, NULL, 'P' },
		{ "new-threads", no_argument, NULL, 'w' },
		{ "nested", no_argument, NULL, 'd' },
		{ "forever", no_argument, NULL, 'f' },
		{ "wait-start", no_argument, NULL, 's' },
		{ "wait-end", no_argument, NULL, 'e' },
		{ "expect", no_argument, NULL, 'x' },
		{ "each", no_argument, NULL, 'H' },
		{ "fill", no_argument, NULL, 'F' },
		{ "tsc", no_argument, NULL, 't' },
		{ "list", no_argument, NULL, 'l' },
		{ "reasons", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int option;

	for (;;) {
		option = getopt_long(argc, argv, "", known, NULL);
		if (option < 0)
			break;
		if (!parse_option(options, option))
			return false;
	}
	if (options->print_list)
		return true;
	for (; optind < argc; optind++) {
		if (!list_add(&options->list, argv[optind]))
			return false;
	}
	if (!options->list.nr)
		fprintf(stderr, "nothing to do\n");
	return options->list.nr && each_ok(&options->list) &&
	       (!vm.fill || options->vcpus == 1);
}

static int run(struct options *options)
{
	struct play all = {
		.vm = &vm,
		.list = &options->list,
		.rounds = options->forever ? UINT64_MAX : options->repeat,
		.stop = &stop,
	};
	unsigned int i;
	bool ok;

	init_signals(options);
	disturb_init();
	if (vm.uffd_ms)
		uffd_init(&vm);
	vm_init(&vm, options->vcpus, &options->list);
	if (options->wait_start) {
		printf("READY %d\n", getpid());
		wait_for_go();
	}
	play(&all);
	ok = report(&all);
	if (vm.each)
		each_report(&vm, &options->list);
	for (i = 0; options->tsc && i < vm.nr_vcpus; i++) {
		printf("vcpu %u tsc %llu\n", i, vm.vcpus[i].tsc);
		printf("vcpu %u ticks %llu\n", i,
		       guest_data(&vm.vcpus[i])->mark_ticks);
	}
	if (options->wait_end) {
		printf("DONE\n");
		wait_for_go();
	}
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct options options = { .vcpus = 1, .repeat = 1 };
	struct expected expected;

	if (!parse_arguments(argc, argv, &options)) {
		print_usage(stderr);
		return 2;
	}
	if (options.print_list) {
		print_kinds(options.list.nested);
		return 0;
	}
	if (options.expect) {
		list_expect(&options.list, options.repeat, &expected);
		print_expected(&expected, "", 1);
		return 0;
	}
	if (!host_ok())
		return 1;
	if (vm.nested && !host_nested()) {
		fprintf(stderr, "kvm_intel has nested=N\n");
		return 1;
	}
	return run(&options);
}
