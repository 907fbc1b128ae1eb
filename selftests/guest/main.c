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
#include "host.h"
#include "play.h"

struct options {
	__u64 vcpus, repeat, burn;
	bool forever, wait_start, wait_end, expect, tsc;
	struct list list;
};

static atomic_bool go_on, stop;

static void print_usage(FILE *to)
{
	fprintf(to,
		"usage: kvmhot-guest [options] KIND=N [KIND=N ...]\n"
		"  --vcpus V     number of vCPUs, each does the whole list (1)\n"
		"  --repeat R    do the list R times (1)\n"
		"  --forever     until SIGUSR2 or SIGTERM, in whole rounds\n"
		"  --burn K      execute K instructions per exit to the VMM\n"
		"  --wait-start  print READY PID, start at a line or SIGUSR1\n"
		"  --wait-end    print DONE, end at a line or SIGUSR1\n"
		"  --tsc         print the TSC ticks of the quickest round\n"
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

static bool parse_option(struct options *options, int option)
{
	switch (option) {
	case 'v':
		return parse_number(optarg, 1, MAX_VCPUS, &options->vcpus);
	case 'r':
		return parse_number(optarg, 1, UINT32_MAX, &options->repeat);
	case 'b':
		return parse_number(optarg, 0, INT64_MAX, &options->burn);
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
		print_kinds();
		exit(0);
	case 'n':
		print_reasons();
		exit(0);
	case 'h':
		print_usage(stdout);
		exit(0);
	default:
		return false;
	}
}

static bool parse_arguments(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "vcpus", required_argument, NULL, 'v' },
		{ "repeat", required_argument, NULL, 'r' },
		{ "burn", required_argument, NULL, 'b' },
		{ "forever", no_argument, NULL, 'f' },
		{ "wait-start", no_argument, NULL, 's' },
		{ "wait-end", no_argument, NULL, 'e' },
		{ "expect", no_argument, NULL, 'x' },
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
	for (; optind < argc; optind++) {
		if (!list_add(&options->list, argv[optind]))
			return false;
	}
	if (!options->list.nr)
		fprintf(stderr, "nothing to do\n");
	return options->list.nr;
}

static bool check(const struct vcpu *vcpu, const char *what, __u64 is,
		  __u64 expected)
{
	if (is == expected)
		return true;
	fprintf(stderr, "vcpu %u: %llu %s, expected %llu\n", vcpu->id,
		is, what, expected);
	return false;
}

/* What the guest and the VMM have counted, against what was asked for */
static bool report_vcpu(struct vcpu *vcpu, const struct play *play,
			const struct expected *expected)
{
	struct guest_data *data = guest_data(vcpu);
	const struct list *list = play->list;
	bool ok = true;
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		const struct item *item = &list->items[i];

		printf("vcpu %u %s %llu\n", vcpu->id, item->kind->name,
		       data->list[i].done);
		ok &= check(vcpu, item->kind->name, data->list[i].done,
			    item->n * play->done);
		fold(&vcpu->result, data->list[i].done);
	}
	ok &= check(vcpu, "exits to the VMM", vcpu->user, expected->user);
	ok &= check(vcpu, "interrupts", data->irqs, expected->irqs);
	ok &= check(vcpu, "#UD", data->uds, expected->uds);
	ok &= check(vcpu, "#GP", data->gps, expected->gps);
	fold(&vcpu->result, data->result);
	return ok;
}

static bool report(struct play *play)
{
	struct expected expected;
	__u64 result = RESULT_SEED;
	unsigned int i;
	bool ok = true;

	list_expect(play->list, play->done, &expected);
	for (i = 0; i < play->vm->nr_vcpus; i++) {
		ok &= report_vcpu(&play->vm->vcpus[i], play, &expected);
		fold(&result, play->vm->vcpus[i].result);
	}
	print_expected(&expected, "exit ", play->vm->nr_vcpus);
	printf("rounds %llu\n", play->done);
	printf("result %016llx\n", result);
	return ok;
}

static int run(struct options *options)
{
	static struct vm vm;
	struct play all = {
		.vm = &vm,
		.list = &options->list,
		.rounds = options->forever ? UINT64_MAX : options->repeat,
		.stop = &stop,
	};
	unsigned int i;
	bool ok;

	init_signals(options);
	vm.burn = options->burn;
	vm_init(&vm, options->vcpus, &options->list);
	if (options->wait_start) {
		printf("READY %d\n", getpid());
		wait_for_go();
	}
	play(&all);
	ok = report(&all);
	for (i = 0; options->tsc && i < vm.nr_vcpus; i++)
		printf("vcpu %u tsc %llu\n", i, vm.vcpus[i].tsc);
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
	if (options.expect) {
		list_expect(&options.list, options.repeat, &expected);
		print_expected(&expected, "", 1);
		return 0;
	}
	if (!host_ok())
		return 1;
	return run(&options);
}
