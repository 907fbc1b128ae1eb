/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the exit statuses. */
#ifndef KVMHOT_BASE_EXIT_H
#define KVMHOT_BASE_EXIT_H

/* EXIT_INCOMPLETE: fine, but counts lack something, which is told. */
enum { EXIT_FINE, EXIT_FAILED, EXIT_USAGE, EXIT_INCOMPLETE };

#endif /* KVMHOT_BASE_EXIT_H */
