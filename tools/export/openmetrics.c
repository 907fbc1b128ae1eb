// SPDX-License-Identifier: GPL-2.0
/*
 * export --openmetrics: writes OpenMetrics text format 1.0, but into a FILE.prom the
 * Prometheus text format 0.0.4, as these are the files that node_exporter's
 * textfile collector reads, and it, like 'promtool check metrics', knows no
 * other format.  The samples are the same; the lines that begin with # cannot
 * be.  OpenMetrics calls a counter's family X and its sample X_total, 0.0.4
 * both X_total: of the former's TYPE and HELP the latter finds no sample, and
 * the counter is left without type.  Nor does 0.0.4 know the type info, UNIT
 * and EOF.
 *
 * What is since the last reset falls at a reset: Prometheus takes that for the
 * reset of a counter, which it is.  There is no _created: when a reset was, is
 * known as TSC only.  A stage that is under way is in its counter: if it turns
 * out to be unknown, as kvmhot was disabled or an edge missed, that falls, too.
 *
 * Which series there are depends on VMs, on the reasons that occurred since
 * first sight, and on the list of events: 21 of a VM, and 41 (34 of them the
 * histogram's) of each of its reasons and levels; with E events, 12 * (E + 1)
 * and E + 2 more.  With --top N a VM has N reasons at most, and 'other' for each
 * level.  Costs may change which these are: as a reason leaves 'other', that
 * falls, which looks like a reset, too.  So --top is to be so large that nothing
 * that matters is in 'other'.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hist.h"
#include "export/export.h"
#include "export/om.h"
#include "export/writers.h"
#include "model/events.h"
#include "model/own.h"
#include "read/snapshot.h"
#include "read/stages.h"
#include "shared/hist.h"
#include "shared/version.h"

static void host_number(struct metrics *m, const char *name, const char *unit,
			enum om_type type, __u64 n, const char *help)
{
	om_begin(m, name, unit, type, help);
	om_sample(m, NULL, NULL, NULL);
	om_number(m, "", n);
}

static void put_host(struct metrics *m)
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
static void put_own(struct metrics *m)
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

static void put_losses(struct metrics *m)
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

/* Behind the columns of the file 'vcpus' */
enum { IS_RUNNING = NR_V, NR_VCPUS, SEEN_EXITS, KVM_EXITS, KVM_CLEARED };

/* False: there is no such figure of the VM. */
static bool vm_figure(const struct export *e, const struct vm *vm, int what, __u64 *n)
{
	const struct coverage *c = export_coverage(e, vm);

	switch (what) {
	case IS_RUNNING:
		*n = vm->running;
		return true;
	case NR_VCPUS:
		*n = vm->nr_vcpus;
		return true;
	case SEEN_EXITS:
		*n = c ? c->exits : 0;
		return c;
	case KVM_EXITS:
		*n = c ? c->kvm_exits : 0;
		return c;
	case KVM_CLEARED:
		*n = c ? c->cleared : 0;
		return c;
	}
	*n = vm->n[what];
	return true;
}

static void put_stages(struct metrics *m)
{
	const struct vm *vm = NULL;
	int stage;

	om_begin(m, "kvmhot_vcpu_seconds", "seconds", OM_COUNTER,
		 "Time of the vCPUs by stage; together all the time there was.");
	while ((vm = export_next_vm(m->e, vm)))
		for (stage = 0; stage < NR_ST; stage++) {
			om_sample(m, NULL, vm, NULL);
			om_label(m, ',', "stage", stages_names[stage]);
			om_real(m, "}", om_seconds(vm, vm->stages[stage]));
		}
}

