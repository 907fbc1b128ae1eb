// SPDX-License-Identifier: GPL-2.0
/* export --openmetrics: VMs as a whole. */
#include "export/export.h"
#include "export/openmetrics.h"
#include "read/snapshot.h"
#include "read/stages.h"

/* Behind the columns of the file 'vcpus' */
enum { IS_RUNNING = NR_V, NR_VCPUS, SEEN_EXITS, KVM_EXITS, KVM_CLEARED };

/* False: there is no such figure of the VM. */
static bool get(const struct export *e, const struct vm *vm, int what, __u64 *n)
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
			om_label(m, ',', "stage", stage_names[stage]);
			om_real(m, "}", om_seconds(vm, vm->stages[stage]));
		}
}

void om_put_vms(struct metrics *m)
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
			if (!get(m->e, vm, families[i].what, &n))
				continue;
			om_sample(m, NULL, vm, NULL);
			om_number(m, "}", n);
		}
	}
	put_stages(m);
}

/* Of one that failed on a vCPU nothing is known. */
void om_put_events(struct metrics *m)
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
				om_label(m, ',', "stage", stage_names[stage]);
				om_number(m, "}", vm->counts[i].stages[stage]);
			}
}
