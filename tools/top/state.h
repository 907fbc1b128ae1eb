/* SPDX-License-Identifier: GPL-2.0 */
/* Holds what top shows, and where the user is in it. */
#ifndef KVMHOT_TOP_STATE_H
#define KVMHOT_TOP_STATE_H

#include <stdbool.h>
#include <time.h>

#include "model/coverage.h"
#include "model/options.h"
#include "model/rows.h"
#include "model/whole.h"
#include "read/snapshot.h"
#include "show/table.h"
#include "term/prompt.h"

/* From one row to those that it is the sum of: further down in this list. */
enum top_view {
	VIEW_REASONS,	/* VM x reason */
	VIEW_VMS,
	VIEW_VCPUS,	/* of one VM */
	VIEW_VCPU,	/* its reasons */
	NR_VIEWS
};

/* What the rows of a view are */
struct top_kind {
	bool of_one;		/* of the vCPUs of one VM, not of all VMs */
	bool of_vcpu;		/* of one of these vCPUs only */
	bool sums;		/* a row is the sum of all reasons */
	bool one_name;		/* all rows have the same: no filter by text */
};

extern const struct top_kind top_kinds[NR_VIEWS];

enum top_screen { SCREEN_TABLE, SCREEN_HIST, SCREEN_HELP };

/* What a row is of, in any reading */
struct top_id {
	char vm[32];
	int vcpu;
	bool all;		/* reasons */
	unsigned int number, level;
};

/* The row that the bar is on, and the first one that is to be seen */
struct top_place {
	struct top_id id;
	size_t at, first;
};

/* What the head and the foot say, of an interval or of the totals. */
struct top_head {
	struct whole whole;
	struct coverage_sum coverage;
	__u64 missed, dropped, lost;
};

enum { OF_INTERVAL, OF_TOTALS };

/* The last reading, and what came since the one before. */
struct top_reading {
	char vm[32];		/* of each of its vCPUs; "": of all VMs */
	bool have_now, have_d;
	struct snapshot now, d;
	struct top_head head[2];
	time_t clock;
};

/* A VM that was seen to have ended, and when */
struct top_ended {
	char vm[32];
	double at;
};

#define TOP_NOTES	3

/* What happened, for some time in the foot */
struct top_note {
	char text[224];
	double at;
};

enum top_question {
	ASK_NOTHING, ASK_SORT, ASK_FILTER, ASK_DELAY, ASK_RESET_VM,
	ASK_RESET_ALL
};

struct top {
	struct options o;
	bool totals, paused, show_ended;

	/* Readings: of all, and of the VM whose vCPUs are looked at */
	struct top_reading all, one;
	double due;		/* the next one; monotonic, as all of these */
	bool hurry;		/* the one behind that soon, too */
	long nr_left;		/* intervals, if o.count */
	char error[512];	/* why the last one failed; "": it did not */
	double failed_at;	/* since when */
	bool was_gone;		/* the module, not only a file */
	double cost, cost_at, cost_cpu;	/* this program's, in percent of a CPU */
	size_t nr_ended;
	struct top_ended *ended;

	/* Rows; those of RAW point into it, and it shares all with a reading */
	struct snapshot raw;
	struct rows rows;
	struct layout layout;

	/* Where the user is */
	enum top_view view, outer;
	enum top_screen screen;
	struct top_place place[NR_VIEWS];
	char vm[32], vm_name[128];	/* of VIEW_VCPUS and VIEW_VCPU */
	int vcpu;
	struct top_id hist;
	int help_first;
	int page;		/* rows of the table that there is room for */

	char text[64];		/* of the filter */
	struct prompt prompt;
	enum top_question asking;
	struct top_id reset;
	char reset_name[128];
	char message[512];
	double message_at;
	size_t nr_notes;
	struct top_note notes[TOP_NOTES];	/* the last one first */
};

/* That of the view that is shown */
static inline const struct top_kind *top_kind(const struct top *t)
{
	return &top_kinds[t->view];
}

#endif /* KVMHOT_TOP_STATE_H */
