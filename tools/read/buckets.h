/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the columns that make a histogram. */
#ifndef KVMHOT_READ_BUCKETS_H
#define KVMHOT_READ_BUCKETS_H

#include "base/hist.h"
#include "read/text.h"

/* LOW:COUNT, in the order of LOW, or - if there are none; the rest of H is there. */
int buckets_counts(const struct text *t, char *word, struct hist *h);

/* 'timed cycles min max BUCKETS', from COLUMN on. */
int buckets_parse(const struct text *t, unsigned int column,
		  unsigned int buckets, struct hist *h);
/*
 * 'felt_cycles felt_min felt_max felt_buckets' of TIMED exits, from COLUMN on; all
 * 0 if the file has no such columns.
 */
int buckets_felt(struct text *t, unsigned int column, __u64 timed, struct hist *h);
int buckets_merge(const struct text *t, struct hist *to, const struct hist *h);

#endif /* KVMHOT_READ_BUCKETS_H */
