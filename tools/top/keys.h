/* SPDX-License-Identifier: GPL-2.0 */
/* Does what keys ask for: help.c tells the same to the user. */
#ifndef KVMHOT_TOP_KEYS_H
#define KVMHOT_TOP_KEYS_H

#include "top/state.h"

void top_key(struct top *t, int key);

#endif /* KVMHOT_TOP_KEYS_H */
