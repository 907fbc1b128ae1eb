// SPDX-License-Identifier: GPL-2.0
/*
 * Handles the edges of a plain exit, on the quick way: see quick.h.
 *
 * Probe context, as slow.c; kvm_exit and kvm_entry are hit with interrupts off, the
 * other two with preemption off.  A plain exit writes two cache lines, the first of
 * &kvmhot_vcpu.quick and one of a cell, and no line that others write.  Each instruction
 * here counts: see selftests/bench.
 *
 * Readers copy a record without a sequence count.  They load in the reverse order of the
 * writer's stores, and both sides keep to their order:
 *
 *   writer: probes on the vCPU's thread       reader: kvmhot_look_begin()
 *
 *   kvm_exit         1 who: GUEST -> IRQ      a last
 *                    2 exit_tsc               b who
 *   vmx_handle_exit  3 who: IRQ -> HANDLE     c handle_tsc
 *                    4 handle_tsc             d exit_tsc
 *   kvm_entry        5 last                   e sums, then the cells
 *                    6 sums and the cell
 *                    7 who: HANDLE -> GUEST   kvmhot_look_retry(): f last again
 *
 * kvmhot_look_begin() makes a log of as many timestamps as @who has edges.  It tries
 * again unless each timestamp is later than the one before:
 *
 *   b after 1, d before 2: @exit_tsc is still an older one, earlier than @last.
 *   b after 3, c before 4: @handle_tsc is still an older one, earlier than @exit_tsc.
 *   a after 5, b before 7: @last is later than @exit_tsc; sums may be half written.
 *   a before 5, any of b to e after 5: the log may look right, but be half new.
 *	As 5 is the first store of kvm_entry, f finds another @last: the caller retries.
 *
 * Any other copy is of one moment, as no sum changes from 7 to the next 5.  The reader
 * does not use a timestamp whose edge @who does not have yet.
 *
 * Each edge stores @who before it reads the TSC.  So if a reader reads the TSC, and then
 * finds the same @who, no later edge has an earlier TSC: see kvmhot_snap_sums().
 *
 * Writers off the quick way use &kvmhot_vcpu.seq, which the reader looks at, too.
 */
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <asm/msr.h>

#include "hot/cell.h"
#include "hot/fold.h"
#include "hot/hist.h"
#include "hot/lookup.h"
#include "hot/pmuquick.h"
#include "hot/probes.h"
#include "hot/quick.h"
#include "hot/slow.h"
#include "hot/vmx.h"

static __always_inline struct kvmhot_vcpu *quick_vcpu(void)
{
	return this_cpu_read(kvmhot_lookup_here);
}

static __always_inline void quick_exit(struct kvm_vcpu *vcpu, bool own)
{
	struct kvmhot_vcpu *v = quick_vcpu();
	struct kvmhot_quick *q = &v->quick;
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu, KVMHOT_TAG_GUEST) ||
		     vcpu->arch.hflags & HF_GUEST_MASK)) {
		kvmhot_pmuquick_exit(v, vcpu);
		return;
	}
	kvmhot_next_tag(q);
	now = rdtsc();
	if (unlikely(now <= q->last)) {
		kvmhot_undo_tag(q);
		kvmhot_slow_exit(vcpu);
		return;
	}
	q->key = own ? KVMHOT_OWN_KEY : kvmhot_vmx_quick_reason();
	kvmhot_put(&q->exit_tsc, now);
}

/* kvm:kvm_exit; its other arguments depend on the kernel. */
KVMHOT_KVM_EXIT_PROBE(kvmhot_probe_kvm_exit)
{
	quick_exit(vcpu, false);
}

/* kvm_exit for calib.c, which has no VMCS to read a reason from. */
void kvmhot_probe_own_exit(void *data, struct kvm_vcpu *vcpu, u32 isa)
{
	quick_exit(vcpu, true);
}

static __always_inline void quick_handle(struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = quick_vcpu();
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu, KVMHOT_TAG_IRQ))) {
		kvmhot_pmuquick_handle(v, vcpu);
		return;
	}
	kvmhot_next_tag(&v->quick);
	now = rdtsc();
	if (unlikely(now <= v->quick.exit_tsc)) {
		kvmhot_undo_tag(&v->quick);
		kvmhot_slow_handle(vcpu);
		return;
	}
	kvmhot_put(&v->quick.handle_tsc, now);
}

/* vmx_handle_exit(vcpu, exit_fastpath): the exit is not on the fast path. */
int kvmhot_probe_handle_exit(struct kprobe *kp, struct pt_regs *regs)
{
	quick_handle((void *)regs_get_kernel_argument(regs, 0));
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_handle_exit);

/* vmx_handle_exit() with 'detail': the kretprobe passes the vCPU on to the return. */
int kvmhot_probe_handle_exit_entry(struct kretprobe_instance *ri,
				   struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);

	*(struct kvm_vcpu **)ri->data = vcpu;
	quick_handle(vcpu);
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_handle_exit_entry);

/* vmx_handle_exit(), return; with 'detail' only */
int kvmhot_probe_handle_exit_ret(struct kretprobe_instance *ri,
				 struct pt_regs *regs)
{
	const struct kvm_vcpu *vcpu = *(struct kvm_vcpu **)ri->data;
	struct kvmhot_vcpu *v = quick_vcpu();
	u64 now;

	if (unlikely(!kvmhot_is_at(v, vcpu, KVMHOT_TAG_HANDLE))) {
		kvmhot_pmuquick_return(v, vcpu);
		return 0;
	}
	kvmhot_next_tag(&v->quick);
	now = rdtsc();
	if (unlikely(now <= v->quick.handle_tsc)) {
		kvmhot_undo_tag(&v->quick);
		kvmhot_slow_return(vcpu);
		return 0;
	}
	kvmhot_put(&v->log.edge[KVMHOT_TAG_REENTER],
		   kvmhot_edge(now, KVMHOT_REENTER));
	return 0;
}

