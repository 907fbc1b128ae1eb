// SPDX-License-Identifier: GPL-2.0
/* JSON as text, member by member. */
#include "export/json.h"

static void put_string(struct json *j, const char *s)
{
	putc('"', j->to);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(j->to, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			fprintf(j->to, "\\u%04x", *s);
		else
			putc(*s, j->to);
	}
	putc('"', j->to);
}

/* What goes in front of a value; KEY: NULL in an array. */
void json_key(struct json *j, const char *key)
{
	if (j->comma)
		putc(',', j->to);
	/* A line for each member that people may look for. */
	if (key && j->depth == 1)
		putc('\n', j->to);
	if (key) {
		put_string(j, key);
		putc(':', j->to);
	}
	j->comma = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	if (!key && bracket == '{' && j->depth)
		putc('\n', j->to);
	putc(bracket, j->to);
	j->depth++;
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	putc(bracket, j->to);
	j->depth--;
	j->comma = true;
}

void json_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	put_string(j, s);
}

void json_number(struct json *j, const char *key, __u64 n)
{
	json_key(j, key);
	fprintf(j->to, "%llu", n);
}

void json_null(struct json *j, const char *key)
{
	json_key(j, key);
	fputs("null", j->to);
}

void json_if(struct json *j, const char *key, bool known, __u64 n)
{
	if (known)
		json_number(j, key, n);
	else
		json_null(j, key);
}

void json_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	fputs(b ? "true" : "false", j->to);
}
