/* SPDX-License-Identifier: GPL-2.0 */
/* Lists what writes the formats: one file writes one. */
#ifndef KVMHOT_EXPORT_WRITERS_H
#define KVMHOT_EXPORT_WRITERS_H

#include "export/export.h"

/* 0, or -1 with the error told */
int export_json(const struct export *e);
int export_csv(const struct export *e);
int export_openmetrics(const struct export *e);
int export_folded(const struct export *e);

#endif /* KVMHOT_EXPORT_WRITERS_H */
