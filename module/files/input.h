/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses what users write to files.
 */
#ifndef KVMHOT_INPUT_H
#define KVMHOT_INPUT_H

#include <linux/fs.h>
#include <linux/types.h>

int kvmhot_input_word(char *word, size_t size, const char __user *buf, size_t count);
int kvmhot_input_bool(const char __user *buf, size_t count, bool *value);
ssize_t kvmhot_input_no_read(struct file *file, char __user *buf,
			     size_t count, loff_t *pos);

#endif /* KVMHOT_INPUT_H */
