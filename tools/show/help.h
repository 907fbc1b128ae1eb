/* SPDX-License-Identifier: GPL-2.0 */
/* Explains words and columns, each in a sentence. */
#ifndef KVMHOT_SHOW_HELP_H
#define KVMHOT_SHOW_HELP_H

/* What the columns of VERB, or of all verbs (NULL), mean. */
void help_columns(const char *verb);

#endif /* KVMHOT_SHOW_HELP_H */
