// SPDX-License-Identifier: GPL-2.0
/*
 * Shows the file status.  See the file ABI.
 *
 * Process context; may sleep.  Readers of the file call these functions.
 */
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <asm/tsc.h>

#include "control/account.h"
#include "control/calib.h"
#include "control/counting.h"
#include "control/events.h"
#include "control/kprobes.h"
#include "control/owner.h"
#include "control/registry.h"
#include "files/counts.h"
#include "files/status.h"
#include "hot/switches.h"
#include "param.h"
#include "read/clock.h"
#include "read/coverage.h"
#include "shared/version.h"

static void show_forgotten(struct seq_file *m, const struct kvmhot_totals *t)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < KVMHOT_NR_BOUNDS; i++)
		sum += t->forgotten_vms[i];
	seq_printf(m, "forgotten_vms\t%llu\n", sum);
	seq_printf(m, "forgotten_exits\t%llu\n", t->forgotten_exits);
	for (i = 0; i < KVMHOT_NR_BOUNDS; i++)
		seq_printf(m, "forgotten_%s\t%llu\n", kvmhot_registry_bounds[i],
			   t->forgotten_vms[i]);
}

/* Show the rows of the VMs.  Return: 0, or an errno of kvmhot_look_again(). */
static noinline_for_stack int show_coverage(struct seq_file *m)
{
	struct kvmhot_coverage c;
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	int err = 0;

	mutex_lock(&kvmhot_registry.lock);
	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		memset(&c, 0, sizeof(c));
		list_for_each_entry(v, &vm->vcpus, siblings)
			err = err ?: kvmhot_coverage_add(v, &c);
		if (err)
			break;
		seq_printf(m, "vm\t%s\t%llu\t%llu\t%llu\n", vm->name, c.exits,
			   c.kvm_exits, c.cleared);
	}
	mutex_unlock(&kvmhot_registry.lock);
	return err;
}

/**
 * kvmhot_status_show() - show the file status
 * @m: file to print to
 * @unused: unused
 *
 * Context: sleeps.
 *
 * Return: 0 or an errno.
 */
int kvmhot_status_show(struct seq_file *m, void *unused)
{
	char events[KVMHOT_EVENTS_LEN];
	struct kvmhot_totals t;
	int err;

	err = kvmhot_registry_totals(&t);
	if (err)
		return err;
	kvmhot_events_text(events, sizeof(events));
	seq_printf(m, "# kvmhot abi %d status\n# key\tvalue\n", KVMHOT_ABI);
	seq_printf(m, "enabled\t%d\n", READ_ONCE(kvmhot_switches.wanted.enabled));
	seq_printf(m, "detail\t%d\n", READ_ONCE(kvmhot_switches.wanted.detail));
	seq_printf(m, "armed\t%d\n", READ_ONCE(kvmhot_switches.live));
	kvmhot_kprobes_show(m);
	seq_printf(m, "tsc_khz\t%u\n", tsc_khz);
	seq_printf(m, "tsc\t%llu\n", kvmhot_clock());
	seq_printf(m, "tsc_stable\t%d\n", !check_tsc_unstable());
	seq_printf(m, "generation\t%u\n", t.generation);
	seq_printf(m, "vms\t%u\n", t.vms);
	seq_printf(m, "vms_ended\t%u\n", t.vms_ended);
	seq_printf(m, "vms_hidden\t%u\n", t.vms_hidden);
	seq_printf(m, "vms_max\t%u\n", kvmhot_param_max_vms);
	seq_printf(m, "vcpus\t%u\n", t.vcpus);
	seq_printf(m, "vcpus_max\t%u\n", kvmhot_param_max_vcpus);
	seq_printf(m, "memory_bytes\t%llu\n", t.memory_bytes);
	seq_printf(m, "memory_max_bytes\t%llu\n",
		   (u64)kvmhot_param_max_memory_kb * 1024);
	seq_printf(m, "hooks_bytes\t%llu\n", kvmhot_counting_bytes());
	seq_printf(m, "exits\t%llu\n", t.exits);
	seq_printf(m, "dropped\t%llu\n", t.dropped);
	seq_printf(m, "dropped_spans\t%llu\n", t.dropped_spans);
	seq_printf(m, "lost\t%llu\n", t.lost);
	show_forgotten(m, &t);
	seq_printf(m, "events\t%s\n", events);
	seq_printf(m, "events_number\t%u\n", kvmhot_events_number());
	seq_printf(m, "dropped_counts\t%llu\n", t.dropped_counts);
	seq_printf(m, "tsc_back\t%llu\n", t.sum[KVMHOT_BACK]);
	seq_printf(m, "misfits\t%llu\n", t.misfits);
	kvmhot_calib_show(m);
	seq_puts(m, "# hook\tname\tmodule\tkind\tstate\thits\tmissed\terror\tnote\n");
	kvmhot_counting_show(m, &t);
	seq_puts(m, "# event\tname\tstate\terror\ttype\tconfig\twhere\tcounting\tfailed\tnote\n");
	err = kvmhot_counts_show_events(m);
	seq_puts(m, "# vmm\tpid\tuid\tvms\tvcpus\tbytes\tended\tdropped\tfull\tcomm\n");
	kvmhot_owner_show(m);
	seq_puts(m, "# vm\tname\texits\tkvm_exits\tcleared\n");
	return err ?: show_coverage(m);
}