static void put_vms(struct metrics *m)
{
	static const struct {
		const char *name, *unit, *help;
		enum om_type type;
		int what;
	} families[] = {
		{ "kvmhot_vm_running", NULL, "0 if the VM has ended.",
		  OM_GAUGE, IS_RUNNING },
		{ "kvmhot_vm_vcpus", NULL, "vCPUs that have been seen.",
		  OM_GAUGE, NR_VCPUS },
		{ "kvmhot_vm_memory_bytes", "bytes",
		  "What kvmhot keeps of the VM.", OM_GAUGE, V_BYTES },
		{ "kvmhot_vm_entries", NULL, "VM entries.",
		  OM_COUNTER, V_ENTRIES },
		{ "kvmhot_vm_runs", NULL, "KVM_RUN ioctls that returned.",
		  OM_COUNTER, V_RUNS },
		{ "kvmhot_vm_dropped_exits", NULL,
		  "VM exits that are under no reason.", OM_COUNTER, V_DROPPED },
		{ "kvmhot_vm_seen_exits", NULL,
		  "VM exits, to be compared with kvmhot_vm_kvm_exits.",
		  OM_COUNTER, SEEN_EXITS },
		{ "kvmhot_vm_kvm_exits", NULL,
		  "VM exits that KVM itself has counted since first sight, or since its count was cleared.",
		  OM_COUNTER, KVM_EXITS },
		{ "kvmhot_vm_kvm_cleared", NULL,
		  "Times that KVM's count of a vCPU was found to have been cleared.",
		  OM_COUNTER, KVM_CLEARED },
	};
	const struct vm *vm;
	size_t i;
	__u64 n;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		om_begin(m, families[i].name, families[i].unit,
			 families[i].type, families[i].help);
		vm = NULL;
		while ((vm = export_next_vm(m->e, vm))) {
			if (!vm_figure(m->e, vm, families[i].what, &n))
				continue;
			om_sample(m, NULL, vm, NULL);
			om_number(m, "}", n);
		}
	}
	put_stages(m);
}

/* Of one that failed on a vCPU nothing is known. */
static void put_vm_events(struct metrics *m)
{
	const struct vm *vm = NULL;
	size_t i;
	int stage;

	om_begin(m, "kvmhot_events", NULL, OM_COUNTER,
		 "Counts of events by stage; tsc: cycles of the time with counts.");
	while ((vm = export_next_vm(m->e, vm)))
		for (i = 0; i < vm->nr_counters; i++)
			for (stage = 0; stage < NR_ST; stage++) {
				if (vm->counters[i].failed)
					continue;
				om_sample(m, NULL, vm, NULL);
				om_label(m, ',', "event", vm->counters[i].name);
				om_label(m, ',', "stage", stages_names[stage]);
				om_number(m, "}", vm->counts[i].stages[stage]);
			}
}

/*
 * Bounds of the histogram, each that of buckets of the module, and the same
 * whatever occurred: two for each power of two from 2^9 to 2^18 cycles, one for
 * each up to 2^30: 31, and +Inf.
 */
#define FIRST_BOUND	512ULL
#define COARSE_BOUND	262144ULL
#define LAST_BOUND	1073741824ULL

typedef void (*put_row_t)(struct metrics *m, const struct vm *vm,
			  const struct reason *r, int column);

/* Each reason, then the others */
static void each_row(struct metrics *m, put_row_t put, int column)
{
	const struct export_rows *rows;
	const struct vm *vm = NULL;
	size_t i;

	while ((vm = export_next_vm(m->e, vm))) {
		rows = &m->rows[vm - m->e->s->vms];
		for (i = 0; i < rows->nr; i++)
			put(m, vm, rows->r[i], column);
		for (i = 0; i < 2; i++)
			if (rows->other[i])
				put(m, vm, rows->other[i], column);
	}
}

static void put_count(struct metrics *m, const struct vm *vm,
		      const struct reason *r, int column)
{
	om_sample(m, NULL, vm, r);
	om_number(m, "}", r->n[column]);
}

static void put_seconds(struct metrics *m, const struct vm *vm,
			const struct reason *r, int column)
{
	om_sample(m, NULL, vm, r);
	om_real(m, "}", om_seconds(vm, r->n[column]));
}

static __u64 next_bound(__u64 bound)
{
	if (bound & (bound - 1))
		return bound / 3 * 4;
	return bound < COARSE_BOUND ? bound / 2 * 3 : bound * 2;
}

/*
 * A bucket ends before BOUND cycles, and 'le' means up to and including: cycles
 * are whole, so that it is BOUND - 1.
 */
static void put_histogram(struct metrics *m, const struct vm *vm,
			  const struct reason *r, int column)
{
	const struct hist *h = &r->hist;
	__u64 bound, sum = 0;
	unsigned int i = 0;

	(void)column;
	for (bound = FIRST_BOUND; bound <= LAST_BOUND;
	     bound = next_bound(bound)) {
		while (i < kvmhot_hist_index(bound))
			sum += hist_count(h, i++);
		om_sample(m, "_bucket", vm, r);
		fputs(",le=\"", m->to);
		export_real(m->to, om_seconds(vm, bound - 1));
		om_number(m, "\"}", sum);
	}
	om_sample(m, "_bucket", vm, r);
	om_label(m, ',', "le", "+Inf");
	om_number(m, "}", h->timed);
	om_sample(m, "_sum", vm, r);
	om_real(m, "}", om_seconds(vm, h->cycles));
	om_sample(m, "_count", vm, r);
	om_number(m, "}", h->timed);
}

