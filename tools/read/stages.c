// SPDX-License-Identifier: GPL-2.0
/* Parses the rows of 'stages', and adds stages up. */
#include <errno.h>
#include <string.h>

#include "read/exits.h"
#include "read/stages.h"

/* Of a vCPU's own row; no reason has this number. */
#define OWN_ROW		~0ULL

const char * const stages_names[NR_ST] = {
	"guest", "irq", "handle", "reenter", "enter", "poll", "block", "user",
	"away", "ioctl", "preempted", "slept", "unknown",
};

/* Of a vCPU's own row: its whole time. */
__u64 stages_sum(const __u64 *stages)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < NR_ST; i++)
		sum += stages[i];
	return sum;
}

/* KVM cost */
__u64 stages_cost(const __u64 *stages)
{
	return stages[ST_IRQ] + stages[ST_HANDLE] + stages[ST_REENTER] +
	       stages[ST_ENTER];
}

int stages_parse(const struct text *t, unsigned int column, __u64 *stages,
		 __u64 *sum)
{
	int i;

	*sum = 0;
	for (i = 0; i < NR_ST; i++)
		if (text_number(t, stages_names[i], t->column[column + i],
				~0ULL, &stages[i]) ||
		    parse_add(t, "stages", sum, stages[i]))
			return -EBADMSG;
	return 0;
}

int stages_add(const struct text *t, __u64 *to, const __u64 *stages)
{
	int i;

	for (i = 0; i < NR_ST; i++)
		if (parse_add(t, stages_names[i], &to[i], stages[i]))
			return -EBADMSG;
	return 0;
}

static bool is_own(const struct text *t)
{
	return !strcmp(t->column[1], "-");
}

struct row {
	__u64 exits, stages[NR_ST], ept, since, now;
	__u64 sum;		/* of the stages */
};

static int parse_row(const struct text *t, struct row *row)
{
	char * const *word = t->column + 5 + NR_ST;

	memset(row, 0, sizeof(*row));
	if (text_number(t, "exits", t->column[4], ~0ULL, &row->exits) ||
	    stages_parse(t, 5, row->stages, &row->sum) ||
	    text_number(t, "ept", *word++, ~0ULL, &row->ept) ||
	    text_number(t, "since", *word++, ~0ULL, &row->since) ||
	    text_number(t, "now", *word++, ~0ULL, &row->now))
		return -EBADMSG;
	if (row->now < row->since)
		return text_bad(t, "now is before since");
	return 0;
}

/* At any time a vCPU is in one stage, and in one only. */
static int parse_own(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct row row;
	__u64 sum = 0;
	int i, wanted;

	wanted = parse_key(t, k, vcpu, OWN_ROW);
	if (wanted < 0)
		return wanted;
	if (strcmp(t->column[2], "all") || strcmp(t->column[3], "-"))
		return text_bad(t, "a vCPU's own row has name all and level -");
	if (parse_row(t, &row))
		return -EBADMSG;
	if (row.sum != row.now - row.since)
		return text_bad(t, "the stages add up to %llu, but now - since to %llu",
				row.sum, row.now - row.since);
	if (!wanted)
		return 0;
	/* Their sum, too, must be a number. */
	for (i = 0; i < NR_ST; i++)
		if (parse_add(t, "stages", &sum, vm->stages[i]))
			return -EBADMSG;
	if (parse_add(t, "stages", &sum, row.sum))
		return -EBADMSG;
	return stages_add(t, vm->stages, row.stages);
}

int stages_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	struct row row;

	if (is_own(t))
		return parse_own(t, vm, vcpu, k);
	if (exits_reason(t, vm, vcpu, k, 3, &r) || parse_row(t, &row))
		return -EBADMSG;
	if (k->nr < 2 || k->key[k->nr - 2].vcpu != k->key[k->nr - 1].vcpu)
		return text_bad(t, "no row of vCPU %llu itself before this one",
				k->key[k->nr - 1].vcpu);
	if (!row.exits)
		return text_bad(t, "exits is 0");
	if (row.stages[ST_UNKNOWN])
		return text_bad(t, "unknown is not 0");
	/* A vCPU's own may have a call that began before a reset. */
	if (row.ept > row.stages[ST_HANDLE])
		return text_bad(t, "ept is %llu, but handle %llu", row.ept,
				row.stages[ST_HANDLE]);
	if (!r)
		return 0;
	if (parse_add(t, "ept", &r->ept, row.ept))
		return -EBADMSG;
	return stages_add(t, r->stages, row.stages);
}
