/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts spans that are not exits.
 */
#ifndef KVMHOT_SPAN_H
#define KVMHOT_SPAN_H

#include <linux/percpu-defs.h>

#include "hot/record.h"

/* Spans that were dropped: there was no memory for them, or the TSC went back. */
DECLARE_PER_CPU(u64, kvmhot_span_dropped);

void kvmhot_span_add(struct kvmhot_vcpu *v, enum kvmhot_chain chain, u32 key,
		     u16 aux, u64 cycles, u64 beside);
void kvmhot_span_add_from(struct kvmhot_vcpu *v, enum kvmhot_chain chain,
			  u32 key, u16 aux, u64 from, u64 to);

#endif /* KVMHOT_SPAN_H */
