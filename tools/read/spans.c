// SPDX-License-Identifier: GPL-2.0
/* Parses the rows of 'user', 'ept', 'halt' and 'ioctl'. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/tell.h"
#include "read/buckets.h"
#include "read/exits.h"
#include "read/spans.h"
#include "read/stages.h"

#define NR(array)	(sizeof(array) / sizeof(*(array)))

/* Where the number of that row is, or is to be */
static unsigned int *find_place(const struct spans *spans, __u64 row)
{
	size_t i = row * 0x9e3779b97f4a7c15ULL >> 32;
	unsigned int *place;

	for (;; i++) {
		place = &spans->place[i & (spans->room - 1)];
		if (!*place || spans->span[*place - 1].row == row)
			return place;
	}
}

/* For one more; half of the places are always free, so that one is soon found. */
static int make_room(const struct text *t, struct spans *spans)
{
	size_t i, room = spans->room ? 2 * spans->room : 64;
	unsigned int *place;
	struct span *span;

	if (spans->nr < spans->room / 2)
		return 0;
	span = realloc(spans->span, room / 2 * sizeof(*span));
	if (!span)
		return text_bad(t, "out of memory");
	spans->span = span;
	place = calloc(room, sizeof(*place));
	if (!place)
		return text_bad(t, "out of memory");
	free(spans->place);
	spans->place = place;
	spans->room = room;
	for (i = 0; i < spans->nr; i++)
		*find_place(spans, span[i].row) = i + 1;
	return 0;
}

static int merge(const struct text *t, struct spans *to, struct span *s)
{
	struct span *span;
	unsigned int *place;

	if (make_room(t, to))
		return -EBADMSG;
	place = find_place(to, s->row);
	if (!*place) {
		span = &to->span[to->nr++];
		*place = to->nr;
		tell_clean(s->name);
		tell_clean(s->what);
		*span = *s;
		memset(&span->hist, 0, sizeof(span->hist));
		memset(span->stages, 0, sizeof(span->stages));
		span->ept = 0;
		span->away = 0;
	}
	span = &to->span[*place - 1];
	if (stages_add(t, span->stages, s->stages) ||
	    parse_add(t, "ept", &span->ept, s->ept) ||
	    parse_add(t, "away_cycles", &span->away, s->away))
		return -EBADMSG;
	return buckets_merge(t, &span->hist, &s->hist);
}

/*
 * Adds the histogram from COLUMN on, its buckets in column BUCKETS, to the span that
 * *S is like, new or not;
 * of a vCPU that is not wanted it is only checked.
 */
static int add_span(const struct text *t, struct spans *to, struct span *s,
		    struct keys *k, int vcpu, unsigned int column,
		    unsigned int buckets)
{
	int wanted, ret = 0;

	wanted = parse_key(t, k, vcpu, s->row);
	if (wanted < 0 || buckets_parse(t, column, buckets, &s->hist))
		return -EBADMSG;
	if (wanted)
		ret = merge(t, to, s);
	hist_free(&s->hist);
	return ret;
}

/* 65535: not known */
static int check_reason(const struct text *t, __u64 reason)
{
	if (reason <= MOST_REASON || reason == USHRT_MAX)
		return 0;
	return text_bad(t, "reason: '%llu' is too large", reason);
}

/* vcpu reason name level run run_name timed ... max away_cycles buckets */
int spans_user_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct span s = { 0 };
	__u64 reason, level, run;

	if (text_number(t, "reason", t->column[1], USHRT_MAX, &reason) ||
	    check_reason(t, reason) ||
	    parse_level(t, 3, &level) ||
	    text_number(t, "run", t->column[4], USHRT_MAX, &run) ||
	    text_number(t, "away_cycles", t->column[10], ~0ULL, &s.away))
		return -EBADMSG;
	s.row = reason << 32 | level << 16 | run;
	s.reason = reason;
	s.level = level;
	snprintf(s.name, sizeof(s.name), "%s%s", level == 2 ? "L2:" : "",
		 t->column[2]);
	snprintf(s.what, sizeof(s.what), "%s", t->column[5]);
	return add_span(t, &vm->spans[SP_USER], &s, k, vcpu, 6, 11);
}

static int parse_ept_stages(const struct text *t, unsigned int column,
			    struct span *s)
{
	__u64 sum;

	if (stages_parse(t, column, s->stages, &sum) ||
	    text_number(t, "ept", t->column[column + NR_ST], ~0ULL, &s->ept))
		return -EBADMSG;
	if (s->ept > s->stages[ST_HANDLE])
		return text_bad(t, "ept is %llu, but handle %llu", s->ept,
				s->stages[ST_HANDLE]);
	return 0;
}

/* Those of a class are its KVM cost. */
static int check_ept_cost(const struct text *t, const struct span *s)
{
	__u64 cycles;

	if (text_number(t, "cycles", t->column[5], ~0ULL, &cycles))
		return -EBADMSG;
	if (cycles == stages_cost(s->stages))
		return 0;
	return text_bad(t, "cycles is %llu, but irq to enter add up to %llu",
			cycles, stages_cost(s->stages));
}

/* vcpu access present level timed ... buckets guest irq ... ept */
int spans_ept_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	enum { UNSEEN = 4 };
	static const char * const accesses[] = {
		"write", "fetch", "read", "none", [UNSEEN] = "unseen",
	};
	static const char * const presents[] = { "0", "1", "-" };
	struct span s = { 0 };
	__u64 access, present, level;

	if (parse_word(t, "access", 1, accesses, NR(accesses), &access) ||
	    parse_word(t, "present", 2, presents, NR(presents), &present) ||
	    parse_level(t, 3, &level) || parse_ept_stages(t, 9, &s))
		return -EBADMSG;
	if (access == UNSEEN ? present != 2 : present == 2)
		return text_bad(t, "present: '%.40s', but access %s",
				t->column[2], accesses[access]);
	s.row = access << 8 | present << 4 | level;
	s.level = level;
	snprintf(s.name, sizeof(s.name), "%s", level == 2 ? "L2:" : "");
	if (access == UNSEEN)
		strcpy(s.what, accesses[access]);
	else
		snprintf(s.what, sizeof(s.what), "%s,%s", accesses[access],
			 present ? "present" : "absent");
	if (add_span(t, &vm->spans[SP_EPT], &s, k, vcpu, 4, 8))
		return -EBADMSG;
	return check_ept_cost(t, &s);
}

/* vcpu stage timed ... */
int spans_halt_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	static const char * const stages[] = { "poll", "block" };
	struct span s = { 0 };

	if (parse_word(t, "stage", 1, stages, NR(stages), &s.row))
		return -EBADMSG;
	strcpy(s.what, stages[s.row]);
	return add_span(t, &vm->spans[SP_HALT], &s, k, vcpu, 2, 6);
}

/* vcpu cmd name result timed ... */
int spans_ioctl_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	static const char * const results[] = {
		"ok", "EINTR", "EAGAIN", "error",
	};
	struct span s = { 0 };
	__u64 cmd, result;

	if (text_hex(t, "cmd", t->column[1], UINT_MAX, &cmd) ||
	    parse_word(t, "result", 3, results, NR(results), &result))
		return -EBADMSG;
	s.row = cmd << 8 | result;
	strcpy(s.name, results[result]);
	snprintf(s.what, sizeof(s.what), "%s", t->column[2]);
	return add_span(t, &vm->spans[SP_IOCTL], &s, k, vcpu, 4, 8);
}
