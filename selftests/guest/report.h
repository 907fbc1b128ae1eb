/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KVMHOT_REPORT_H
#define KVMHOT_REPORT_H

#include "play.h"

/* Prints all that was counted; false if it is not what was asked for */
bool report(struct play *play);

#endif /* KVMHOT_REPORT_H */
