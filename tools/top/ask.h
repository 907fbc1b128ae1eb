/* SPDX-License-Identifier: GPL-2.0 */
/* Asks the user, and does what the answers say. */
#ifndef KVMHOT_TOP_ASK_H
#define KVMHOT_TOP_ASK_H

#include "top/state.h"

void top_ask(struct top *t, enum top_question what);
void top_answer(struct top *t, int key);

#endif /* KVMHOT_TOP_ASK_H */
