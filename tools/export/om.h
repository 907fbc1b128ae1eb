/* SPDX-License-Identifier: GPL-2.0 */
/* Writes metrics: the lines of a family, then its samples. */
#ifndef KVMHOT_EXPORT_OM_H
#define KVMHOT_EXPORT_OM_H

#include "export/export.h"
#include "read/snapshot.h"

enum om_type { OM_COUNTER, OM_GAUGE, OM_HISTOGRAM, OM_INFO };

struct metrics {
	const struct export *e;
	FILE *to;
	bool prometheus;	/* 0.0.4 */
	struct export_rows *rows;	/* by the VM's place in the snapshot */
	const char *name, *suffix;	/* of the family that was begun */
};

/* UNIT is the last word of NAME, or NULL if it has none. */
void om_begin(struct metrics *m, const char *name, const char *unit,
	      enum om_type type, const char *help);

/*
 * A sample of the family that was begun: its name with END (NULL: as its type
 * has it) and the labels of VM and R, which may be NULL.  Then, if there is a VM,
 * further labels, and a value with what there is to be before it: "}".
 */
void om_sample(struct metrics *m, const char *end, const struct vm *vm,
	       const struct reason *r);
void om_label(struct metrics *m, char before, const char *name,
	      const char *value);
void om_number(struct metrics *m, const char *before, __u64 n);
void om_real(struct metrics *m, const char *before, double v);

/* Base units: cycles never go out. */
double om_seconds(const struct vm *vm, __u64 cycles);

#endif /* KVMHOT_EXPORT_OM_H */
