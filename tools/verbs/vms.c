// SPDX-License-Identifier: GPL-2.0
/* kvmhot vms: prints one line for each VM. */
#include <stdio.h>
#include <string.h>

#include "base/exit.h"
#include "base/fmt.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "verbs/verbs.h"

#define NAME_MAX_WIDTH	32

static void print_vm(const struct vm *vm, int width, int id_width)
{
	__u64 all = summary_vcpu_cycles(vm);
	double seconds = summary_seconds(vm);

	printf("%-*s %-*s %7u %-7s %5u %7s %6s %6s %6s %5s %5s %5s %5s %5s\n", width,
	       fmt_name(vm->name, width).text, id_width, vm->id, vm->pid,
	       vm->running ? "running" : "ended", vm->nr_vcpus,
	       fmt_seconds(seconds).text, fmt_count(vm->n[V_EXITS]).text,
	       seconds > 0 ? fmt_real(vm->n[V_EXITS] / seconds).text : "-",
	       fmt_percent(vm->n[V_GUEST], all).text,
	       fmt_percent(vm->n[V_KVM], all).text,
	       fmt_percent(vm->n[V_HALT], all).text,
	       fmt_percent(vm->n[V_WAIT], all).text,
	       fmt_percent(vm->n[V_USER], all).text,
	       fmt_percent(vm->n[V_AWAY], all).text);
}

int vms_run(const struct options *o)
{
	int status = EXIT_FAILED, width = 16, id_width = 12;
	struct snapshot s;
	size_t i, len;

	if (source_load_live(&s, o->root, ALL_VCPUS))
		return EXIT_FAILED;
	if (filter_check(&o->filter, &s))
		goto out;
	for (i = 0; i < s.nr_vms; i++) {
		len = strlen(s.vms[i].name);
		if (len > (size_t)width)
			width = len < NAME_MAX_WIDTH ? len : NAME_MAX_WIDTH;
		len = strlen(s.vms[i].id);
		if (len > (size_t)id_width)
			id_width = len;
	}
	printf("%-*s %-*s %7s %-7s %5s %7s %6s %6s %6s %5s %5s %5s %5s %5s\n", width,
	       "NAME", id_width, "VM", "PID", "STATE", "VCPUS", "TIME", "EXITS", "RATE",
	       "GUEST%", "KVM%", "HALT%", "WAIT%", "USER%", "AWAY%");
	for (i = 0; i < s.nr_vms; i++)
		if (filter_vm(&o->filter, &s.vms[i]))
			print_vm(&s.vms[i], width, id_width);
	status = incomplete_status(&s, NULL, false);
out:
	snapshot_free(&s);
	return status;
}
