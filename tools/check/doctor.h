/* SPDX-License-Identifier: GPL-2.0 */
/* kvmhot check: tells all findings about this host, one after the other. */
#ifndef KVMHOT_CHECK_DOCTOR_H
#define KVMHOT_CHECK_DOCTOR_H

#include <stdbool.h>

/*
 * COST: find out what kvmhot costs even while VMs run.  STOPPED: does a signal ask to
 * end?  Returns the exit status.
 */
int doctor_run(bool cost, bool (*stopped)(void));

#endif /* KVMHOT_CHECK_DOCTOR_H */
