/* SPDX-License-Identifier: GPL-2.0 */
/* Measures what kvmhot adds to an exit, with a VM of its own. */
#ifndef KVMHOT_CHECK_COST_H
#define KVMHOT_CHECK_COST_H

#include <stdbool.h>

/* TSC cycles of a CPUID exit, which KVM handles itself: the least of many */
struct cost {
	double without, with;
	double seconds;		/* for which kvmhot was off */
};

/*
 * Switches kvmhot off and on again some times, which it must be: counting of all
 * VMs stops meanwhile, and each of their vCPUs loses an exit each time.  It is on
 * at the end, whatever comes of it.
 * Return: 0, -1 with the error told, or 1 if kvmhot could not be switched on
 * again, which is told, too.
 */
int cost_measure(struct cost *c, bool (*stopped)(void));

#endif /* KVMHOT_CHECK_COST_H */
