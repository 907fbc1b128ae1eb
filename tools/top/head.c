// SPDX-License-Identifier: GPL-2.0
/* Draws the lines above and below the rows of top. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "model/filter.h"
#include "model/options.h"
#include "model/own.h"
#include "model/whole.h"
#include "read/snapshot.h"
#include "read/store.h"
#include "term/prompt.h"
#include "term/screen.h"
#include "term/term.h"
#include "top/head.h"
#include "top/read.h"

/* With fewer rows than that the screen is for the table. */
#define LOW_SCREEN	14

/* Of what is shown; NULL: it is not known yet */
static const struct top_head *head(const struct top *t)
{
	if (!top_is_known(t))
		return NULL;
	return &top_shown(t)->head[t->totals ? OF_TOTALS : OF_INTERVAL];
}

static void draw_first(const struct top *t)
{
	const struct top_reading *r = top_shown(t);
	char clock[16] = "--:--:--", host[65] = "";
	struct tm tm;

	/* When the figures are of, not what time it is. */
	if (r->have_now) {
		localtime_r(&r->clock, &tm);
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	}
	term_print(TERM_BOLD, "kvmhot top");
	term_print(0, "  %s  every %gs", clock, t->o.delay);
	if (*t->error)
		term_print(TERM_BOLD | TERM_RED, "  STALE for %.0fs",
			   clock_now() - t->failed_at);
	if (t->paused)
		term_print(TERM_BOLD | TERM_YELLOW, "  PAUSED");
	gethostname(host, sizeof(host) - 1);
	term_print(0, "  %s", host);
	if (store_is_copy(t->o.root))
		term_print(TERM_DIM, "  %s", t->o.root);
	term_line();
}

static void draw_sums(const struct top *t, const struct whole *w)
{
	if (!top_kind(t)->of_one)
		term_print(0, "%zu VM%s  ", w->vms, PLURAL(w->vms));
	else
		term_print(0, "%zu vCPU%s  ", w->vms, PLURAL(w->vms));
	term_print(TERM_BOLD, "%s", fmt_real(w->exits).text);
	term_print(0, " exits/s  CPUs: guest %.2f  KVM ", w->guest);
	term_print(TERM_BOLD, "%.2f", w->kvm);
	term_print(0, "  VMM ");
	term_print(TERM_BOLD, "%.2f", w->vmm);
	term_line();
}

/* Zeros are to be seen as well; what there was before only if there was. */
static void draw_count(const char *name, unsigned long long n,
		       unsigned long long all)
{
	term_print(0, "  %s ", name);
	term_print(n ? TERM_BOLD | TERM_YELLOW : 0, "%llu", n);
	if (all > n)
		term_print(0, " (%llu since load)", all);
}

static void draw_trust(const struct top *t, const struct top_head *h)
{
	const struct snapshot *now = &top_shown(t)->now;

	if (!now->n[S_ENABLED] || !now->n[S_ARMED]) {
		term_print(TERM_BOLD | TERM_RED, "NOT %s: nothing is counted, see kvmhot check",
			   now->n[S_ENABLED] ? "ARMED" : "ENABLED");
		term_line();
		return;
	}
	if (snapshot_kprobes_off(now)) {
		term_print(TERM_BOLD | TERM_RED,
			   "KPROBES OFF: times are wrong, see kvmhot check");
		term_line();
		return;
	}
	term_print(0, "%s %s", t->totals ? "totals of" : "interval",
		   h->whole.vms ? fmt_seconds(h->whole.seconds).text : "-");
	term_print(0, h->coverage.kvm_exits ? "  coverage %s%%" :
					      "  coverage %s",
		   fmt_coverage(h->coverage.exits, h->coverage.kvm_exits).text);
	draw_count("missed", h->missed, whole_missed(now));
	draw_count("dropped", h->dropped, now->n[S_DROPPED]);
	draw_count("lost", h->lost, 0);
	term_line();
}

/* The probes, for what the head has of exits; and this program. */
static void draw_own(const struct top *t, const struct whole *w)
{
	const struct snapshot *now = &top_shown(t)->now;

	term_print(0, "kvmhot itself: probes ");
	if (own_is_known(now))
		term_print(0, "%s cycles/exit, %.2f%% of a CPU",
			   fmt_count(now->n[S_OWN_EXIT]).text,
			   own_percent(now, w->exits, w->runs));
	else
		term_print(0, "- (not calibrated)");
	term_print(0, "  top %.1f%% of a CPU", t->cost);
	term_line();
}

