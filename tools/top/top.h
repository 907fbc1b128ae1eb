/* SPDX-License-Identifier: GPL-2.0 */
/* What top shows, and where the user is in it: for top*.c only. */
#ifndef KVMHOT_TOP_H
#define KVMHOT_TOP_H

#include <time.h>

#include "base/fmt.h"
#include "model/coverage.h"
#include "model/options.h"
#include "model/rows.h"
#include "model/whole.h"
#include "read/snapshot.h"
#include "show/table.h"
#include "term/term.h"

/* From one row to those that it is the sum of: further down in this list. */
enum top_view {
	VIEW_REASONS,	/* VM x reason */
	VIEW_VMS,
	VIEW_VCPUS,	/* of one VM */
	VIEW_VCPU,	/* its reasons */
	NR_VIEWS
};

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

/* top.c */
int cmd_top(const struct options *o);

/* top_read.c */
struct top_reading *top_reading(struct top *t);
/* The same, to be looked at only; of what is shown: is it there? */
const struct top_reading *top_shown(const struct top *t);
bool top_is_known(const struct top *t);
/* All VMs, or the vCPUs of the one that is looked at: 0, or -1, see error */
int top_read(struct top *t);
/* The next reading at once, and the one behind it soon. */
void top_hurry(struct top *t);
void top_forget(struct top_reading *r);
/* Did it end so long ago that nobody wants it any more? */
bool top_is_hidden(const struct top *t, const struct vm *vm);
void top_free(struct top *t);

/* top_notes.c */
__printf(2, 3)
void top_say(struct top *t, const char *format, ...);
__printf(2, 3)
void top_note(struct top *t, const char *format, ...);
/* What happened between the readings THEN and NOW */
void top_note_changes(struct top *t, const struct snapshot *now,
		      const struct snapshot *then, const struct snapshot *d);
/* Drops those that are old: is there still one that will be? */
bool top_notes_expire(struct top *t);

/* top_rows.c */
/* Again, of what there is by now; the bar stays on what it was on. */
void top_rows(struct top *t);
const struct row *top_row(const struct top *t);
struct top_id top_id(const struct row *row);
void top_move(struct top *t, long rows);
void top_scroll(struct top *t);

/* top_views.c */
void top_down(struct top *t);
void top_up(struct top *t);
void top_toggle_vms(struct top *t);
void top_open_hist(struct top *t);

/* top_keys.c */
void top_key(struct top *t, int key);
/* top_ask.c */
void top_ask(struct top *t, enum top_question what);
void top_answer(struct top *t, int key);

/* top_draw.c */
void top_draw(struct top *t);
/* top_head.c */
void top_draw_head(const struct top *t);
int top_foot_height(const struct top *t);
void top_draw_foot(const struct top *t);
/* top_hist.c */
void top_draw_hist(const struct top *t);
/* top_help.c */
void top_draw_help(struct top *t);

#endif /* KVMHOT_TOP_H */