NOKPROBE_SYMBOL(kvmhot_probe_handle_exit_ret);

/* Add a round to the sums; kvmhot_end_round() must follow. */
static __always_inline void add_sums(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				     enum kvmhot_tag tag, u64 now, u64 guest, u64 irq)
{
	struct kvmhot_quick *q = &v->quick;

	q->guest += guest;
	if (tag == KVMHOT_TAG_IRQ) {
		q->fast++;
		cell->fast++;
	} else {
		q->irq += irq;
	}
	if (tag == KVMHOT_TAG_REENTER) {
		u64 reenter = kvmhot_quick_since(v, tag, now);

		q->reenter += reenter;
		cell->reenter += reenter;
		q->returned++;
	} else {
		q->rounds++;
	}
}

static __always_inline u64 stage_irq(const struct kvmhot_quick *q,
				     enum kvmhot_tag tag)
{
	return tag == KVMHOT_TAG_IRQ ? 0 : q->handle_tsc - q->exit_tsc;
}

/* End a round of add_round() in which a bucket's count has reached KVMHOT_COUNT_TOP. */
static noinline void carry_round(struct kvmhot_vcpu *v, struct kvmhot_cell *cell,
				 enum kvmhot_tag tag, u64 guest)
{
	struct kvmhot_quick *q = &v->quick;

	if (!kvmhot_hist_carry(v, &cell->hist, q->last - q->exit_tsc, guest,
			       stage_irq(q, tag))) {
		/* No memory: count the exit as one that was not seen to end. */
		if (tag == KVMHOT_TAG_REENTER)
			cell->reenter -= kvmhot_quick_since(v, tag, q->last);
		else if (tag == KVMHOT_TAG_IRQ)
			cell->fast--;
		cell->lost++;
	}
	kvmhot_end_round(q, tag);
}

/* add_round() for a group that is not at hand. */
static noinline void far_round(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu,
			       struct kvmhot_cell *cell, enum kvmhot_tag tag, u64 now)
{
	struct kvmhot_quick *q = &v->quick;
	u64 last = q->last, guest = q->exit_tsc - last, irq = stage_irq(q, tag);

	kvmhot_put(&q->last, now);
	if (!kvmhot_hist_add_slow(v, &cell->hist, now - q->exit_tsc, guest, irq)) {
		kvmhot_put(&q->last, last);
		kvmhot_slow_entry(vcpu, now);
		return;
	}
	add_sums(v, cell, tag, now, guest, irq);
	kvmhot_end_round(q, tag);
}

/*
 * At kvm_entry, add up a round that is at @tag.  A round that cannot be a plain exit
 * goes the slow way.  A second thread that races for the vCPU may write to the record
 * meanwhile, so what is checked is read only once.
 */
static __always_inline void add_round(struct kvmhot_vcpu *v,
				      struct kvm_vcpu *vcpu,
				      enum kvmhot_tag tag)
{
	struct kvmhot_quick *q = &v->quick;
	u64 now = rdtsc();
	u64 exit = q->exit_tsc;
	u64 place = kvmhot_cell_place(READ_ONCE(q->key));
	struct kvmhot_group *group;
	struct kvmhot_cell *cell;
	u64 guest, irq, octave;

	if (unlikely(place >= KVMHOT_QUICK_PLACES ||
		     kvmhot_quick_since(v, tag, now) < 0)) {
		kvmhot_slow_entry(vcpu, now);
		return;
	}
	cell = v->quick_cell[place];
	if (unlikely(!kvmhot_hist_near(&cell->hist, now - exit, &group, &octave))) {
		far_round(v, vcpu, cell, tag, now);
		return;
	}
	irq = stage_irq(q, tag);
	guest = exit - q->last;
	/* From here on readers wait: see store 5 at the head of this file. */
	kvmhot_put(&q->last, now);
	add_sums(v, cell, tag, now, guest, irq);
	if (unlikely(!kvmhot_hist_add_to(group, kvmhot_hist_near_sub(now - exit, octave),
					 now - exit, guest, irq)))
		carry_round(v, cell, tag, guest);
	else
		kvmhot_end_round(q, tag);
}

/* kvm_entry with 'detail', or after KVM's fast path, or of an exit for fold.c. */
static noinline void other_entry(struct kvmhot_vcpu *v, struct kvm_vcpu *vcpu)
{
	unsigned long tag = v->quick.who - (unsigned long)vcpu;

	if (tag == KVMHOT_TAG_REENTER && !v->ept &&
	    kvmhot_edge_stage(v->log.edge[KVMHOT_TAG_REENTER]) ==
		    KVMHOT_REENTER && kvmhot_quick_may_go_on(v))
		add_round(v, vcpu, KVMHOT_TAG_REENTER);
	else if (tag == KVMHOT_TAG_IRQ && kvmhot_is_fast(v))
		add_round(v, vcpu, KVMHOT_TAG_IRQ);
	else
		kvmhot_fold_entry(v, vcpu, tag);
}

/* kvm:kvm_entry; its other arguments depend on the kernel and are not used. */
void kvmhot_probe_kvm_entry(void *data, struct kvm_vcpu *vcpu)
{
	struct kvmhot_vcpu *v = quick_vcpu();

	if (likely(kvmhot_is_at(v, vcpu, KVMHOT_TAG_HANDLE)))
		add_round(v, vcpu, KVMHOT_TAG_HANDLE);
	else
		other_entry(v, vcpu);
}
