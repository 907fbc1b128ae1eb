// SPDX-License-Identifier: GPL-2.0
/* Computes what follows from the figures of a VM. */
#include "model/summary.h"

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
