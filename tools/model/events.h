/* SPDX-License-Identifier: GPL-2.0 */
/* Computes figures from what events counted, and chooses those that have columns. */
#ifndef KVMHOT_MODEL_EVENTS_H
#define KVMHOT_MODEL_EVENTS_H

#include "base/fmt.h"
#include "read/snapshot.h"

/* Stages as bits */
#define STAGE(stage)	(1U << (stage))
#define KVM_STAGES	(STAGE(ST_IRQ) | STAGE(ST_HANDLE) | \
			 STAGE(ST_REENTER) | STAGE(ST_ENTER))
#define HALT_STAGES	(STAGE(ST_POLL) | STAGE(ST_BLOCK))
#define WAIT_STAGES	(STAGE(ST_PREEMPTED) | STAGE(ST_SLEPT))
#define USER_STAGES	(STAGE(ST_USER) | STAGE(ST_IOCTL))
#define ALL_STAGES	(STAGE(NR_ST) - 1)

/* Those of the list that have columns; NULL: it has none for it. */
struct chosen {
	const struct event *instructions, *misses;
	/* Of the same WHERE, or both NULL */
	const struct event *ipc_instructions, *ipc_cycles;
};

void events_choose(struct chosen *c, const struct snapshot *s);

/* 'cycles' is that of 'cycles:k', too. */
bool events_is_called(const char *name, const char *base);
/* By its WHERE: the guest's, too?  User and kernel? */
bool events_has_guest(const struct event *e);
bool events_is_whole(const struct event *e);

/* The first of the list with this name that counts the host, or NULL. */
const struct event *events_find(const struct snapshot *s, const char *base);

/*
 * The counts of a reason, or if that is NULL of the vCPUs; NULL if they are not
 * known: the event is NULL or not the VM's, or it failed on a vCPU, or no exit
 * is known.
 */
const struct counts *events_of_reason(const struct vm *vm,
				      const struct reason *r,
				      const struct event *e);
__u64 events_sum(const struct counts *c, unsigned int stages);

/* Counts in STAGES for each known exit; instructions for each cycle */
struct cell events_per_exit(const struct counts *c, unsigned int stages);
struct cell events_ipc(const struct vm *vm, const struct reason *r,
		       const struct chosen *c, unsigned int stages);

/*
 * A line for each event that failed on a vCPU, and on how many, but for those
 * that S (or NULL) has as refused: they are no VM's matter.
 */
void events_print_failed(const struct vm *vm, const struct snapshot *s,
			 const char *before, FILE *out);
/* How many failures there are. */
unsigned int events_failed(const struct vm *vm);

#endif /* KVMHOT_MODEL_EVENTS_H */
