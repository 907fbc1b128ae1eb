/* SPDX-License-Identifier: GPL-2.0 */
/* kvmhot check: what its parts have in common. */
#ifndef KVMHOT_CHECK_H
#define KVMHOT_CHECK_H

#include <stdbool.h>

/* A signal asks to end; whoever changed something in the host puts it back. */
bool check_is_stopped(void);

/* These return the exit status.  check_pmu.c */
int check_pmu(const char *word);
/* doctor.c; COST: find out what kvmhot costs even while VMs run */
int doctor(bool cost);

#endif /* KVMHOT_CHECK_H */
