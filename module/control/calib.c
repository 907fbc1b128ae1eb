// SPDX-License-Identifier: GPL-2.0
/*
 * Measures what kvmhot itself costs on this host, at load and when 'detail' is switched.
 *
 * Process context; may sleep.  The code that switches hooks calls this, without its lock.
 * The same probes that KVM's tracepoints and functions have are put on tracepoints and
 * functions of this file.  The file hits these with nothing in between, and subtracts
 * the time that the same hits take without probes.
 *
 * The probes get a record of their own, for a vCPU that KVM does not know.  The record
 * is in the hash table: the edges of the ioctl look there, and a round that goes the
 * slow way must find it, or it would become a new VM.  The record is in no list, its
 * memory is not on the account, and the worker does not know of it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kvm.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/tracepoint.h>
#include <asm/msr.h>

#include "compat.h"
#include "control/calib.h"
#include "control/hook.h"
#include "control/hooks.h"
#include "control/kprobes.h"
#include "control/pool.h"
#include "control/reach.h"
#include "hot/log.h"
#include "hot/lookup.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/switches.h"
#include "read/reason.h"

#define ROUNDS		1000
/* Indexes by nearest rank, in rounds that are sorted by their time. */
#define MEDIAN		(ROUNDS / 2 - 1)
#define P99		(ROUNDS / 100 * 99 - 1)
#define BATCH		20	/* rounds with interrupts off: about 10 us */
#define ISA_VMX		1	/* KVM's number for VMX */

DECLARE_TRACE(kvmhot_own_exit, TP_PROTO(struct kvm_vcpu *vcpu, u32 isa),
	      TP_ARGS(vcpu, isa));
DECLARE_TRACE(kvmhot_own_entry, TP_PROTO(struct kvm_vcpu *vcpu),
	      TP_ARGS(vcpu));
DECLARE_TRACE(kvmhot_own_userspace_exit, TP_PROTO(u32 reason, int err),
	      TP_ARGS(reason, err));
DEFINE_TRACE(KVMHOT_COMPAT_TP(kvmhot_own_exit),
	     TP_PROTO(struct kvm_vcpu *vcpu, u32 isa), TP_ARGS(vcpu, isa));
DEFINE_TRACE(KVMHOT_COMPAT_TP(kvmhot_own_entry),
	     TP_PROTO(struct kvm_vcpu *vcpu), TP_ARGS(vcpu));
DEFINE_TRACE(KVMHOT_COMPAT_TP(kvmhot_own_userspace_exit),
	     TP_PROTO(u32 reason, int err), TP_ARGS(reason, err));

/**
 * struct own - memory of a calibration
 * @v: the record
 * @page: page that begins with @v
 * @vcpu: key of @v; KVM never sees it
 * @kvm: VM of @vcpu; KVM never sees it
 * @file: file of @vcpu; KVM never sees it
 * @ticks: TSC cycles of each round
 */
struct own {
	union {
		struct kvmhot_vcpu	v;
		u8			page[PAGE_SIZE];
	};
	struct kvm_vcpu		vcpu __aligned(KVMHOT_WHO_MASK + 1);
	struct kvm		kvm;
	struct file		file;
	u32			ticks[ROUNDS];
};

/* Held during a calibration, so that no reader sees stale figures. */
static DEFINE_MUTEX(own_lock);
static u32 own_exit, own_exit_p99, own_run, own_rounds;	/* 0 rounds: void */
static bool own_detail, own_replaced;

/* Stands for vmx_handle_exit(). */
static noinline __noclone int kvmhot_own_handle_exit(struct kvm_vcpu *vcpu,
						     int fastpath)
{
	asm volatile("" : "+r" (vcpu), "+r" (fastpath));
	return fastpath;
}

static __always_inline void begin_exit(struct kvm_vcpu *vcpu)
{
	KVMHOT_COMPAT_TP(trace_kvmhot_own_exit)(vcpu, ISA_VMX);
	kvmhot_own_handle_exit(vcpu, 0);
}

/* Stands for kvm_vcpu_ioctl(): a KVM_RUN with an exit to the VMM. */
static noinline __noclone long kvmhot_own_ioctl(struct file *file,
						unsigned int cmd,
						unsigned long arg)
{
	struct kvm_vcpu *vcpu = file->private_data;

	KVMHOT_COMPAT_TP(trace_kvmhot_own_entry)(vcpu);
	begin_exit(vcpu);
	KVMHOT_COMPAT_TP(trace_kvmhot_own_userspace_exit)(KVM_EXIT_IO, 0);
	return 0;
}

