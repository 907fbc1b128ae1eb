/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the formats: each file writes one. */
#ifndef KVMHOT_EXPORT_WRITERS_H
#define KVMHOT_EXPORT_WRITERS_H

#include "export/export.h"

/* 0, or -1 with the error told */
int json_write(const struct export *e);
int csv_write(const struct export *e);
int openmetrics_write(const struct export *e);
int folded_write(const struct export *e);

#endif /* KVMHOT_EXPORT_WRITERS_H */
