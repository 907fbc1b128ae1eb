/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the spans of a VM.
 */
#ifndef KVMHOT_SPANS_H
#define KVMHOT_SPANS_H

#include "files/show.h"

extern const struct kvmhot_show_file kvmhot_spans_files[];

#endif /* KVMHOT_SPANS_H */
