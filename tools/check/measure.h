/* SPDX-License-Identifier: GPL-2.0 */
/* Compares what an event counts with what is known of a VM. */
#ifndef KVMHOT_CHECK_MEASURE_H
#define KVMHOT_CHECK_MEASURE_H

#include <stdbool.h>

#include "read/snapshot.h"

/*
 * The event is the only one in the list.  Prints what it counts of a VM, and
 * what it should.  Return: 0, or -1 if they differ, if STOPPED said so, or if it
 * could not be found out, which is told.
 */
int measure_event(const struct event *e, bool (*stopped)(void));

#endif /* KVMHOT_CHECK_MEASURE_H */
