/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Computes what kvmhot's probes cost this host, as the module has timed them: see
 * own_* in module/ABI.  It is told beside other figures, and subtracted from none.
 */
#ifndef KVMHOT_MODEL_OWN_H
#define KVMHOT_MODEL_OWN_H

#include "read/snapshot.h"

/* False of a module that has not timed them, or is too old to. */
bool own_is_known(const struct snapshot *s);
/* Of so many exits and KVM_RUN ioctls, each a usual one */
double own_cycles(const struct snapshot *s, double exits, double runs);
/* Of so many in a second: in percent of one CPU */
double own_percent(const struct snapshot *s, double exits, double runs);

#endif /* KVMHOT_MODEL_OWN_H */
