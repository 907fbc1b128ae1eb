// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a tree of where a VM's time went: stages, and what is known of what is in
 * them.  The vCPUs' own rows of 'stages' are what is divided.
 */
#include <stdio.h>
#include <string.h>

#include "base/hist.h"
#include "model/events.h"
#include "model/graph.h"
#include "read/stages.h"

#define EPT_VIOLATION	48	/* of the exit reasons */

/* Counted in a vCPU's own row, but in no row of what it was spent on. */
#define OPEN	"(open, lost)"

static void add_rest(struct node *n)
{
	node_add(n, OPEN, n->self);
}

/* The stages of an exit that are KVM's; of EPT in 'handle', its handler, with 'detail' */
static void add_stages(struct node *n, const struct reason *r,
		       const __u64 *cycles, __u64 ept)
{
	static const int stages[] = { ST_IRQ, ST_HANDLE, ST_REENTER, ST_ENTER };
	struct node *child;
	size_t i;

	for (i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		child = node_add(n, stages_names[stages[i]], cycles[stages[i]]);
		if (r)
			node_stages(child, r, STAGE(stages[i]));
		if (stages[i] == ST_HANDLE && ept)
			node_add(child, "handle_ept_violation", ept);
	}
}

/* EPT violations by what the guest did and found.  Return: were there any? */
static bool add_classes(struct node *n, const struct vm *vm,
			const struct reason *r)
{
	const struct spans *spans = &vm->spans[SP_EPT];
	const struct span *s, *end = spans->span + spans->nr;
	struct node *child;

	if (r->number != EPT_VIOLATION)
		return false;
	for (s = spans->span; s < end; s++) {
		if (s->level != r->level)
			continue;
		child = node_add(n, s->what, s->hist.cycles);
		node_hist(child, &s->hist);
		add_stages(child, NULL, s->stages, s->ept);
	}
	if (!n->child)
		return false;
	add_rest(n);
	return true;
}

static void add_reason(struct node *exits, const struct vm *vm,
		       const struct reason *r)
{
	struct node *n;

	n = node_add(exits, r->name, stages_cost(r->stages));
	node_stages(n, r, KVM_STAGES);
	if (r->hist.timed)
		node_hist(n, &r->hist);
	if (!add_classes(n, vm, r))
		add_stages(n, r, r->stages, r->ept);
}

/* What of 'enter' no exit has came before the first one: KVM_RUN's own. */
static void add_exits(struct node *run, const struct vm *vm)
{
	const __u64 *st = vm->stages;
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	struct hist all = { 0 };
	__u64 enter = 0;
	struct node *n;

	for (r = vm->reasons; r < end; r++) {
		enter += r->stages[ST_ENTER];
		node_add_hist(&all, &r->hist);
	}
	if (enter > st[ST_ENTER])
		enter = st[ST_ENTER];
	n = node_add(run, "exits",
		     st[ST_IRQ] + st[ST_HANDLE] + st[ST_REENTER] + enter);
	node_note(n, "(vmx_handle_exit, and the ways to and from it)");
	/* Its 'enter' is not all that the vCPUs have. */
	n->of = OF_REASONS;
	n->stages = KVM_STAGES;
	if (all.timed)
		node_sum(n, &all);
	for (r = vm->reasons; r < end; r++)
		add_reason(n, vm, r);
	add_rest(n);
}

/*
 * A stage of halt or of wait by reason.  COUNT is of the exits with CYCLES in
 * any stage of these: it is this line's only if all of the cycles are.
 */
static void add_by_reason(struct node *n, const struct vm *vm, int stage,
			  int count, int cycles)
{
	const struct reason *r, *end = vm->reasons + vm->nr_reasons;
	struct node *child;

	for (r = vm->reasons; r < end; r++) {
		if (!r->stages[stage])
			continue;
		child = node_add(n, r->name, r->stages[stage]);
		node_stages(child, r, STAGE(stage));
		if (child->total == r->n[cycles])
			node_count(child, r->n[count]);
	}
	add_rest(n);
}

