// SPDX-License-Identifier: GPL-2.0
/* export --openmetrics: VMs' exit reasons. */
#include "base/hist.h"
#include "export/export.h"
#include "export/openmetrics.h"
#include "model/events.h"
#include "read/snapshot.h"
#include "shared/hist.h"

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
static void put_events(struct metrics *m, const struct vm *vm,
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

void om_put_reasons(struct metrics *m)
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
	each_row(m, put_events, 0);
}
