// SPDX-License-Identifier: GPL-2.0
/* Writes metrics: the lines of a family, then its samples. */
#include <stdio.h>

#include "export/om.h"

static const char *suffix(const struct metrics *m, enum om_type type)
{
	if (m->prometheus && type == OM_COUNTER)
		return "_total";
	return m->prometheus && type == OM_INFO ? "_info" : "";
}

/* UNIT is the last word of NAME, or NULL if it has none. */
void om_begin(struct metrics *m, const char *name, const char *unit,
	      enum om_type type, const char *help)
{
	static const char * const words[] = {
		"counter", "gauge", "histogram", "info",
	};
	static const char * const suffixes[] = { "_total", "", "", "_info" };
	const char *word = words[type], *end = suffix(m, type);

	if (m->prometheus && type == OM_INFO)
		word = words[OM_GAUGE];
	fprintf(m->to, "# TYPE %s%s %s\n", name, end, word);
	if (unit && !m->prometheus)
		fprintf(m->to, "# UNIT %s %s\n", name, unit);
	fprintf(m->to, "# HELP %s%s %s\n", name, end, help);
	m->name = name;
	m->suffix = suffixes[type];
}

void om_label(struct metrics *m, char before, const char *name,
	      const char *value)
{
	fprintf(m->to, "%c%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n') {
			fputs("\\n", m->to);
			continue;
		}
		if (*value == '"' || *value == '\\')
			putc('\\', m->to);
		putc(*value, m->to);
	}
	putc('"', m->to);
}

/* The name and labels of a sample, up to what is the family's own. */
void om_sample(struct metrics *m, const char *end, const struct vm *vm,
	       const struct reason *r)
{
	fprintf(m->to, "%s%s", m->name, end ? end : m->suffix);
	if (!vm)
		return;
	om_label(m, '{', "vm", vm->id);
	om_label(m, ',', "name", vm->name);
	if (!r)
		return;
	om_label(m, ',', "reason", export_name(r));
	om_label(m, ',', "level", r->level == 2 ? "2" : "1");
}

void om_number(struct metrics *m, const char *before, __u64 n)
{
	fprintf(m->to, "%s %llu\n", before, n);
}

double om_seconds(const struct vm *vm, __u64 cycles)
{
	return cycles / (vm->tsc_khz * 1000.0);
}

void om_real(struct metrics *m, const char *before, double v)
{
	fprintf(m->to, "%s ", before);
	export_real(m->to, v);
	putc('\n', m->to);
}
