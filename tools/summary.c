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

void summary_sort(struct snapshot *s)
{
	size_t i;

	if (s->nr_vms)
		qsort(s->vms, s->nr_vms, sizeof(*s->vms), compare_vms);
	for (i = 0; i < s->nr_vms; i++)
		sort_vm(&s->vms[i]);
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

/*
 * The VM that is called WORD, if any, and has the vCPU: *only, or NULL for all
 * VMs; if there is none: told, and -1.
 */
int summary_choose(struct snapshot *s, const char *word, int vcpu,
		   struct vm **only)
{
	struct vm *vm;

	*only = NULL;
	if (word) {
		*only = summary_find(s, word);
		if (!*only)
			return -1;
	}
	if (vcpu == ALL_VCPUS)
		return 0;
	for (vm = s->vms; vm < s->vms + s->nr_vms; vm++)
		if (summary_is_chosen(vm, *only, vcpu))
			return 0;
	fprintf(stderr, "kvmhot: no vCPU %d%s%s\n", vcpu, word ? " of " : "",
		word ? word : "");
	return -1;
}

bool summary_is_chosen(const struct vm *vm, const struct vm *only, int vcpu)
{
	if (only && vm != only)
		return false;
	return vcpu == ALL_VCPUS || vm->nr_vcpus;
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
	       vm->n[V_USER] + vm->n[V_UNKNOWN];
}

double summary_seconds(const struct vm *vm)
{
	return (vm->now - vm->since) / (vm->tsc_khz * 1000.0);
}

void summary_add(struct hist *to, const struct hist *h)
{
	int i;

	if (!h->timed)
		return;
	if (!to->timed || h->min < to->min)
		to->min = h->min;
	if (h->max > to->max)
		to->max = h->max;
	to->timed += h->timed;
	to->cycles += h->cycles;
	for (i = 0; i < KVMHOT_HIST_BUCKETS; i++)
		to->buckets[i] += h->buckets[i];
}

__u64 summary_quantile(const struct hist *h, unsigned int per_mille)
{
	return kvmhot_hist_quantile(h->buckets, h->timed, per_mille, 1000,
				    h->min, h->max);
}
