// SPDX-License-Identifier: GPL-2.0
/*
 * Shows counts of perf events: a VM's file pmu, and the rows of events in status.  See
 * the file ABI.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "control/events.h"
#include "control/registry.h"
#include "files/counts.h"
#include "files/show.h"
#include "hot/switches.h"
#include "read/look.h"
#include "read/reason.h"
#include "read/since.h"

static const char * const state_names[] = {
	[KVMHOT_PMU_COUNTING]	= "counting",
	[KVMHOT_PMU_REFUSED]	= "refused",
	[KVMHOT_PMU_ERROR]	= "error",
	[KVMHOT_PMU_STOPPED]	= "stopped",
	[KVMHOT_PMU_INACTIVE]	= "inactive",
};

static_assert(ARRAY_SIZE(state_names) == KVMHOT_PMU_NR_STATES);

/* Counts of one reason of a vCPU. */
struct row {
	unsigned int		key;
	struct kvmhot_counts	counts;
};

/* Counts of a vCPU, which are copied before they are shown. */
struct vcpu_rows {
	const struct kvmhot_event_list	*list;
	struct kvmhot_counts		own;
	struct kvmhot_counts		part;
	unsigned int			nr;
	struct row			*row;	/* of its reasons */
};

static void show_key(struct seq_file *m, int id, unsigned int key)
{
	seq_printf(m, "%d\t", id);
	if (key == KVMHOT_KEY_NONE) {
		seq_puts(m, "-\tall\t-");
		return;
	}
	kvmhot_show_key(m, key);
	seq_printf(m, "\t%u", kvmhot_show_level(key));
}

static void show_tsc(struct seq_file *m, const struct kvmhot_counts *c)
{
	unsigned int i;

	seq_printf(m, "\ttsc\tcounting\t0\t%llu", c->exits);
	for (i = 0; i < KVMHOT_NR_STAGES; i++)
		seq_printf(m, "\t%llu", c->stage[kvmhot_show_stages[i]].tsc);
	seq_putc(m, '\n');
}

static const char *state_of(const struct kvmhot_vm *vm,
			    const struct kvmhot_counts *own, unsigned int event)
{
	if (own->state[event])
		return state_names[own->state[event]];
	if (READ_ONCE(vm->ended))
		return "ended";
	if (!READ_ONCE(kvmhot_switches.wanted.enabled))
		return "off";
	return own->waiting ? "waiting" : state_names[KVMHOT_PMU_COUNTING];
}

static void show_event(struct seq_file *m, const struct vcpu_rows *rows,
		       const struct kvmhot_counts *c, unsigned int event)
{
	unsigned int i;

	seq_printf(m, "\t%s\t%s\t%d", rows->list->event[event].name,
		   state_of(m->private, &rows->own, event),
		   rows->own.err[event]);
	if (rows->own.state[event]) {
		seq_puts(m, "\t-");
		for (i = 0; i < KVMHOT_NR_STAGES; i++)
			seq_puts(m, "\t-");
	} else {
		seq_printf(m, "\t%llu", c->exits);
		for (i = 0; i < KVMHOT_NR_STAGES; i++)
			seq_printf(m, "\t%llu",
				   c->stage[kvmhot_show_stages[i]]
					.event[event]);
	}
	seq_putc(m, '\n');
}

static void show_counts(struct seq_file *m, int id,
			const struct vcpu_rows *rows, unsigned int key,
			const struct kvmhot_counts *c)
{
	unsigned int event;

	show_key(m, id, key);
	show_tsc(m, c);
	for (event = 0; event < rows->list->nr; event++) {
		show_key(m, id, key);
		show_event(m, rows, c, event);
	}
}

/* Number of the vCPU's cells: it has no more reasons than that. */
static unsigned int nr_cells(const struct kvmhot_vcpu *v)
{
	unsigned int key, nr = 0;

	for (key = 0; key < KVMHOT_NR_CELLS; key++)
		nr += !!READ_ONCE(v->cells[key]);
	return nr;
}

/*
 * Copy the counts of a vCPU and its reasons.  The vCPU's own are read last, so they have
 * all that those of the reasons have.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
static int copy_rows(struct kvmhot_vcpu *v, struct vcpu_rows *rows,
		     unsigned int room)
{
	unsigned int key, tries = 0;
	struct row *row;
	u64 exits;
	u32 gen;
	int err;

	do {
		err = kvmhot_look_again(&tries);
		if (err)
			return err;
		/* Pairs with the store in kvmhot_reset_vm(). */
		gen = READ_ONCE(v->gen);
		rows->nr = 0;
		exits = 0;
		for (key = 0; key < KVMHOT_NR_KEYS && rows->nr < room; key++) {
			row = &rows->row[rows->nr];
			row->key = key;
			err = kvmhot_reason_counts(v, key, rows->list->number,
						   &row->counts, &rows->part);
			if (err)
				return err;
			if (!row->counts.exits)
				continue;
			rows->nr++;
			exits += row->counts.exits;
		}
		err = kvmhot_since_counts(v, &rows->own);
		if (err)
			return err;
	} while (rows->own.gen != gen);
	rows->own.exits = exits;
	return 0;
}