/* The hooks that a plain exit and a KVM_RUN hit, in the order of hooks.c. */
static struct kvmhot_hook own_hooks[] = {
	{
		.name = "kvmhot_own_handle_exit", .module = KBUILD_MODNAME,
		.kind = HOOK_KRETPROBE, .calls = 1, .detail = true,
		.entry = kvmhot_probe_handle_exit_entry,
		.data_size = sizeof(struct kvm_vcpu *),
		.ret = kvmhot_probe_handle_exit_ret,
	}, {
		.name = "kvmhot_own_ioctl", .module = KBUILD_MODNAME,
		.kind = HOOK_KRETPROBE, .calls = 2, .detail = true,
		.entry = kvmhot_probe_ioctl_entry, .ret = kvmhot_probe_ioctl_ret,
		.data_size = sizeof(struct kvmhot_ioctl_span),
	}, {
		.name = "kvmhot_own_ioctl", .module = KBUILD_MODNAME,
		.kind = HOOK_KPROBE, .handler = kvmhot_probe_ioctl,
	}, {
		.tp = &KVMHOT_COMPAT_TP(__tracepoint_kvmhot_own_userspace_exit),
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_userspace_exit,
	}, {
		.name = "kvmhot_own_handle_exit", .module = KBUILD_MODNAME,
		.kind = HOOK_KPROBE, .plain = true,
		.handler = kvmhot_probe_handle_exit,
	}, {
		.tp = &KVMHOT_COMPAT_TP(__tracepoint_kvmhot_own_entry),
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_kvm_entry,
	}, {
		.tp = &KVMHOT_COMPAT_TP(__tracepoint_kvmhot_own_exit),
		.kind = HOOK_TRACEPOINT, .probe = kvmhot_probe_own_exit,
	},
};

#define OWN_HOOKS_END	(own_hooks + ARRAY_SIZE(own_hooks))

/*
 * Measure a batch of rounds, with interrupts off: no context switch may come.  Outside of
 * a batch the CPU's pointer must be kvmhot_lookup_nobody: a vCPU may come to this CPU, or
 * this thread may move to another CPU.
 */
static void batch(struct own *o, u32 *ticks, bool run)
{
	unsigned int i;
	u64 start;

	local_irq_disable();
	this_cpu_write(kvmhot_lookup_here, &o->v);
	for (i = 0; i < BATCH; i++) {
		start = rdtsc_ordered();
		if (run) {
			kvmhot_own_ioctl(&o->file, KVM_RUN, 0);
		} else {
			begin_exit(&o->vcpu);
			KVMHOT_COMPAT_TP(trace_kvmhot_own_entry)(&o->vcpu);
		}
		ticks[i] = min_t(u64, rdtsc_ordered() - start, U32_MAX);
	}
	this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
	local_irq_enable();
	cond_resched();
}

static int compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Return: ticks of all rounds, sorted from the least to the greatest. */
static const u32 *measure(struct own *o, bool run)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i += BATCH)
		batch(o, o->ticks + i, run);
	sort(o->ticks, ROUNDS, sizeof(*o->ticks), compare, NULL);
	return o->ticks;
}

static u32 less(u32 with, u32 without)
{
	return with > without ? with - without : 0;
}

/* Bring the record to the quick way, and the code into the cache. */
static bool warm_up(struct own *o)
{
	local_irq_disable();
	KVMHOT_COMPAT_TP(trace_kvmhot_own_entry)(&o->vcpu); /* to the guest */
	this_cpu_write(kvmhot_lookup_here, &kvmhot_lookup_nobody);
	local_irq_enable();
	batch(o, o->ticks, false);
	return kvmhot_is_quick(&o->v);
}

/* Measure with probes.  Return: NULL, or why the figures are worth nothing. */
static const char *measure_exits(struct own *o, bool detail, u32 without)
{
	const struct kvmhot_quick *q = &o->v.quick;
	struct kvmhot_tally before, after;
	struct kvmhot_quick first;
	const u32 *ticks;

	if (!warm_up(o))
		return "kprobes are turned off, or nothing is counted";
	first = *q;
	kvmhot_reason_tally(&o->v, KVMHOT_OWN_KEY, &before);
	ticks = measure(o, false);
	own_exit = less(ticks[MEDIAN], without);
	own_exit_p99 = less(ticks[P99], without);
	kvmhot_reason_tally(&o->v, KVMHOT_OWN_KEY, &after);
	if (q->fast)
		return "kprobes are turned off";
	if (!kvmhot_is_quick(&o->v) || q->began != first.began ||
	    q->rounds + q->returned != first.rounds + first.returned + ROUNDS ||
	    after.cost.timed - before.cost.timed != ROUNDS)
		return "an exit went the slow way";
	if (q->returned - first.returned != (detail ? ROUNDS : 0))
		return "a return was missed";
	return NULL;
}

static const char *measure_runs(struct own *o, u32 without)
{
	const u64 *sum = o->v.sum;
	u64 runs;

	batch(o, o->ticks, true);
	runs = sum[KVMHOT_RUNS];
	own_run = less(less(measure(o, true)[MEDIAN], without), own_exit);
	if (sum[KVMHOT_RUNS] - runs != ROUNDS ||
	    sum[KVMHOT_STARTS] != sum[KVMHOT_RUNS])
		return "an ioctl was missed";
	return NULL;
}

/* Is the hook for the other value of 'detail'? */
static bool is_other(const struct kvmhot_hook *h, bool detail)
{
	return detail ? h->plain : h->detail;
}

