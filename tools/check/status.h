/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the rows of 'status' that only kvmhot check uses. */
#ifndef KVMHOT_CHECK_STATUS_H
#define KVMHOT_CHECK_STATUS_H

#include "check/found.h"

/* 0, or -1 with the error told */
int status_read(struct host *h);

#endif /* KVMHOT_CHECK_STATUS_H */
