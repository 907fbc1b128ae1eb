/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the sums of a VM.
 */
#ifndef KVMHOT_TOTALS_H
#define KVMHOT_TOTALS_H

#include "files/show.h"

extern const struct kvmhot_show_file kvmhot_totals_files[];

#endif /* KVMHOT_TOTALS_H */
