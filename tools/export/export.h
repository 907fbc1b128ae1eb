/* SPDX-License-Identifier: GPL-2.0 */
/* Chooses the VMs and rows that a format of export writes. */
#ifndef KVMHOT_EXPORT_EXPORT_H
#define KVMHOT_EXPORT_EXPORT_H

#include <stdio.h>

#include "model/options.h"
#include "read/snapshot.h"

struct export {
	const struct options *o;
	const struct snapshot *s;
	FILE *to;
	/* It is of now and of this host, not a saved copy. */
	bool live;
};

/*
 * The reasons of a VM that -r and --top leave, the costliest first: KVM's and
 * the VMM's part.  OTHER: sums of those that --top cut off, by level.
 */
struct export_rows {
	size_t nr;
	const struct reason **r;
	struct reason *other[2];	/* or NULL */
};

/* 0, or -1 with the error told */
int export_rows(const struct export *e, const struct vm *vm,
		struct export_rows *rows);
void export_rows_free(struct export_rows *rows);

/* The name without 'L2:': the level is told beside it. */
const char *export_name(const struct reason *r);

/* The shortest text that reads as the same double again. */
void export_real(FILE *to, double v);

const struct coverage *export_coverage(const struct export *e,
				       const struct vm *vm);

/* The next VM that is chosen, behind VM, or with NULL the first; else NULL. */
const struct vm *export_next_vm(const struct export *e, const struct vm *vm);

#endif /* KVMHOT_EXPORT_EXPORT_H */
