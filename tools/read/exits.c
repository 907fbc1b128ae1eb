// SPDX-License-Identifier: GPL-2.0
/* Parses the rows of 'exits', 'hist' and 'vcpus'. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "read/buckets.h"
#include "read/exits.h"

const char * const exits_columns[NR_R] = {
	"exits", "timed", "open", "lost", "fast",
	"cycles", "min", "max",
	"wait", "wait_cycles", "wait_max",
	"user", "user_cycles", "user_max",
	"total",
	"halt", "halt_cycles", "halt_max",
};

const char * const exits_vcpus_columns[NR_V] = {
	"exits", "dropped", "lost", "entries", "runs",
	"guest_cycles", "kvm_cycles", "wait_cycles", "user_cycles",
	"unknown_cycles", "ept", "ept_cycles", "bytes",
	"halt_cycles", "kvm_exits", "level2", "away_cycles",
};

struct reason *exits_find_reason(const struct text *t, struct vm *vm,
				 unsigned int number, unsigned int level)
{
	struct reason *r;
	size_t i;

	for (i = 0; i < vm->nr_reasons; i++)
		if (vm->reasons[i].number == number &&
		    vm->reasons[i].level == level)
			return &vm->reasons[i];
	r = vm->reasons;
	if (!(vm->nr_reasons % 16))
		r = realloc(r, (vm->nr_reasons + 16) * sizeof(*r));
	if (!r) {
		text_bad(t, "out of memory");
		return NULL;
	}
	vm->reasons = r;
	r = memset(&r[vm->nr_reasons++], 0, sizeof(*r));
	r->number = number;
	r->level = level;
	snprintf(r->name, sizeof(r->name), "%s%s", level == 2 ? "L2:" : "",
		 t->column[2]);
	tell_clean(r->name);
	return r;
}

int exits_reason(const struct text *t, struct vm *vm, int vcpu, struct keys *k,
		 unsigned int level_column, struct reason **r)
{
	__u64 number, level;
	int ret;

	*r = NULL;
	if (text_number(t, "reason", t->column[1], MOST_REASON, &number) ||
	    parse_level(t, level_column, &level))
		return -EBADMSG;
	ret = parse_key(t, k, vcpu, number << 2 | level);
	if (ret <= 0)
		return ret;
	*r = exits_find_reason(t, vm, number, level);
	return *r ? 0 : -EBADMSG;
}

static int merge_exits(const struct text *t, struct reason *r, const __u64 *n)
{
	int i;

	for (i = 0; i < NR_R; i++) {
		/* No sums, and the histogram has them, too. */
		if (i == R_MIN || i == R_MAX)
			continue;
		if (i == R_WAIT_MAX || i == R_USER_MAX || i == R_HALT_MAX) {
			if (n[i] > r->n[i])
				r->n[i] = n[i];
			continue;
		}
		if (parse_add(t, exits_columns[i], &r->n[i], n[i]))
			return -EBADMSG;
	}
	return 0;
}

int exits_parse(const struct text *t, unsigned int column, __u64 *n)
{
	__u64 sum;
	int i;

	for (i = 0; i < NR_R; i++)
		if (text_number(t, exits_columns[i], t->column[column + i],
				~0ULL, &n[i]))
			return -EBADMSG;
	sum = n[R_TIMED];
	if (parse_add(t, "open", &sum, n[R_OPEN]) ||
	    parse_add(t, "lost", &sum, n[R_LOST]))
		return -EBADMSG;
	if (n[R_EXITS] != sum)
		return text_bad(t, "exits is %llu, but timed + open + lost %llu",
				n[R_EXITS], sum);
	return 0;
}

int exits_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	__u64 n[NR_R];

	if (exits_reason(t, vm, vcpu, k, 3 + NR_R, &r) ||
	    exits_parse(t, 3, n))
		return -EBADMSG;
	return r ? merge_exits(t, r, n) : 0;
}

/* TO: NULL if the row is not wanted */
static int move_hist(const struct text *t, struct hist *to, struct hist *h)
{
	int ret = to ? buckets_merge(t, to, h) : 0;

	hist_free(h);
	return ret;
}

int exits_hist_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	struct hist h;

	return exits_reason(t, vm, vcpu, k, 8, &r) ||
	       buckets_parse(t, 3, 7, &h) ||
	       move_hist(t, r ? &r->hist : NULL, &h) ||
	       buckets_felt(t, 9, h.timed, &h) ||
	       move_hist(t, r ? &r->felt : NULL, &h) ? -EBADMSG : 0;
}

int exits_vcpus_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	__u64 tid, value;
	int i, wanted;

	wanted = parse_key(t, k, vcpu, 0);
	if (wanted < 0 ||
	    text_number(t, "tid", t->column[1], INT_MAX, &tid))
		return -EBADMSG;
	vm->nr_vcpus += wanted;
	vm->all_vcpus++;
	for (i = 0; i < NR_V; i++) {
		if (text_number(t, exits_vcpus_columns[i], t->column[2 + i], ~0ULL,
				&value))
			return -EBADMSG;
		if (wanted && parse_add(t, exits_vcpus_columns[i], &vm->n[i], value))
			return -EBADMSG;
	}
	return 0;
}
