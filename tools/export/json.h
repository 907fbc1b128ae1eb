/* SPDX-License-Identifier: GPL-2.0 */
/* JSON as text, member by member.  KEY is NULL for what is in an array. */
#ifndef KVMHOT_JSON_H
#define KVMHOT_JSON_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

/* DEPTH of what is open; COMMA: something is there already. */
struct json {
	FILE *to;
	int depth;
	bool comma;
};

/* What goes in front of a value: for those that the caller writes himself. */
void json_key(struct json *j, const char *key);

void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, const char *s);
void json_number(struct json *j, const char *key, __u64 n);
void json_null(struct json *j, const char *key);
/* A number, or null if it is not known */
void json_if(struct json *j, const char *key, bool known, __u64 n);
void json_bool(struct json *j, const char *key, bool b);

#endif /* KVMHOT_JSON_H */
