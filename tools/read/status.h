/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the file 'status'. */
#ifndef KVMHOT_READ_STATUS_H
#define KVMHOT_READ_STATUS_H

#include "read/snapshot.h"

int status_parse(const char *root, struct snapshot *s);

#endif /* KVMHOT_READ_STATUS_H */
