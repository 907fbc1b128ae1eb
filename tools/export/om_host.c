// SPDX-License-Identifier: GPL-2.0
/* export --openmetrics: kvmhot itself, and what was lost. */
#include <string.h>
#include <time.h>

#include "export/openmetrics.h"
#include "model/own.h"
#include "read/snapshot.h"
#include "shared/version.h"

static void host_number(struct metrics *m, const char *name, const char *unit,
			enum om_type type, __u64 n, const char *help)
{
	om_begin(m, name, unit, type, help);
	om_sample(m, NULL, NULL, NULL);
	om_number(m, "", n);
}

void om_put_host(struct metrics *m)
{
	const struct snapshot *s = m->e->s;
	struct timespec t;

	om_begin(m, "kvmhot", NULL, OM_INFO, "The kvmhot that wrote this.");
	om_sample(m, NULL, NULL, NULL);
	om_label(m, '{', "version", KVMHOT_VERSION);
	fprintf(m->to, ",abi=\"%d\"} 1\n", KVMHOT_ABI);
	if (m->e->live && !clock_gettime(CLOCK_REALTIME, &t)) {
		om_begin(m, "kvmhot_snapshot_timestamp_seconds", "seconds", OM_GAUGE,
			 "When this was read, since 1970.");
		om_sample(m, NULL, NULL, NULL);
		fprintf(m->to, " %lld.%03ld\n", (long long)t.tv_sec,
			t.tv_nsec / 1000000);
	}
	host_number(m, "kvmhot_enabled", NULL, OM_GAUGE, !!s->n[S_ENABLED],
		    "1 if probes are wanted in place.");
	host_number(m, "kvmhot_armed", NULL, OM_GAUGE, !!s->n[S_ARMED],
		    "1 if every required hook is in place.");
	if (s->n[S_KPROBES_HIT] != KPROBES_UNKNOWN)
		host_number(m, "kvmhot_kprobes_hit", NULL, OM_GAUGE,
			    !!s->n[S_KPROBES_HIT],
			    "0 if kprobes are turned off, so that times are wrong.");
	host_number(m, "kvmhot_tsc_stable", NULL, OM_GAUGE, !!s->n[S_TSC_STABLE],
		    "0 if no time here is to be trusted.");
	host_number(m, "kvmhot_tsc_hertz", "hertz", OM_GAUGE,
		    s->n[S_TSC_KHZ] * 1000, "Ticks of the TSC per second.");
	host_number(m, "kvmhot_resets", NULL, OM_COUNTER, s->n[S_GENERATION],
		    "Resets of all VMs since load.");
}

/* What was not timed has no sample; that it was not, has. */
void om_put_own(struct metrics *m)
{
	static const struct {
		const char *name, *help;
		int row;
	} times[] = {
		{ "kvmhot_own_exit_seconds",
		  "Time that kvmhot's probes take for a usual exit, the median.",
		  S_OWN_EXIT },
		{ "kvmhot_own_exit_p99_seconds",
		  "What 99 % of the rounds of it did not exceed.", S_OWN_P99 },
		{ "kvmhot_own_run_seconds",
		  "Time that they take for a KVM_RUN ioctl, the median.",
		  S_OWN_RUN },
	};
	const struct snapshot *s = m->e->s;
	size_t i;

	for (i = 0; own_is_known(s) && i < sizeof(times) / sizeof(*times); i++) {
		om_begin(m, times[i].name, "seconds", OM_GAUGE, times[i].help);
		om_sample(m, NULL, NULL, NULL);
		om_real(m, "", s->n[times[i].row] / (s->n[S_TSC_KHZ] * 1000.0));
	}
	host_number(m, "kvmhot_own_rounds", NULL, OM_GAUGE, s->n[S_OWN_ROUNDS],
		    "Rounds in which the module timed its probes; 0: it has not.");
}

void om_put_losses(struct metrics *m)
{
	static const struct {
		const char *name, *help;
		int row;
	} losses[] = {
		{ "kvmhot_dropped_exits",
		  "Exits since load that are in no VM's figures.", S_DROPPED },
		{ "kvmhot_dropped_spans",
		  "Spans since load that found no memory.", S_DROPPED_SPANS },
		{ "kvmhot_dropped_counts",
		  "Exits since load whose counts of events found no memory.",
		  S_DROPPED_COUNTS },
		{ "kvmhot_forgotten_vms",
		  "Ended VMs since load that made place without a reset.",
		  S_FORGOTTEN_VMS },
		{ "kvmhot_forgotten_exits", "The exits of forgotten VMs.",
		  S_FORGOTTEN_EXITS },
	};
	const struct snapshot *s = m->e->s;
	const struct hook *h;
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(*losses); i++)
		host_number(m, losses[i].name, NULL, OM_COUNTER,
			    s->n[losses[i].row], losses[i].help);
	om_begin(m, "kvmhot_hook_missed", NULL, OM_COUNTER,
		 "Hits since load that the kernel had to leave out.");
	for (h = s->hooks; h < s->hooks + s->nr_hooks; h++) {
		om_sample(m, NULL, NULL, NULL);
		om_label(m, '{', "hook", h->name);
		om_label(m, ',', "kind", h->kind);
		om_number(m, "}", h->missed);
	}
	om_begin(m, "kvmhot_hook_armed", NULL, OM_GAUGE, "1 if the hook is in place.");
	for (h = s->hooks; h < s->hooks + s->nr_hooks; h++) {
		om_sample(m, NULL, NULL, NULL);
		om_label(m, '{', "hook", h->name);
		om_label(m, ',', "kind", h->kind);
		om_number(m, "}", !strcmp(h->state, "armed"));
	}
}
