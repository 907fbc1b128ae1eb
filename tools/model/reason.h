/* SPDX-License-Identifier: GPL-2.0 */
/* Matches exit reasons with words as people write them. */
#ifndef KVMHOT_MODEL_REASON_H
#define KVMHOT_MODEL_REASON_H

#include <stdbool.h>
#include <stddef.h>

#include "read/snapshot.h"

bool reason_is(const struct reason *r, const char *word, size_t len);
/* 0, or -1 with the error told */
int reason_check(const char *word, size_t len);

#endif /* KVMHOT_MODEL_REASON_H */
