// SPDX-License-Identifier: GPL-2.0
/* kvmhot: the command line. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "source.h"
#include "version.h"

static const struct command {
	const char *verb, *options;	/* the letters of those it takes */
	int max_words;
	int (*run)(const struct options *o);
	const char *usage, *help;
} commands[] = {
	{ "report", "pcaRP", 0, cmd_report,
	  "[-p VM] [--vcpu N] [--all] [--pmu] [--root DIR]",
	  "Totals since load or reset: VMs and their exit reasons by cost.\n"
	  "Reasons below 0.1 % of a VM's cost and of its exits only with --all.\n"
	  "With --pmu, instead of times, what events counted: by stage, and by\n"
	  "reason and stage." },
	{ "tree", "pcaR", 0, cmd_tree,
	  "[-p VM] [--vcpu N] [--all] [--root DIR]",
	  "Where the time of the vCPUs' threads went, like a call graph, but\n"
	  "counted: each cycle is in one place, and a line's TOTAL is its SELF\n"
	  "and the TOTALs of the lines below it.\n"
	  "Lines below 1 % of the one that they are under only with --all." },
	{ "costs", "pR", 0, cmd_costs,
	  "[-p VM] [--root DIR]",
	  "Of each measure the greatest cost, and its share of the whole." },
	{ "hist", "prcR", 0, cmd_hist,
	  "[-p VM] [-r REASON] [--vcpu N] [--root DIR]",
	  "Histogram of the KVM cycles per exit of one reason of one VM;\n"
	  "by default of the costliest; then of its user part, by what KVM asked\n"
	  "of the VMM.  REASON is a name, or a number 0..127; of a nested guest's\n"
	  "exits (level 2), with L2: before it." },
	{ "vms", "R", 0, cmd_vms,
	  "[--root DIR]",
	  "One line for each VM: exits, and where its vCPUs' time went." },
	{ "stat", "pR", 2, cmd_stat,
	  "[-p VM] [--root DIR] [INTERVAL [COUNT]]",
	  "What happened within each INTERVAL seconds (fractions allowed).\n"
	  "Without INTERVAL once, after a second; without COUNT until stopped.\n"
	  "With -p it stops, with status 1, when the VM has ended." },
	{ "export", "pcFR", 0, cmd_export,
	  "--folded [-p VM] [--vcpu N] [--root DIR]",
	  "The tree for other programs.  --folded: a line 'FRAME;FRAME;FRAME SELF'\n"
	  "for each place with cycles of its own, as flame graphs are made of." },
	{ "reset", "R", 1, cmd_reset,
	  "[--root DIR] [all | VM]",
	  "Counting starts afresh, of all VMs (default) or of one." },
	{ "check", "P", 1, cmd_check,
	  "--pmu [EVENT]",
	  "Which of the standard events this host has, and whether EVENT, any word\n"
	  "of the file 'events' (default instructions:G), counts what it should:\n"
	  "the instructions of a tiny VM of kvmhot's own, which are known.\n"
	  "The list is put back at the end, but what was counted of events, of all\n"
	  "VMs, is gone.  Exit status 1: it does not, or cannot be counted." },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(*commands))

static const struct option long_options[] = {
	{ "vm", required_argument, NULL, 'p' },
	{ "reason", required_argument, NULL, 'r' },
	{ "vcpu", required_argument, NULL, 'c' },
	{ "all", no_argument, NULL, 'a' },
	{ "folded", no_argument, NULL, 'F' },
	{ "pmu", no_argument, NULL, 'P' },
	{ "root", required_argument, NULL, 'R' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ }
};

static void print_usage(FILE *to)
{
	size_t i;

	fputs("Usage: kvmhot VERB [OPTIONS]\n\n", to);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  kvmhot %s %s\n", commands[i].verb,
			commands[i].usage);
	fputs("\nVM is a name, a PID, or PID-FD as 'kvmhot vms' shows it.\n"
	      "  --root DIR   a saved copy instead of " SOURCE_ROOT "\n"
	      "  -h, --help   this, or behind a verb more about it\n"
	      "  --version    version and ABI\n"
	      "Exit status: 0 fine, 1 failure, 2 wrong usage.\n", to);
}