/* In the stages that are the KVM cost; none of what failed on a vCPU */
static void put_reason_events(struct metrics *m, const struct vm *vm,
			      const struct reason *r, int column)
{
	size_t i;

	(void)column;
	for (i = 0; i < r->nr_counts; i++) {
		if (vm->counters[i].failed)
			continue;
		om_sample(m, NULL, vm, r);
		om_label(m, ',', "event", vm->counters[i].name);
		om_number(m, "}", events_sum(&r->counts[i], KVM_STAGES));
	}
}

static void put_known(struct metrics *m, const struct vm *vm,
		      const struct reason *r, int column)
{
	(void)column;
	if (!r->nr_counts)
		return;
	om_sample(m, NULL, vm, r);
	om_number(m, "}", r->counts[0].exits);
}

static void put_reasons(struct metrics *m)
{
	static const struct {
		const char *name, *unit, *help;
		put_row_t put;
		int column;
	} families[] = {
		{ "kvmhot_exits", NULL, "VM exits.", put_count, R_EXITS },
		{ "kvmhot_fast_exits", NULL, "VM exits on KVM's fast path.",
		  put_count, R_FAST },
		{ "kvmhot_lost_exits", NULL,
		  "VM exits that are counted, but not timed.", put_count,
		  R_LOST },
		{ "kvmhot_user_exits", NULL, "VM exits that went to the VMM.",
		  put_count, R_USER },
		{ "kvmhot_user_seconds", "seconds",
		  "Time in the VMM, by the exit that went there.", put_seconds,
		  R_USER_CYCLES },
		{ "kvmhot_wait_seconds", "seconds",
		  "Time switched out within exits.", put_seconds,
		  R_WAIT_CYCLES },
		{ "kvmhot_halt_seconds", "seconds",
		  "Time halted within exits.", put_seconds, R_HALT_CYCLES },
	};
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		om_begin(m, families[i].name, families[i].unit, OM_COUNTER,
			 families[i].help);
		each_row(m, families[i].put, families[i].column);
	}
	om_begin(m, "kvmhot_exit_kvm_seconds", "seconds", OM_HISTOGRAM,
		 "KVM cost of the timed exits.");
	each_row(m, put_histogram, 0);
	om_begin(m, "kvmhot_known_exits", NULL, OM_COUNTER,
		 "VM exits whose counts of events are known.");
	each_row(m, put_known, 0);
	om_begin(m, "kvmhot_exit_events", NULL, OM_COUNTER,
		 "Counts of events in the KVM cost of known exits.");
	each_row(m, put_reason_events, 0);
}

static int make_rows(struct metrics *m)
{
	const struct snapshot *s = m->e->s;
	const struct vm *vm = NULL;

	m->rows = calloc(s->nr_vms + 1, sizeof(*m->rows));
	if (!m->rows)
		return -1;
	while ((vm = export_next_vm(m->e, vm)))
		if (export_rows(m->e, vm, &m->rows[vm - s->vms]))
			return -1;
	return 0;
}

static void free_rows(struct metrics *m)
{
	size_t i;

	for (i = 0; m->rows && i < m->e->s->nr_vms; i++)
		export_rows_free(&m->rows[i]);
	free(m->rows);
}

static bool is_prometheus(const char *path)
{
	size_t len = path ? strlen(path) : 0;

	return len > 5 && !strcmp(path + len - 5, ".prom");
}

int openmetrics_write(const struct export *e)
{
	struct metrics m = {
		.e = e,
		.to = e->to,
		.prometheus = is_prometheus(e->o->out),
	};
	int ret = make_rows(&m);

	if (!ret) {
		put_host(&m);
		put_own(&m);
		put_losses(&m);
		put_vms(&m);
		put_vm_events(&m);
		put_reasons(&m);
		if (!m.prometheus)
			fputs("# EOF\n", m.to);
	}
	free_rows(&m);
	return ret;
}
