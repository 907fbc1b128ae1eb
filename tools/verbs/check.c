// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot check: tells what stands in kvmhot's way on this host; with --pmu, whether an
 * event counts what it should.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/exit.h"
#include "base/tell.h"
#include "check/doctor.h"
#include "check/pmu.h"
#include "model/options.h"
#include "verbs/verbs.h"

static atomic_bool stopped;

/* Whoever changed something in the host puts it back. */
static bool is_stopped(void)
{
	return stopped;
}

static void stop(int signal)
{
	(void)signal;
	stopped = true;
}

/*
 * What is changed in the host is to be put back, whatever comes but SIGKILL and
 * SIGSTOP: nor is it to be left so while this is stopped by the terminal.
 */
static void catch_signals(void)
{
	static const int ends[] = {
		SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM,
		SIGXCPU,
	};
	static const int ignored[] = { SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU };
	/* Without SA_RESTART: KVM_RUN and nanosleep() are to return. */
	struct sigaction action = { .sa_handler = stop };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		sigaction(ignored[i], &action, NULL);
}

int check_run(const struct options *o)
{
	const char *word = o->nr_words ? o->words[0] : "instructions:G";
	int status;

	if (o->pmu && o->cost) {
		tell_error("check: --pmu or --cost, not both");
		return EXIT_USAGE;
	}
	if (!o->pmu && o->nr_words) {
		tell_error("check: an event only with --pmu: %s", word);
		return EXIT_USAGE;
	}
	if (!*word || strpbrk(word, ", \t\n") || !strcmp(word, "none") ||
	    !strcmp(word, "auto")) {
		tell_error("check: '%s' is not one event", word);
		return EXIT_USAGE;
	}
	catch_signals();
	status = o->pmu ? pmu_check(word, is_stopped) :
			  doctor_run(o->cost, is_stopped);
	if (stopped) {
		tell_error("check: stopped by a signal");
		status = EXIT_FAILED;
	}
	return status;
}