static void add_halt(struct node *run, const struct vm *vm)
{
	const struct spans *spans = &vm->spans[SP_HALT];
	struct node *halt, *child;
	int stage;
	size_t i;

	halt = node_add(run, "halt",
			vm->stages[ST_POLL] + vm->stages[ST_BLOCK]);
	node_stages(halt, NULL, HALT_STAGES);
	for (stage = ST_POLL; stage <= ST_BLOCK; stage++) {
		child = node_add(halt, stages_names[stage], vm->stages[stage]);
		node_stages(child, NULL, STAGE(stage));
		for (i = 0; i < spans->nr; i++)
			if (!strcmp(spans->span[i].what, stages_names[stage]))
				node_hist(child, &spans->span[i].hist);
		add_by_reason(child, vm, stage, R_HALT, R_HALT_CYCLES);
	}
}

static void add_wait(struct node *run, const struct vm *vm)
{
	const __u64 *st = vm->stages;
	struct node *n, *child;
	int stage;

	n = node_add(run, "wait", st[ST_PREEMPTED] + st[ST_SLEPT]);
	node_stages(n, NULL, WAIT_STAGES);
	for (stage = ST_PREEMPTED; stage <= ST_SLEPT; stage++) {
		child = node_add(n, stages_names[stage], st[stage]);
		node_stages(child, NULL, STAGE(stage));
		add_by_reason(child, vm, stage, R_WAIT, R_WAIT_CYCLES);
	}
}

static bool is_run(const struct span *s)
{
	return !strcmp(s->what, "KVM_RUN");
}

static void add_run(struct node *root, const struct vm *vm)
{
	const struct spans *spans = &vm->spans[SP_IOCTL];
	const __u64 *st = vm->stages;
	struct hist all = { 0 };
	struct node *run, *guest;
	size_t i;

	run = node_add(root, "KVM_RUN", root->total - st[ST_USER] -
		       st[ST_AWAY] - st[ST_IOCTL] - st[ST_UNKNOWN]);
	node_note(run, "(kvm_vcpu_ioctl)");
	node_stages(run, NULL, ALL_STAGES & ~USER_STAGES &
		    ~STAGE(ST_AWAY) & ~STAGE(ST_UNKNOWN));
	for (i = 0; i < spans->nr; i++)
		if (is_run(&spans->span[i]))
			node_add_hist(&all, &spans->span[i].hist);
	/* Of each KVM_RUN the time is known with 'detail' only. */
	if (all.timed)
		node_sum(run, &all);
	else
		node_count(run, vm->n[V_RUNS]);
	guest = node_add(run, "guest", st[ST_GUEST]);
	node_count(guest, vm->n[V_ENTRIES]);
	node_stages(guest, NULL, STAGE(ST_GUEST));
	add_halt(run, vm);
	add_wait(run, vm);
	add_exits(run, vm);
}

static const struct reason *find_reason(const struct vm *vm,
					const struct span *s)
{
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		if (vm->reasons[i].number == s->reason &&
		    vm->reasons[i].level == s->level)
			return &vm->reasons[i];
	return NULL;
}

/* The spans of the reason that S is the first of. */
static void add_user_reason(struct node *user, const struct vm *vm,
			    const struct span *s, const struct span *end)
{
	const struct reason *r = find_reason(vm, s);
	const struct span *first = s;
	struct hist all = { 0 };
	struct node *n, *child;

	for (; s < end; s++)
		if (s->reason == first->reason && s->level == first->level)
			node_add_hist(&all, &s->hist);
	n = node_add(user, first->name, all.cycles);
	node_sum(n, &all);
	if (r)
		node_stages(n, r, STAGE(ST_USER));
	for (s = first; s < end; s++) {
		if (s->reason != first->reason || s->level != first->level)
			continue;
		child = node_add(n, s->what, s->hist.cycles);
		node_hist(child, &s->hist);
	}
}

static bool is_first(const struct span *s, const struct span *begin)
{
	const struct span *other;

	for (other = begin; other < s; other++)
		if (other->reason == s->reason && other->level == s->level)
			return false;
	return true;
}