/* Where the user is */
static void draw_crumbs(const struct top *t)
{
	const char *arrow = term_is_utf8() ? "\u2192" : ">";

	term_print(0, "all VMs");
	if (top_kind(t)->of_one)
		term_print(0, " %s %s (%s)", arrow, t->vm_name, t->vm);
	if (top_kind(t)->of_vcpu)
		term_print(0, " %s vCPU %d", arrow, t->vcpu);
	if (t->screen == SCREEN_HIST)
		term_print(0, " %s histogram", arrow);
}

static void draw_choice(const struct top *t)
{
	const struct filter *f = &t->o.filter;
	static const char * const units[NR_UNITS] = { "cycles", "us", "CPUs" };

	draw_crumbs(t);
	term_print(0, "  by ");
	term_print(TERM_BOLD, "%s", filter_sorts[f->sort]);
	term_print(0, "  in %s", units[t->o.unit]);
	if (*t->text) {
		term_print(0, "  filter ");
		term_print(TERM_BOLD, "%s", t->text);
	}
	if (f->vms)
		term_print(0, "  -p %s", f->vms);
	if (f->guests)
		term_print(0, "  -g %s", f->guests);
	if (f->reasons)
		term_print(0, "  -r %s", f->reasons);
	if (f->vcpu != ALL_VCPUS)
		term_print(0, "  --vcpu %d", f->vcpu);
	term_line();
}

void top_draw_head(const struct top *t)
{
	const struct top_head *h = head(t);

	draw_first(t);
	if (term_rows() >= LOW_SCREEN) {
		if (h) {
			draw_sums(t, &h->whole);
			draw_trust(t, h);
			draw_own(t, &h->whole);
		} else {
			term_line();
			term_line();
			term_line();
		}
	}
	draw_choice(t);
}

static size_t notes_shown(const struct top *t)
{
	size_t most = term_rows() >= LOW_SCREEN ? TOP_NOTES : 1;

	return t->nr_notes < most ? t->nr_notes : most;
}

int top_foot_height(const struct top *t)
{
	return notes_shown(t) + (term_rows() >= LOW_SCREEN ? 2 : 1);
}

/* What is in no row: vCPUs that did not run, and which rows these are. */
static void draw_rest(const struct top *t, const struct top_head *h)
{
	size_t first = t->place[t->view].first, last = first + t->page;

	if (last > t->rows.nr)
		last = t->rows.nr;
	if (h) {
		term_print(0, "idle: halt %.2f  wait %.2f  away %.2f",
			   h->whole.halt, h->whole.wait, h->whole.away);
		if (h->whole.unknown >= 0.005)
			term_print(0, "  unknown %.2f", h->whole.unknown);
		term_print(0, h->whole.ended ? " CPUs  fast path %s%%" :
					       " CPUs  fast path %s",
			   fmt_percent(h->whole.fast, h->whole.ended).text);
	}
	if (t->screen == SCREEN_TABLE && t->rows.nr)
		term_print(0, "  rows %zu-%zu of %zu", first + 1, last,
			   t->rows.nr);
	if (t->rows.nr_left_out)
		term_print(0, " (%zu left out)", t->rows.nr_left_out);
	term_line();
}

static void draw_hints(void)
{
	static const struct {
		const char *key, *what;
	} hints[] = {
		{ "h", "help" }, { "q", "quit" }, { "Enter", "into" },
		{ "v", "VMs" }, { "H", "histogram" }, { "<>", "sort" },
		{ "/", "filter" }, { "t", "totals" },
	};
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		term_print(TERM_BOLD, "%s%s", i ? "  " : "", hints[i].key);
		term_print(0, " %s", hints[i].what);
	}
}

static void draw_error(const struct top *t)
{
	const char *what = "not read";

	if (t->was_gone && !store_is_copy(t->o.root))
		what = "kvmhot is not loaded (waiting)";
	term_print(TERM_BOLD | TERM_RED, "%s: %s", what, t->error);
}

static void draw_status(const struct top *t)
{
	if (t->asking == ASK_RESET_ALL)
		term_print(TERM_BOLD | TERM_YELLOW, "Reset all VMs? y/n");
	else if (t->asking == ASK_RESET_VM)
		term_print(TERM_BOLD | TERM_YELLOW, "Reset %s (%s)? y/n",
			   t->reset_name, t->reset.vm);
	else if (t->asking)
		prompt_draw(&t->prompt);
	else if (*t->message)
		term_print(TERM_BOLD, "%s", t->message);
	else if (*t->error)
		draw_error(t);
	else
		draw_hints();
}

void top_draw_foot(const struct top *t)
{
	size_t i = notes_shown(t);

	/* The last one next to where one looks */
	while (i-- > 0) {
		term_print(TERM_YELLOW, "%s", t->notes[i].text);
		term_line();
	}
	if (term_rows() >= LOW_SCREEN)
		draw_rest(t, head(t));
	draw_status(t);
}
