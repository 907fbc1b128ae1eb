// SPDX-License-Identifier: GPL-2.0
/*
 * Parses what users write to files.
 *
 * Process context; may sleep.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "files/input.h"
#include "hot/record.h"

/**
 * kvmhot_input_word() - get one word from user space
 * @word: set to the word
 * @size: size of @word
 * @buf: what the user wrote
 * @count: length of @buf
 *
 * Return: 0; -EINVAL if @buf is not one word, or too long; or -EFAULT.
 */
int kvmhot_input_word(char *word, size_t size, const char __user *buf, size_t count)
{
	char text[KVMHOT_VM_NAME_LEN + 2];
	char *p;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	if (strlen(text) != count)	/* a NUL inside */
		return -EINVAL;
	p = strim(text);
	if (!*p || strpbrk(p, " \t\n") || strscpy(word, p, size) < 0)
		return -EINVAL;
	return 0;
}

/**
 * kvmhot_input_no_read() - read from a file that can only be written
 * @file: unused
 * @buf: unused
 * @count: unused
 * @pos: unused
 *
 * Root may open the file for reading in spite of its mode.  The file then is empty, so
 * that cp -r can save the tree.
 *
 * Return: 0.
 */
ssize_t kvmhot_input_no_read(struct file *file, char __user *buf,
			     size_t count, loff_t *pos)
{
	return 0;
}

/**
 * kvmhot_input_bool() - get a boolean from user space
 * @buf: what the user wrote
 * @count: length of @buf
 * @value: set to the boolean
 *
 * Return: 0; -EINVAL if @buf is none of the words below; or -EFAULT.
 */
int kvmhot_input_bool(const char __user *buf, size_t count, bool *value)
{
	static const char * const words[] = {
		"0", "1", "n", "y", "no", "yes", "off", "on",
	};
	char word[KVMHOT_VM_NAME_LEN];
	unsigned int i;
	int err;

	err = kvmhot_input_word(word, sizeof(word), buf, count);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(word, words[i]))
			continue;
		*value = i & 1;
		return 0;
	}
	return -EINVAL;
}