static void add_user(struct node *root, const struct vm *vm)
{
	const struct spans *spans = &vm->spans[SP_USER];
	const struct span *s, *end = spans->span + spans->nr;
	struct hist all = { 0 };
	struct node *n;

	n = node_add(root, "user", vm->stages[ST_USER]);
	node_note(n, "(the VMM)");
	node_stages(n, NULL, STAGE(ST_USER));
	for (s = spans->span; s < end; s++) {
		node_add_hist(&all, &s->hist);
		if (is_first(s, spans->span))
			add_user_reason(n, vm, s, end);
	}
	if (all.timed)
		node_sum(n, &all);
	add_rest(n);
}

static void add_away_reason(struct node *away, const struct vm *vm,
			    const struct span *first, const struct span *end)
{
	const struct reason *r = find_reason(vm, first);
	const struct span *s;
	struct node *n;
	__u64 all = 0;

	for (s = first; s < end; s++)
		if (s->reason == first->reason && s->level == first->level)
			all += s->away;
	if (!all)
		return;
	n = node_add(away, first->name, all);
	if (r)
		node_stages(n, r, STAGE(ST_AWAY));
	for (s = first; s < end; s++)
		if (s->away && s->reason == first->reason &&
		    s->level == first->level)
			node_add(n, s->what, s->away);
}

/* The VMM off the CPU, by what KVM_RUN ended for */
static void add_away(struct node *root, const struct vm *vm)
{
	const struct spans *spans = &vm->spans[SP_USER];
	const struct span *s, *end = spans->span + spans->nr;
	struct node *n;

	n = node_add(root, "away", vm->stages[ST_AWAY]);
	node_note(n, "(the VMM, off the CPU)");
	node_stages(n, NULL, STAGE(ST_AWAY));
	for (s = spans->span; s < end; s++)
		if (is_first(s, spans->span))
			add_away_reason(n, vm, s, end);
	add_rest(n);
}

/*
 * The file has the ioctls of all threads, the stage those of the vCPU's owner:
 * where there are others' in it, no one knows which.
 */
static void add_ioctls(struct node *root, const struct vm *vm)
{
	const struct spans *spans = &vm->spans[SP_IOCTL];
	const struct span *s, *end = spans->span + spans->nr;
	struct hist all = { 0 };
	struct node *n, *child;
	char name[96];

	n = node_add(root, "ioctl", vm->stages[ST_IOCTL]);
	node_note(n, "(others than KVM_RUN)");
	node_stages(n, NULL, STAGE(ST_IOCTL));
	for (s = spans->span; s < end; s++)
		if (!is_run(s))
			node_add_hist(&all, &s->hist);
	if (all.timed)
		node_sum(n, &all);
	if (all.cycles > n->total) {
		node_note(n, "(others than KVM_RUN; counted with those of other threads)");
		return;
	}
	for (s = spans->span; s < end; s++) {
		if (is_run(s))
			continue;
		snprintf(name, sizeof(name), "%s=%s", s->what, s->name);
		child = node_add(n, name, s->hist.cycles);
		node_hist(child, &s->hist);
	}
	add_rest(n);
}

struct node *graph_make(const struct vm *vm, int vcpu)
{
	struct node *root = node_new(vm->name);

	root->total = stages_sum(vm->stages);
	root->self = root->total;
	if (vcpu == ALL_VCPUS)
		node_note(root, "(%s), %u vCPU%s", vm->id, vm->nr_vcpus,
			  vm->nr_vcpus == 1 ? "" : "s");
	else
		node_note(root, "(%s), vCPU %d", vm->id, vcpu);
	add_run(root, vm);
	add_user(root, vm);
	add_away(root, vm);
	add_ioctls(root, vm);
	node_stages(root, NULL, ALL_STAGES);
	node_stages(node_add(root, stages_names[ST_UNKNOWN],
			     vm->stages[ST_UNKNOWN]), NULL, STAGE(ST_UNKNOWN));
	node_sort(root);
	return root;
}
