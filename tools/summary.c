// SPDX-License-Identifier: GPL-2.0
/* A reading in the order of cost, and what follows from its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

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
	return (ra->number > rb->number) - (ra->number < rb->number);
}

void summary_sort(struct snapshot *s)
{
	size_t i;

	if (s->nr_vms)
		qsort(s->vms, s->nr_vms, sizeof(*s->vms), compare_vms);
	for (i = 0; i < s->nr_vms; i++)
		if (s->vms[i].nr_reasons)
			qsort(s->vms[i].reasons, s->vms[i].nr_reasons,
			      sizeof(*s->vms[i].reasons), compare_reasons);
}

static bool is_called(const struct vm *vm, const char *word)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%u", vm->pid);
	return !strcmp(vm->name, word) || !strcmp(pid, word);
}

/* By PID-FD, PID or name; if there is not exactly one: told, and NULL. */
struct vm *summary_find(struct snapshot *s, const char *word)
{
	struct vm *found = NULL;
	size_t i, nr = 0;

	for (i = 0; i < s->nr_vms; i++) {
		if (!strcmp(s->vms[i].id, word))
			return &s->vms[i];
		if (is_called(&s->vms[i], word)) {
			found = &s->vms[i];
			nr++;
		}
	}
	if (nr == 1)
		return found;
	if (!nr) {
		fprintf(stderr, "kvmhot: no such VM: %s\n", word);
		return NULL;
	}
	fprintf(stderr, "kvmhot: %s: %zu VMs are called that:", word, nr);
	for (i = 0; i < s->nr_vms; i++)
		if (is_called(&s->vms[i], word))
			fprintf(stderr, " %s", s->vms[i].id);
	fputs("; say which\n", stderr);
	return NULL;
}

/* The KVM cost of all its exits, the whole of which a reason has a share. */
__u64 summary_cycles(const struct vm *vm)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		sum += vm->reasons[i].n[R_CYCLES];
	return sum;
}

__u64 summary_vcpu_cycles(const struct vm *vm)
{
	return vm->n[V_GUEST] + vm->n[V_KVM] + vm->n[V_WAIT] + vm->n[V_USER] +
	       vm->n[V_UNKNOWN];
}

double summary_seconds(const struct vm *vm)
{
	return (vm->now - vm->since) / (vm->tsc_khz * 1000.0);
}

__u64 summary_quantile(const struct hist *h, unsigned int per_mille)
{
	return kvmhot_hist_quantile(h->buckets, h->timed, per_mille, 1000,
				    h->min, h->max);
}
