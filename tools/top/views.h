/* SPDX-License-Identifier: GPL-2.0 */
/* Goes from all VMs to the vCPUs of one, to the reasons of one of these; and back. */
#ifndef KVMHOT_TOP_VIEWS_H
#define KVMHOT_TOP_VIEWS_H

#include "top/state.h"

void top_down(struct top *t);
void top_up(struct top *t);
void top_toggle_vms(struct top *t);
void top_open_hist(struct top *t);

#endif /* KVMHOT_TOP_VIEWS_H */
