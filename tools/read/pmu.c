// SPDX-License-Identifier: GPL-2.0
/* Parses the rows of 'pmu': a vCPU's own, then those of its exit reasons. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "read/exits.h"
#include "read/pmu.h"
#include "read/stages.h"

/* More than any list has: what has more is no list. */
#define MAX_COUNTERS	64

/* Behind the rows of a kind comes the counter: see struct key. */
#define ROW(kind, counter)	((kind) << 8 | (counter))
#define KIND(row)		((row) >> 8)
/* Of a vCPU's own rows; no reason has this. */
#define OWN_ROWS		0x100000000ULL

/* Those from 'refused' on are of an event that failed. */
static const char * const states[] = {
	"counting", "waiting", "off", "ended",
	"refused", "error", "stopped", "inactive",
};

enum { COUNTING = 0, REFUSED = 4, NR_STATES = 8 };

struct row {
	bool own, failed;
	__u64 kind, number, level;
	__u64 state, error;
	size_t counter;		/* its place */
	struct counts counts;
};

/* One more for all that are there, or none. */
static int grow(const struct text *t, struct counts **counts, size_t from,
		size_t to)
{
	struct counts *c;

	if (from >= to)
		return 0;
	c = realloc(*counts, to * sizeof(*c));
	if (!c)
		return text_bad(t, "out of memory");
	memset(c + from, 0, (to - from) * sizeof(*c));
	*counts = c;
	return 0;
}

static int add_counter(const struct text *t, struct vm *vm, const char *name)
{
	struct counter *c;

	if (vm->nr_counters == MAX_COUNTERS)
		return text_bad(t, "more than %d events", MAX_COUNTERS - 1);
	if (!*name || strlen(name) >= sizeof(c->name))
		return text_bad(t, "'%.40s' is not an event's name", name);
	c = realloc(vm->counters, (vm->nr_counters + 1) * sizeof(*c));
	if (!c)
		return text_bad(t, "out of memory");
	vm->counters = c;
	if (grow(t, &vm->counts, vm->nr_counters, vm->nr_counters + 1))
		return -EBADMSG;
	c = memset(&c[vm->nr_counters++], 0, sizeof(*c));
	strcpy(c->name, name);
	c->failed_vcpu = -1;
	return 0;
}

static int find_counter(const struct text *t, struct vm *vm, size_t *place)
{
	char *name = t->column[4];
	size_t i;

	tell_clean(name);
	if (!vm->nr_counters && add_counter(t, vm, "tsc"))
		return -EBADMSG;
	for (i = 0; i < vm->nr_counters; i++)
		if (!strcmp(vm->counters[i].name, name))
			break;
	*place = i;
	return i < vm->nr_counters ? 0 : add_counter(t, vm, name);
}

/* reason name level: those of an exit, or of the vCPU itself */
static int parse_kind(const struct text *t, struct row *row)
{
	row->own = !strcmp(t->column[1], "-");
	row->kind = OWN_ROWS;
	if (row->own) {
		if (strcmp(t->column[2], "all") || strcmp(t->column[3], "-"))
			return text_bad(t, "a vCPU's own row has name all and level -");
		return 0;
	}
	if (text_number(t, "reason", t->column[1], MOST_REASON, &row->number) ||
	    parse_level(t, 3, &row->level))
		return -EBADMSG;
	row->kind = row->number << 2 | row->level;
	return 0;
}

/* An event that failed has no counts, and no other has none. */
static int parse_failed(const struct text *t)
{
	unsigned int i;

	for (i = 7; i < 8 + NR_ST; i++)
		if (strcmp(t->column[i], "-"))
			return text_bad(t, "%s: %s is '%.40s', not -",
					t->column[5],
					i == 7 ? "exits" : stages_names[i - 8],
					t->column[i]);
	return 0;
}

static int parse_stage_counts(const struct text *t, struct row *row)
{
	__u64 sum;

	if (text_number(t, "exits", t->column[7], ~0ULL, &row->counts.exits) ||
	    stages_parse(t, 8, row->counts.stages, &sum))
		return -EBADMSG;
	if (row->own)
		return 0;
	/* The others of its reason are read later: a reset may be between. */
	if (!row->counter && !row->counts.exits)
		return text_bad(t, "exits is 0");
	if (row->counts.stages[ST_UNKNOWN])
		return text_bad(t, "unknown is not 0");
	return 0;
}

static int parse_row(const struct text *t, struct vm *vm, struct row *row)
{
	memset(row, 0, sizeof(*row));
	if (parse_kind(t, row) || find_counter(t, vm, &row->counter) ||
	    parse_word(t, "state", 5, states, NR_STATES, &row->state) ||
	    parse_error(t, 6, &row->error))
		return -EBADMSG;
	row->failed = row->state >= REFUSED;
	if (!row->counter && row->state != COUNTING)
		return text_bad(t, "tsc: state is %s", t->column[5]);
	return row->failed ? parse_failed(t) : parse_stage_counts(t, row);
}

/* First the vCPU's own, and of each kind the TSC's. */
static int check_order(const struct text *t, const struct keys *k,
		       const struct row *row)
{
	const struct key *key = &k->key[k->nr - 1], *before = NULL;

	if (k->nr > 1 && key[-1].vcpu == key->vcpu)
		before = key - 1;
	if (!row->own && !before)
		return text_bad(t, "no row of vCPU %llu itself before this one",
				key->vcpu);
	if (row->counter && (!before || KIND(before->row) != row->kind))
		return text_bad(t, "no row of tsc before this one");
	return 0;
}

static int merge(const struct text *t, struct counts *to,
		 const struct counts *from)
{
	__u64 sum = 0;
	int i;

	if (parse_add(t, "exits", &to->exits, from->exits))
		return -EBADMSG;
	/* The sum of the sums, too, must be a number. */
	for (i = 0; i < NR_ST; i++)
		if (parse_add(t, stages_names[i], &to->stages[i],
			      from->stages[i]) ||
		    parse_add(t, "stages", &sum, to->stages[i]))
			return -EBADMSG;
	return 0;
}

/* How many vCPUs it has counted on, and on how many it failed */
static void note_state(struct counter *c, const struct row *row, __u64 vcpu)
{
	if (row->own) {
		c->vcpus++;
		c->counting += row->state == COUNTING;
	}
	if (!row->failed || c->failed_vcpu == (int)vcpu)
		return;
	if (!c->failed++) {
		strcpy(c->state, states[row->state]);
		c->error = row->error;
	}
	c->failed_vcpu = vcpu;
}

int pmu_row(struct text *t, struct vm *vm, int vcpu, struct keys *k)
{
	struct reason *r;
	struct row row;
	int wanted;

	if (parse_row(t, vm, &row))
		return -EBADMSG;
	wanted = parse_key(t, k, vcpu, ROW(row.kind, row.counter));
	if (wanted < 0 || check_order(t, k, &row))
		return -EBADMSG;
	if (!wanted)
		return 0;
	note_state(&vm->counters[row.counter], &row, k->key[k->nr - 1].vcpu);
	if (row.failed)
		return 0;
	if (row.own)
		return merge(t, &vm->counts[row.counter], &row.counts);
	r = exits_find_reason(t, vm, row.number, row.level);
	if (!r || grow(t, &r->counts, r->nr_counts, vm->nr_counters))
		return -EBADMSG;
	r->nr_counts = vm->nr_counters;
	return merge(t, &r->counts[row.counter], &row.counts);
}
