/* SPDX-License-Identifier: GPL-2.0 */
/* kvmhot top: shows the costliest VMs and exit reasons, live. */
#ifndef KVMHOT_TOP_TOP_H
#define KVMHOT_TOP_TOP_H

#include "model/options.h"

int top_run(const struct options *o);

#endif /* KVMHOT_TOP_TOP_H */
