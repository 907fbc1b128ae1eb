/* SPDX-License-Identifier: GPL-2.0 */
/*
 * module/hot/log.h against a plain reckoning of its own, which adds up each step of time
 * as it is made, and knows of no log: for any sequence of edges that bytes can tell.
 */
#ifndef KVMHOT_LOG_CHECK_H
#define KVMHOT_LOG_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hot/log.h"

#define UNKNOWN	(KVMHOT_LOG_STAGES - 1)
/* Bits of two stages each, as of user and poll, and what they are switched out to. */
#define IN	0x0a0U
#define OUT	0x140U

/* What has to come of it. */
struct plain {
	__u64 tsc, cycles[KVMHOT_LOG_STAGES], offset, in, out;
	unsigned int stage, touched, back;
	__u64 moved;
};

struct logged {
	struct kvmhot_log log;
	struct kvmhot_fold fold;
	struct kvmhot_stay stay;
};

/* Of all magnitudes below 2^58 alike. */
static __u64 some_cycles(unsigned int byte, __u64 salt)
{
	return (salt * 0x9e3779b97f4a7c15ULL | 1) >> 6 >> byte % 58;
}

static void plain_edge(struct plain *p, unsigned int stage, __s64 step)
{
	p->touched |= 1U << p->stage;
	p->moved += step;
	p->tsc += step;
	if (step < 0) {
		p->back++;
		p->offset -= step;
	} else {
		p->cycles[p->stage] += step;
		p->in += IN >> p->stage & 1 ? step : 0;
		p->out += OUT >> p->stage & 1 ? step : 0;
	}
	p->stage = stage;
}

/* As the module's log_edge() does. */
static void logged_edge(struct logged *l, __u64 tsc, unsigned int stage)
{
	if (l->log.nr >= KVMHOT_LOG_EDGES) {
		kvmhot_log_stay(&l->log, l->log.nr - 1, &l->stay, IN, OUT);
		kvmhot_fold_log(&l->fold, &l->log);
	}
	l->log.edge[l->log.nr++] = kvmhot_edge(tsc, stage);
}

/* Is all that has ended what it has to be?  On a copy, as readers do it. */
static const char *compare(const struct plain *p, const struct logged *l)
{
	struct kvmhot_fold fold = l->fold;
	struct kvmhot_log log = l->log;
	__u64 sum = 0;
	unsigned int i;

	kvmhot_fold_log(&fold, &log);
	if (log.nr != 1 || kvmhot_edge_stage(log.edge[0]) != p->stage ||
	    kvmhot_edge_tsc(log.edge[0], p->tsc + 12345) != p->tsc ||
	    kvmhot_edge_tsc(log.edge[0], p->tsc - 12345) != p->tsc)
		return "the last edge";
	if (memcmp(fold.cycles, p->cycles, sizeof(p->cycles)))
		return "the stages";
	if (fold.touched != p->touched)
		return "which stages ended";
	if (fold.back != p->back || fold.offset != p->offset)
		return "when the TSC went back";
	for (i = 0; i < KVMHOT_LOG_STAGES; i++)
		sum += fold.cycles[i];
	return sum - fold.offset == p->moved ? NULL : "the sum";
}

/* Return: NULL, or what is wrong.  @n is at least 3 for each edge. */
static const char *check_log(const __u8 *data, size_t n)
{
	struct plain p = { .tsc = n > 1 ? some_cycles(data[0], data[1]) << 6 : 0 };
	struct logged l = { .log.nr = 1 };
	__s64 step;

	l.log.edge[0] = kvmhot_edge(p.tsc, p.stage);
	for (; n >= 3; data += 3, n -= 3) {
		step = data[0] & 0x40 ? data[2] % 4 : some_cycles(data[1], data[2]);
		switch (data[0] >> 4) {
		case 0:
			kvmhot_log_stay(&l.log, l.log.nr - 1, &l.stay, IN, OUT);
			kvmhot_fold_log(&l.fold, &l.log);
			continue;
		case 1:
			/* The stage was not what it seemed. */
			kvmhot_log_is(&l.log, UNKNOWN);
			p.stage = UNKNOWN;
			continue;
		case 2:
			l.stay = (struct kvmhot_stay){ .from = l.log.nr - 1 };
			p.in = 0;
			p.out = 0;
			continue;
		case 3:
			kvmhot_log_stay(&l.log, l.log.nr - 1, &l.stay, IN, OUT);
			if (l.stay.in != p.in || l.stay.out != p.out)
				return "a stay";
			l.stay = (struct kvmhot_stay){ .from = l.log.nr - 1 };
			p.in = 0;
			p.out = 0;
			continue;
		case 4:
			step = -some_cycles(data[1], data[2]);
			break;
		}
		plain_edge(&p, data[0] % KVMHOT_LOG_STAGES, step);
		logged_edge(&l, p.tsc, p.stage);
	}
	return compare(&p, &l);
}

#endif /* KVMHOT_LOG_CHECK_H */
