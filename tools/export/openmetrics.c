// SPDX-License-Identifier: GPL-2.0
/*
 * export --openmetrics: OpenMetrics text format 1.0, but into a FILE.prom the
 * Prometheus text format 0.0.4, as these are the files that node_exporter's
 * textfile collector reads, and it, like 'promtool check metrics', knows no
 * other format.  The samples are the same; the lines that begin with # cannot
 * be.  OpenMetrics calls a counter's family X and its sample X_total, 0.0.4
 * both X_total: of the former's TYPE and HELP the latter finds no sample, and
 * the counter is left without type.  Nor does 0.0.4 know the type info, UNIT
 * and EOF.
 *
 * What is since the last reset falls at a reset: Prometheus takes that for the
 * reset of a counter, which it is.  There is no _created: when a reset was, is
 * known as TSC only.  A stage that is under way is in its counter: if it turns
 * out to be unknown, as kvmhot was disabled or an edge missed, that falls, too.
 *
 * Which series there are depends on VMs, on the reasons that occurred since
 * first sight, and on the list of events: 21 of a VM, and 41 (34 of them the
 * histogram's) of each of its reasons and levels; with E events, 12 * (E + 1)
 * and E + 2 more.  With --top N a VM has N reasons at most, and 'other' for each
 * level.  Costs may change which these are: as a reason leaves 'other', that
 * falls, which looks like a reset, too.  So --top is to be so large that nothing
 * that matters is in 'other'.
 */
#include <stdlib.h>
#include <string.h>

#include "export/openmetrics.h"

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

static int make_rows(struct metrics *m)
{
	const struct snapshot *s = m->e->s;
	const struct vm *vm = NULL;

	m->rows = calloc(s->nr_vms + 1, sizeof(*m->rows));
	if (!m->rows)
		return -1;
	while ((vm = export_next_vm(m->e, vm)))
		if (export_rows(m->e, vm, &m->rows[vm - s->vms]))
			return -1;
	return 0;
}

static void free_rows(struct metrics *m)
{
	size_t i;

	for (i = 0; m->rows && i < m->e->s->nr_vms; i++)
		export_rows_free(&m->rows[i]);
	free(m->rows);
}

static bool is_prometheus(const char *path)
{
	size_t len = path ? strlen(path) : 0;

	return len > 5 && !strcmp(path + len - 5, ".prom");
}

int export_openmetrics(const struct export *e)
{
	struct metrics m = {
		.e = e,
		.to = e->to,
		.prometheus = is_prometheus(e->o->out),
	};
	int ret = make_rows(&m);

	if (!ret) {
		om_put_host(&m);
		om_put_own(&m);
		om_put_losses(&m);
		om_put_vms(&m);
		om_put_events(&m);
		om_put_reasons(&m);
		if (!m.prometheus)
			fputs("# EOF\n", m.to);
	}
	free_rows(&m);
	return ret;
}
