/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the monotonic clock. */
#ifndef KVMHOT_BASE_CLOCK_H
#define KVMHOT_BASE_CLOCK_H

/* In seconds */
double clock_now(void);

#endif /* KVMHOT_BASE_CLOCK_H */