static const struct command *find_command(const char *verb)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].verb, verb))
			return &commands[i];
	return NULL;
}

static int parse_vcpu(const char *word, int *vcpu)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(word, &end, 10);
	if (errno || *word < '0' || *word > '9' || *end || n > INT_MAX) {
		fprintf(stderr, "kvmhot: --vcpu: '%s' is not a number of a vCPU\n",
			word);
		return -1;
	}
	*vcpu = n;
	return 0;
}

/* Options into *o, the letters of those seen into SEEN, the rest to o->words. */
static int parse(int argc, char **argv, struct options *o, char *seen)
{
	int c;

	/* '-': in their order, so that options may be before a verb or after */
	while ((c = getopt_long(argc, argv, "-p:r:ahV", long_options, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (c == 1)
			o->words[o->nr_words++] = optarg;
		else
			seen[c] = 1;
		if (c == 'p')
			o->vm = optarg;
		else if (c == 'r')
			o->reason = optarg;
		else if (c == 'a')
			o->all = true;
		else if (c == 'F')
			o->folded = true;
		else if (c == 'P')
			o->pmu = true;
		else if (c == 'R')
			o->root = optarg;
		else if (c == 'c' && parse_vcpu(optarg, &o->vcpu))
			return -1;
	}
	while (optind < argc)
		o->words[o->nr_words++] = argv[optind++];
	return 0;
}

/* Does the verb take what it was given? */
static int check(const struct command *cmd, const struct options *o,
		 const char *seen)
{
	static const char letters[] = "prcaFPR";
	static const char * const names[] = {
		"-p", "-r", "--vcpu", "--all", "--folded", "--pmu",
		"--root",
	};
	int i;

	for (i = 0; letters[i]; i++) {
		if (seen[(int)letters[i]] && !strchr(cmd->options, letters[i])) {
			fprintf(stderr, "kvmhot: %s: does not take %s\n",
				cmd->verb, names[i]);
			return -1;
		}
	}
	if (o->nr_words > cmd->max_words) {
		fprintf(stderr, "kvmhot: %s: one word too many: %s\n",
			cmd->verb, o->words[cmd->max_words]);
		return -1;
	}
	return 0;
}

/* A full disk or a closed pipe must not look like a success. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "kvmhot: standard output: %s\n",
			strerror(errno));
		return EXIT_FAILED;
	}
	return status;
}

static int run(struct options *o, const char *seen)
{
	const struct command *cmd = NULL;

	if (seen['V']) {
		printf("kvmhot %s (abi %d)\n", KVMHOT_VERSION, KVMHOT_ABI);
		return EXIT_FINE;
	}
	if (o->nr_words) {
		cmd = find_command(o->words[0]);
		if (!cmd) {
			fprintf(stderr, "kvmhot: no such verb: %s\n",
				o->words[0]);
			return EXIT_USAGE;
		}
	}
	if (seen['h']) {
		if (cmd)
			printf("Usage: kvmhot %s %s\n\n%s\n", cmd->verb,
			       cmd->usage, cmd->help);
		else
			print_usage(stdout);
		help_columns(cmd ? cmd->verb : NULL);
		return EXIT_FINE;
	}
	if (!cmd) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	o->words++;
	o->nr_words--;
	return check(cmd, o, seen) ? EXIT_USAGE : cmd->run(o);
}

int main(int argc, char **argv)
{
	char seen[128] = { 0 };
	struct options o = { .root = SOURCE_ROOT, .vcpu = ALL_VCPUS };
	char **words;
	int status = EXIT_USAGE;

	words = calloc(argc + 1, sizeof(*words));
	if (!words)
		return EXIT_FAILED;
	/* getopt's messages begin as all others do. */
	if (argc)
		argv[0] = program_invocation_short_name;
	o.words = words;
	if (!parse(argc, argv, &o, seen))
		status = finish(run(&o, seen));
	free(words);
	return status;
}
