// SPDX-License-Identifier: GPL-2.0
/* Runs the verb that the command line names. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/tell.h"
#include "cmds.h"
#include "model/options.h"
#include "options.h"
#include "read/snapshot.h"
#include "read/store.h"
#include "show/help.h"
#include "shared/version.h"

/* A full disk must not look like a success. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	tell_error("standard output: %s", strerror(errno));
	return EXIT_FAILED;
}

/* CMD: of this verb, or NULL */
static int help(const struct given *g, const struct command *cmd)
{
	bool all = g->seen['a'];

	if (cmd)
		options_print_help(cmd);
	else if (all)
		options_print_all(stdout);
	else
		options_print_brief(stdout);
	if (all)
		help_columns(cmd ? cmd->verb : NULL);
	return EXIT_FINE;
}

static int run(struct given *g)
{
	struct options *o = &g->o;
	const struct command *cmd;

	if (g->seen['V']) {
		printf("kvmhot %s (abi %d)\n", KVMHOT_VERSION, KVMHOT_ABI);
		return EXIT_FINE;
	}
	if (!o->nr_words && g->seen['h'])
		return help(g, NULL);
	if (o->nr_words) {
		cmd = cmds_find(o->words[0]);
		if (!cmd) {
			tell_error("no such verb: %s (kvmhot --help has all)",
				   o->words[0]);
			return EXIT_USAGE;
		}
		o->words++;
		o->nr_words--;
	} else {
		cmd = cmds_find(isatty(STDOUT_FILENO) ? "top" : "stat");
	}
	if (g->seen['h'])
		return help(g, cmd);
	return options_check(cmd, g) ? EXIT_USAGE : cmd->run(o);
}

int main(int argc, char **argv)
{
	struct given g = {
		.o.root = STORE_ROOT,
		.o.filter.vcpu = ALL_VCPUS,
	};
	char **words;
	int status = EXIT_USAGE;

	words = calloc(argc + 1, sizeof(*words));
	if (!words)
		return EXIT_FAILED;
	/* getopt's messages begin as all others do. */
	if (argc)
		argv[0] = program_invocation_short_name;
	/* Whoever reads us may stop: that is no failure to speak of. */
	signal(SIGPIPE, SIG_DFL);
	g.o.words = words;
	if (!options_parse(argc, argv, &g))
		status = finish(run(&g));
	free(words);
	return status;
}
