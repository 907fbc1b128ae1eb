// SPDX-License-Identifier: GPL-2.0
/*
 * export --csv: writes RFC 4180, a line of names, then one row for each VM, exit
 * reason and level.  The columns are always the same; new ones come last.  A
 * field is empty where the figure is not known, or there is none.
 */
#include "base/hist.h"
#include "export/export.h"
#include "export/writers.h"
#include "model/own.h"
#include "model/summary.h"
#include "read/snapshot.h"
#include "read/stages.h"

/* What each row begins with, up to the VM's stages */
#define VM_COLUMNS \
	"id,pid,name,comm,state,vcpus,tsc_khz,since,now,seconds," \
	"vm_exits,vm_dropped,vm_lost,seen_exits,kvm_exits"

#define EXITS_COLUMNS \
	"reason,reason_name,level,exits,timed,open,lost,fast," \
	"cycles,min,max,wait,wait_cycles,wait_max," \
	"user,user_cycles,user_max,total,halt,halt_cycles,halt_max"

#define LAST_COLUMNS \
	"ept_cycles,p50,p95,p99,vm_runs," \
	"own_exit_cycles,own_exit_p99,own_run_cycles,own_rounds"

static void print_header(FILE *to)
{
	int i;

	fputs(VM_COLUMNS, to);
	for (i = 0; i < NR_ST; i++)
		fprintf(to, ",vm_%s_cycles", stages_names[i]);
	fputs("," EXITS_COLUMNS, to);
	for (i = 0; i < NR_ST; i++)
		fprintf(to, ",stage_%s_cycles", stages_names[i]);
	fputs("," LAST_COLUMNS "\r\n", to);
}

/* In quotes, always: a column of names then looks the same in each row. */
static void print_string(FILE *to, const char *s)
{
	putc('"', to);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', to);
		putc(*s, to);
	}
	putc('"', to);
}

static void print_number(FILE *to, __u64 n)
{
	fprintf(to, ",%llu", n);
}

static void print_if(FILE *to, bool known, __u64 n)
{
	if (known)
		print_number(to, n);
	else
		putc(',', to);
}

static void print_vm(const struct export *e, const struct vm *vm)
{
	const struct coverage *c = export_coverage(e, vm);
	FILE *to = e->to;
	int i;

	print_string(to, vm->id);
	fprintf(to, ",%u,", vm->pid);
	print_string(to, vm->name);
	putc(',', to);
	print_string(to, vm->comm);
	fprintf(to, ",%s,%u,%llu,%llu,%llu,", vm->running ? "running" : "ended",
		vm->nr_vcpus, vm->tsc_khz, vm->since, vm->now);
	export_real(to, summary_seconds(vm));
	print_number(to, vm->n[V_EXITS]);
	print_number(to, vm->n[V_DROPPED]);
	print_number(to, vm->n[V_LOST]);
	print_if(to, c, c ? c->exits : 0);
	print_if(to, c, c ? c->kvm_exits : 0);
	for (i = 0; i < NR_ST; i++)
		print_number(to, vm->stages[i]);
}

/* COUNT of them have it: a maximum of some that is 0 was not read. */
static void print_part(FILE *to, const struct reason *r, int count)
{
	print_number(to, r->n[count]);
	print_number(to, r->n[count + 1]);
	print_if(to, !r->n[count] || r->n[count + 2], r->n[count + 2]);
}

static void print_reason(FILE *to, const struct reason *r)
{
	const struct hist *h = &r->hist;
	int i;

	fprintf(to, ",%u,", r->number);
	print_string(to, export_name(r));
	fprintf(to, ",%u", r->level);
	for (i = R_EXITS; i <= R_CYCLES; i++)
		print_number(to, r->n[i]);
	print_if(to, h->timed, h->min);
	print_if(to, h->timed, h->max);
	print_part(to, r, R_WAIT);
	print_part(to, r, R_USER);
	print_number(to, r->n[R_TOTAL]);
	print_part(to, r, R_HALT);
	for (i = 0; i < NR_ST; i++)
		print_number(to, r->stages[i]);
	print_number(to, r->ept);
	print_if(to, h->timed, hist_quantile(h, 500));
	print_if(to, h->timed, hist_quantile(h, 950));
	print_if(to, h->timed, hist_quantile(h, 990));
}

/* The host's, in each row, and what of the VM it is to be multiplied with */
static void print_own(FILE *to, const struct snapshot *s, const struct vm *vm)
{
	bool known = own_is_known(s);

	print_number(to, vm->n[V_RUNS]);
	print_if(to, known, s->n[S_OWN_EXIT]);
	print_if(to, known, s->n[S_OWN_P99]);
	print_if(to, known, s->n[S_OWN_RUN]);
	print_number(to, s->n[S_OWN_ROUNDS]);
	fputs("\r\n", to);
}

int csv_write(const struct export *e)
{
	struct export_rows rows;
	const struct vm *vm = NULL;
	size_t i;

	print_header(e->to);
	while ((vm = export_next_vm(e, vm))) {
		if (export_rows(e, vm, &rows))
			return -1;
		for (i = 0; i < rows.nr; i++) {
			print_vm(e, vm);
			print_reason(e->to, rows.r[i]);
			print_own(e->to, e->s, vm);
		}
		export_rows_free(&rows);
	}
	return 0;
}
