/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Letting all vCPUs do the list, round after round.
 */
#ifndef KVMHOT_PLAY_H
#define KVMHOT_PLAY_H

#include <stdatomic.h>
#include "vmm.h"

struct play {
	struct vm *vm;
	const struct list *list;
	__u64 rounds;		/* to do at most */
	atomic_bool *stop;	/* end after the current round */
	__u64 done;			/* rounds done */
};

void play(struct play *play);

#endif /* KVMHOT_PLAY_H */
