// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a vCPU's row of the file 'vcpus'.
 *
 * Process context; may sleep.  Readers of files call these functions.
 */
#include "hot/lines.h"
#include "hot/pmu.h"
#include "read/coverage.h"
#include "read/figures.h"
#include "read/look.h"
#include "read/reason.h"
#include "read/since.h"

/**
 * kvmhot_figures_read() - read a vCPU's row of the file 'vcpus'
 * @v: the vCPU
 * @f: set to the row; all that a reset touches is of one generation
 *
 * Context: sleeps.
 *
 * Return: 0, or an errno of kvmhot_look_again().
 */
int kvmhot_figures_read(struct kvmhot_vcpu *v, struct kvmhot_figures *f)
{
	struct kvmhot_exits e;
	unsigned int tries = 0;
	u32 gen;
	int err;

	do {
		/* Pairs with the store in kvmhot_reset_vm(). */
		gen = READ_ONCE(v->gen);
		err = kvmhot_look_again(&tries) ?: kvmhot_reason_all(v, &e) ?:
		      kvmhot_since_sums(v, &f->s);
		if (err)
			return err;
	} while (f->s.gen != gen);
	f->exits = e.exits;
	f->level2 = e.level2;
	f->lost = e.lost;
	f->bytes = kvmhot_lines_bytes(v) +
		   (READ_ONCE(v->pmu) ? sizeof(*v->pmu) : 0);
	return kvmhot_coverage_kvm_exits(v, &f->kvm_exits);
}

/**
 * kvmhot_figures_add() - add the figures of a vCPU to those of others
 * @sum: figures to add to
 * @f: figures to add
 */
void kvmhot_figures_add(struct kvmhot_figures *sum, const struct kvmhot_figures *f)
{
	unsigned int i;

	sum->exits += f->exits;
	sum->level2 += f->level2;
	sum->lost += f->lost;
	sum->bytes += f->bytes;
	sum->kvm_exits += f->kvm_exits;
	for (i = 0; i < KVMHOT_NR_SUMS; i++)
		sum->s.sum[i] += f->s.sum[i];
}