/* Return: true if all hooks could be put in place. */
static bool attach(bool detail, bool replaced)
{
	struct kvmhot_hook *h;
	bool all = true;

	for (h = own_hooks; h < OWN_HOOKS_END; h++) {
		if (is_other(h, detail) && !replaced)
			continue;
		kvmhot_hook_arm(h);
		all &= h->state == HOOK_ARMED;
	}
	for (h = own_hooks; h < OWN_HOOKS_END; h++)
		if (is_other(h, detail))
			kvmhot_hook_disarm(h, HOOK_OFF);
	return all;
}

/* Take the hooks away.  Only the caller hits them, so no probe is running. */
static void detach(void)
{
	struct kvmhot_hook *h;

	for (h = OWN_HOOKS_END - 1; h >= own_hooks; h--)
		kvmhot_hook_disarm(h, HOOK_OFF);
}

static void own_free(struct own *o)
{
	unsigned int i;

	for (i = 1; o && i < KVMHOT_FIRST_PAGES; i++)
		free_page((unsigned long)o->v.page[i]);
	kvfree(o);
}

/* Make a record like that of a vCPU that this thread runs. */
static struct own *own_alloc(void)
{
	struct own *o = kvzalloc(sizeof(*o), GFP_KERNEL);
	struct kvmhot_vcpu *v;
	unsigned int i;

	if (!o)
		return NULL;
	v = &o->v;
	kvmhot_pool_record(v);
	for (i = 1; i < KVMHOT_FIRST_PAGES; i++) {
		v->page[i] = (void *)get_zeroed_page(GFP_KERNEL);
		if (!v->page[i]) {
			own_free(o);
			return NULL;
		}
		v->nr_lines += KVMHOT_PAGE_LINES;
	}
	o->kvm.mm = current->mm;
	o->vcpu.kvm = &o->kvm;
	rcu_assign_pointer(o->vcpu.pid, task_pid(current));
	o->file.private_data = &o->vcpu;
	v->own = true;
	v->refill_asked = true;	/* never ask the worker for a page */
	kvmhot_log_first(&v->log, 0, KVMHOT_UNKNOWN);
	v->key = KVMHOT_KEY_NONE;
	v->task = current;
	v->tid = current->pid;
	v->vcpu = &o->vcpu;
	v->kvm = &o->kvm;
	v->mm = o->kvm.mm;
	return o;
}

/* Return: NULL, or why there are no figures. */
static const char *calibrate(struct own *o, bool detail, bool replaced)
{
	u32 exit = measure(o, false)[MEDIAN];
	u32 run = measure(o, true)[MEDIAN];
	const char *why = "a probe was refused";
	unsigned int try;

	if (kvmhot_kprobes_off())	/* no kprobe must be taken away now */
		return "kprobes are turned off";
	kvmhot_lookup_add(&o->v);
	/* The worker may close the quick way of all records for a moment: try again. */
	for (try = attach(detail, replaced) ? 3 : 0; why && try; try--)
		why = measure_exits(o, detail, exit) ?: measure_runs(o, run);
	detach();
	kvmhot_reach_unhash(&o->v);
	return why;
}

/**
 * kvmhot_calib_run() - measure what kvmhot costs, unless that is known
 *
 * Context: sleeps, for a few grace periods of RCU.  Takes some ms of CPU time, about 10
 * us at a time with interrupts off.  The thread must not be in KVM_RUN, and must not
 * hold the lock of counting.c: if two threads race to switch 'detail', the last one here
 * measures what came of it.
 */
void kvmhot_calib_run(void)
{
	const char *why = "no memory";
	bool detail, replaced;
	struct own *o;

	mutex_lock(&own_lock);
	detail = READ_ONCE(kvmhot_switches.wanted.detail);
	replaced = kvmhot_hooks_replaced();
	if (own_rounds && detail == own_detail && replaced == own_replaced)
		goto out;
	own_detail = detail;
	own_replaced = replaced;
	o = own_alloc();
	if (o)
		why = calibrate(o, detail, replaced);
	/* A probe may pass it in the hash table, or have it in the CPU's pointer. */
	synchronize_rcu();
	own_free(o);
	own_rounds = why ? 0 : ROUNDS;
	if (why)
		pr_info("own cost: not measured: %s\n", why);
out:
	mutex_unlock(&own_lock);
}

/**
 * kvmhot_calib_show() - print the rows of kvmhot's own cost in status
 * @m: file to print to
 */
void kvmhot_calib_show(struct seq_file *m)
{
	mutex_lock(&own_lock);
	seq_printf(m, "own_exit_cycles\t%u\n", own_rounds ? own_exit : 0);
	seq_printf(m, "own_exit_p99\t%u\n", own_rounds ? own_exit_p99 : 0);
	seq_printf(m, "own_run_cycles\t%u\n", own_rounds ? own_run : 0);
	seq_printf(m, "own_rounds\t%u\n", own_rounds);
	mutex_unlock(&own_lock);
}
