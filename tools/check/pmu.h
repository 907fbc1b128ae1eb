/* SPDX-License-Identifier: GPL-2.0 */
/* kvmhot check --pmu: tells which events there are, and compares one with a known VM. */
#ifndef KVMHOT_CHECK_PMU_H
#define KVMHOT_CHECK_PMU_H

#include <stdbool.h>

/* STOPPED: does a signal ask to end?  Returns the exit status. */
int pmu_check(const char *word, bool (*stopped)(void));

#endif /* KVMHOT_CHECK_PMU_H */