/* Show a vCPU; @arg is the list of events.  Return: 0 or an errno. */
static int show_vcpu(struct seq_file *m, struct kvmhot_vcpu *v, void *buffer,
		     const void *arg)
{
	unsigned int i, room = nr_cells(v);
	struct vcpu_rows *rows = buffer;
	int err;

	rows->list = arg;
	rows->row = kvmalloc_array(room + 1, sizeof(*rows->row), GFP_KERNEL);
	if (!rows->row)
		return -ENOMEM;
	err = copy_rows(v, rows, room);
	/* Otherwise it has no counts yet, or another list was written meanwhile. */
	if (!err && rows->own.list == rows->list->number) {
		show_counts(m, v->id, rows, KVMHOT_KEY_NONE, &rows->own);
		for (i = 0; i < rows->nr; i++)
			show_counts(m, v->id, rows, rows->row[i].key,
				    &rows->row[i].counts);
	}
	kvfree(rows->row);
	return err;
}

static int pmu_show(struct seq_file *m, void *unused)
{
	struct kvmhot_event_list list;

	kvmhot_events_get(&list);
	kvmhot_show_header(m, "pmu", m->private);
	seq_puts(m, "# vcpu\treason\tname\tlevel\tevent\tstate\terror\texits\t"
		 KVMHOT_SHOW_STAGE_COLUMNS "\n");
	return kvmhot_show_vcpus(m, sizeof(struct vcpu_rows), show_vcpu, &list);
}
DEFINE_SHOW_ATTRIBUTE(pmu);

const struct kvmhot_show_file kvmhot_counts_files[] = {
	{ "pmu", 0400, &pmu_fops },
	{ }
};

/* How many vCPUs of running VMs count an event, and on how many it has failed. */
struct event_use {
	unsigned int	counting, failed;
	int		err;	/* of one of the vCPUs on which it has failed */
};

/* Return: 0, or an errno of kvmhot_look_again(). */
static int add_use(struct event_use *use, struct kvmhot_vcpu *v,
		   const struct kvmhot_event_list *list,
		   struct kvmhot_counts *c)
{
	bool denied = READ_ONCE(v->pmu_denied);
	int err = kvmhot_since_counts(v, c);
	unsigned int i;

	if (err || (!denied && c->list != list->number))
		return err;
	for (i = 0; i < list->nr; i++) {
		if (denied) {
			use[i].failed++;
			use[i].err = -ENOMEM;
		} else if (c->state[i]) {
			use[i].failed++;
			use[i].err = c->err[i] ?: use[i].err;
		} else if (!c->waiting) {
			use[i].counting++;
		}
	}
	return 0;
}

/* Return: 0, -ENOMEM, or an errno of kvmhot_look_again(). */
static int count_use(struct event_use *use,
		     const struct kvmhot_event_list *list)
{
	struct kvmhot_counts *c = kmalloc(sizeof(*c), GFP_KERNEL);
	struct kvmhot_vcpu *v;
	struct kvmhot_vm *vm;
	int err = 0;

	if (!c)
		return -ENOMEM;
	mutex_lock(&kvmhot_registry.lock);
	list_for_each_entry(vm, &kvmhot_registry.vms, list) {
		if (vm->ended)
			continue;
		list_for_each_entry(v, &vm->vcpus, siblings)
			err = err ?: add_use(use, v, list, c);
	}
	mutex_unlock(&kvmhot_registry.lock);
	kfree(c);
	return err;
}

static const char *note_of(int err)
{
	switch (err) {
	case -ENOENT:
		return "no PMU here has it";
	case -EINVAL:
		return "its PMU does not know it, or not these modifiers";
	case -EOPNOTSUPP:
		return "unsupported: no such event, a hybrid CPU, or guests own the PMU";
	case -ENOMEM:
		return "no memory so far, see max_memory_kb";
	case -EBUSY:
		return "its PMU is in use by others";
	default:
		return "the kernel would not make it";
	}
}

static void show_event_status(struct seq_file *m,
			      const struct kvmhot_event *event,
			      const struct event_use *use)
{
	const char *where = event->no_host ? "guest" :
			    event->no_guest ? "host" : "all";
	const char *state = "idle", *note = "";
	unsigned int failed = 0;
	int err = 0;

	if (event->err) {
		state = "refused";
		err = event->err;
		note = note_of(err);
	} else if (!READ_ONCE(kvmhot_switches.wanted.enabled)) {
		state = "off";
	} else if (use->failed) {
		state = "failed";
		failed = use->failed;
		err = use->err;
		note = err ? note_of(err) : "see the VMs' file pmu";
	} else if (use->counting) {
		state = "counting";
	}
	seq_printf(m, "event\t%s\t%s\t%d\t%u\t0x%llx\t%s%s\t%u\t%u\t%s\n",
		   event->name, state, err, event->type, event->config, where,
		   event->no_user ? "-kernel" : "", use->counting, failed, note);
}

/**
 * kvmhot_counts_show_events() - print the rows of the events in status
 * @m: file to print to
 *
 * Context: sleeps.
 *
 * Return: 0, -ENOMEM, or an errno of kvmhot_look_again().
 */
int kvmhot_counts_show_events(struct seq_file *m)
{
	struct event_use use[KVMHOT_MAX_EVENTS] = {};
	struct kvmhot_event_list list;
	unsigned int i;
	int err;

	kvmhot_events_get(&list);
	err = count_use(use, &list);
	if (err)
		return err;
	for (i = 0; i < list.nr; i++)
		show_event_status(m, &list.event[i], &use[i]);
	return 0;
}
