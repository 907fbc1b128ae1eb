/* SPDX-License-Identifier: GPL-2.0 */
/* Tells errors on standard error, or to whoever asked for them. */
#ifndef KVMHOT_BASE_TELL_H
#define KVMHOT_BASE_TELL_H

#include <stddef.h>

#include "base/fmt.h"

/* An error on stderr, with nothing in it that a terminal would act upon. */
__printf(1, 2)
void tell_error(const char *format, ...);

/* Into BUF instead, the last one only; NULL: on stderr again. */
void tell_redirect(char *buf, size_t size);

/* Replaces all but printable ASCII: names come from whoever started a VM. */
void tell_clean(char *s);

#endif /* KVMHOT_BASE_TELL_H */
