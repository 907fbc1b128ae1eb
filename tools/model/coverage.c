// SPDX-License-Identifier: GPL-2.0
/* Compares the exits that kvmhot counted with those that KVM itself counted. */
#include <string.h>

#include "model/coverage.h"
#include "model/twins.h"

const struct coverage *coverage_find(const struct snapshot *s, const char *id,
				     size_t hint)
{
	const struct coverage *c;

	if (hint < s->nr_coverages && !strcmp(s->coverages[hint].id, id))
		return &s->coverages[hint];
	for (c = s->coverages; c < s->coverages + s->nr_coverages; c++)
		if (!strcmp(c->id, id))
			return c;
	return NULL;
}

/* All are loaded with the same vCPU, or all of them. */
const struct vm *coverage_vm(const struct snapshot *s, const char *id)
{
	return snapshot_find(s, id, s->nr_vms ? s->vms[0].vcpu : ALL_VCPUS);
}

/* The row of the same VM in an earlier reading, or NULL */
static const struct coverage *find_then(const struct coverage *c,
					const struct snapshot *now,
					const struct snapshot *then, size_t hint)
{
	const struct vm *vm = coverage_vm(now, c->id);
	const struct vm *old = vm ? twins_then(then, now, vm) : NULL;

	if (old)
		return coverage_find(then, old->id, hint);
	/* Not that of another VM, which had the name before. */
	if (vm && coverage_vm(then, c->id))
		return NULL;
	return coverage_find(then, c->id, hint);
}

/* One whose count was cleared begins afresh. */
static struct coverage since(const struct coverage *now,
			     const struct coverage *then)
{
	struct coverage c = *now;

	if (then && then->cleared == c.cleared && then->exits <= c.exits &&
	    then->kvm_exits <= c.kvm_exits) {
		c.exits -= then->exits;
		c.kvm_exits -= then->kvm_exits;
	}
	return c;
}

/*
 * While a VM runs, the two counts may differ by the exits under way, one for
 * each vCPU: that is neither a lack nor too much.
 */
static __u64 covered(const struct snapshot *s, const struct coverage *c)
{
	const struct vm *vm = coverage_vm(s, c->id);
	__u64 apart = c->exits > c->kvm_exits ? c->exits - c->kvm_exits :
						c->kvm_exits - c->exits;

	if (vm && vm->running && apart <= vm->all_vcpus)
		return c->kvm_exits;
	return c->exits;
}

static void add(struct coverage_sum *sum, const struct snapshot *s,
		const struct coverage *c)
{
	__u64 n = covered(s, c);

	if (n > c->kvm_exits) {
		sum->beyond += n - c->kvm_exits;
		n = c->kvm_exits;
	}
	sum->exits += n;
	sum->kvm_exits += c->kvm_exits;
	sum->cleared |= c->cleared > 0;
}

/* One of another name than all VMs have is one that has just come, or gone. */
static bool is_chosen(const struct snapshot *s, const char *id,
		      const struct filter *f)
{
	const struct vm *vm;

	if (!f || (!f->vms && !f->guests))
		return true;
	vm = coverage_vm(s, id);
	return vm && filter_vm(f, vm);
}

void coverage_of(struct coverage_sum *sum, const struct snapshot *s,
		 const char *id)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < s->nr_coverages; i++)
		if (!strcmp(s->coverages[i].id, id))
			add(sum, s, &s->coverages[i]);
}

void coverage_sum(struct coverage_sum *sum, const struct snapshot *now,
		  const struct snapshot *then, const struct filter *f)
{
	const struct coverage *row;
	struct coverage c;
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < now->nr_coverages; i++) {
		row = &now->coverages[i];
		if (!is_chosen(now, row->id, f))
			continue;
		c = since(row, then ? find_then(row, now, then, i) : NULL);
		add(sum, now, &c);
	}
}

struct cell coverage_cell(const struct coverage_sum *sum)
{
	return fmt_coverage(sum->exits + sum->beyond, sum->kvm_exits);
}
