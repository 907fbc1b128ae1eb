// SPDX-License-Identifier: GPL-2.0
/* Frees, sorts and searches a reading. */
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/snapshot.h"

void snapshot_free_vm(struct vm *vm)
{
	size_t i, j;

	for (i = 0; i < vm->nr_reasons; i++) {
		free(vm->reasons[i].counts);
		hist_free(&vm->reasons[i].hist);
		hist_free(&vm->reasons[i].felt);
	}
	free(vm->reasons);
	vm->reasons = NULL;
	vm->nr_reasons = 0;
	for (i = 0; i < NR_SP; i++) {
		for (j = 0; j < vm->spans[i].nr; j++)
			hist_free(&vm->spans[i].span[j].hist);
		free(vm->spans[i].span);
		free(vm->spans[i].place);
	}
	memset(vm->spans, 0, sizeof(vm->spans));
	free(vm->counters);
	free(vm->counts);
	vm->counters = NULL;
	vm->counts = NULL;
	vm->nr_counters = 0;
}

void snapshot_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_vms; i++)
		snapshot_free_vm(&s->vms[i]);
	free(s->vms);
	free(s->by_id);
	free(s->hooks);
	free(s->events);
	free(s->coverages);
	memset(s, 0, sizeof(*s));
}

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

int snapshot_sort(struct snapshot *s)
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

const struct vm *snapshot_find(const struct snapshot *s, const char *id, int vcpu)
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
