// SPDX-License-Identifier: GPL-2.0
/* A reading in the order of cost, and what follows from its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/source.h"

static int compare_vms(const void *a, const void *b)
{
	const struct vm *va = a, *vb = b;

	if (va->n[V_KVM] != vb->n[V_KVM])
		return va->n[V_KVM] < vb->n[V_KVM] ? 1 : -1;
	if (va->pid != vb->pid)
		return va->pid < vb->pid ? -1 : 1;
	return strcmp(va->id, vb->id);
}

static int compare_reasons(const void *a, const void *b)
{
	const struct reason *ra = a, *rb = b;

	if (ra->n[R_CYCLES] != rb->n[R_CYCLES])
		return ra->n[R_CYCLES] < rb->n[R_CYCLES] ? 1 : -1;
	if (ra->n[R_EXITS] != rb->n[R_EXITS])
		return ra->n[R_EXITS] < rb->n[R_EXITS] ? 1 : -1;
	if (ra->number != rb->number)
		return ra->number < rb->number ? -1 : 1;
	return (ra->level > rb->level) - (ra->level < rb->level);
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *sa = a, *sb = b;

	if (sa->hist.cycles != sb->hist.cycles)
		return sa->hist.cycles < sb->hist.cycles ? 1 : -1;
	return (sa->row > sb->row) - (sa->row < sb->row);
}

static void sort_vm(struct vm *vm)
{
	int i;

	if (vm->nr_reasons)
		qsort(vm->reasons, vm->nr_reasons, sizeof(*vm->reasons),
		      compare_reasons);
	for (i = 0; i < NR_SP; i++)
		if (vm->spans[i].nr)
			qsort(vm->spans[i].span, vm->spans[i].nr,
			      sizeof(*vm->spans[i].span), compare_spans);
}

static int compare_id(const char *id, int vcpu, const struct vm *vm)
{
	int ret = strcmp(id, vm->id);

	return ret ? ret : (vcpu > vm->vcpu) - (vcpu < vm->vcpu);
}

static int compare_by_id(const void *a, const void *b)
{
	const struct vm *vm = *(const struct vm **)a;

	return compare_id(vm->id, vm->vcpu, *(const struct vm **)b);
}

int source_sort(struct snapshot *s)
{
	size_t i;

	if (!s->nr_vms)
		return 0;
	qsort(s->vms, s->nr_vms, sizeof(*s->vms), compare_vms);
	s->by_id = malloc(s->nr_vms * sizeof(*s->by_id));
	if (!s->by_id) {
		tell_error("out of memory");
		return -1;
	}
	for (i = 0; i < s->nr_vms; i++) {
		sort_vm(&s->vms[i]);
		s->by_id[i] = &s->vms[i];
	}
	qsort(s->by_id, s->nr_vms, sizeof(*s->by_id), compare_by_id);
	return 0;
}

const struct vm *source_find(const struct snapshot *s, const char *id, int vcpu)
{
	size_t from = 0, to = s->nr_vms, middle;
	int ret;

	while (from < to) {
		middle = from + (to - from) / 2;
		ret = compare_id(id, vcpu, s->by_id[middle]);
		if (!ret)
			return s->by_id[middle];
		if (ret < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static __u64 sum_reasons(const struct vm *vm, int column)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		sum += vm->reasons[i].n[column];
	return sum;
}

/* The KVM cost of all its exits, the whole of which a reason has a share. */
__u64 summary_cycles(const struct vm *vm)
{
	return sum_reasons(vm, R_CYCLES);
}

__u64 summary_exits(const struct vm *vm)
{
	return sum_reasons(vm, R_EXITS);
}

/* Below 0.1 %?  N * 1000 might not fit. */
bool summary_is_small(__u64 n, __u64 total)
{
	return n < total / 1000 + !!(total % 1000);
}

/* Of a vCPU's own row: its whole time. */
__u64 summary_stages(const __u64 *stages)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < NR_ST; i++)
		sum += stages[i];
	return sum;
}

/* KVM cost */
__u64 summary_cost(const __u64 *stages)
{
	return stages[ST_IRQ] + stages[ST_HANDLE] + stages[ST_REENTER] +
	       stages[ST_ENTER];
}

__u64 summary_vcpu_cycles(const struct vm *vm)
{
	return vm->n[V_GUEST] + vm->n[V_KVM] + vm->n[V_WAIT] + vm->n[V_HALT] +
	       vm->n[V_USER] + vm->n[V_AWAY] + vm->n[V_UNKNOWN];
}

/* What only rises has not fallen, but begun anew. */
__u64 summary_rise(__u64 now, __u64 then)
{
	return now > then ? now - then : 0;
}

double summary_cpus(const struct vm *vm, __u64 cycles)
{
	__u64 passed = vm->now - vm->since;

	return passed ? (double)cycles / passed : 0;
}

double summary_seconds(const struct vm *vm)
{
	return (vm->now - vm->since) / (vm->tsc_khz * 1000.0);
}
