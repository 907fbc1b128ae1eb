// SPDX-License-Identifier: GPL-2.0
/* Has the table of verbs. */
#include <string.h>

#include "cmds.h"
#include "top/top.h"
#include "verbs/verbs.h"

/* In the order of --help; letters as in options.c.  The first is the default. */
const struct command cmds_table[] = {
	{ "top", "pgcrkTMUdn1bPyR", 0, top_run, "",
	  "live, on a terminal: VMs and exit reasons",
	  "Live, on a terminal: VMs and their exit reasons by the cost of the last\n"
	  "interval (-d, 2 s).  h shows the keys.  With -b, or -1, or if the output is\n"
	  "no terminal, blocks of text as of stat." },
	{ "stat", "pgcrkTMUPoNR", 2, stat_run, "[INTERVAL [COUNT]]",
	  "the same as text, by interval",
	  "What happened within each INTERVAL seconds (fractions allowed), one block\n"
	  "of lines each, the same columns each time.  Without INTERVAL once, after a\n"
	  "second; without COUNT until stopped: SIGINT and SIGTERM print what there is\n"
	  "of the block, SIGHUP opens FILE of -o, to which it appends, anew.\n"
	  "With -p or -g it stops, with status 1, when these VMs have ended." },
	{ "report", "pgcraPR", 0, report_run, "",
	  "totals by VM and reason",
	  "Totals since load or reset: VMs and their exit reasons by cost.\n"
	  "Reasons below 0.1 % of a VM's cost and of its exits only with --all.\n"
	  "With --pmu, instead of times, what events counted: by stage, and by\n"
	  "reason and stage." },
	{ "tree", "pgcaR", 0, tree_run, "",
	  "where the time went, as a tree",
	  "Where the time of the vCPUs' threads went, like a call graph, but\n"
	  "counted: each cycle is in one place, and a line's TOTAL is its SELF\n"
	  "and the TOTALs of the lines below it.\n"
	  "Lines below 1 % of the one that they are under only with --all." },
	{ "costs", "pgR", 0, costs_run, "",
	  "for each measure the greatest cost",
	  "Of each measure the greatest cost, and its share of the whole." },
	{ "hist", "pgrcR", 0, hist_run, "",
	  "histograms: KVM, felt, VMM",
	  "Histogram of the KVM cycles per exit of one reason of one VM;\n"
	  "by default of the costliest; then of its user part, by what KVM asked\n"
	  "of the VMM." },
	{ "vms", "pgR", 0, vms_run, "",
	  "a line for each VM",
	  "One line for each VM: exits, and where its vCPUs' time went." },
	{ "snap", "R", 1, snap_run, "FILE",
	  "all there is, into one file",
	  "Saves all there is into FILE (-: standard output), for --root of the other\n"
	  "verbs and for diff.  It's text.  FILE appears whole, or not at all." },
	{ "diff", "pgrkTMUR", 2, diff_run, "BEFORE [AFTER]",
	  "before and after",
	  "Compares, by VM and exit reason, the time up to BEFORE with that from\n"
	  "BEFORE to AFTER: rates and costs.  Both are saved copies; AFTER is by\n"
	  "default what there is now.  After a reset in between, or of a new VM, it's\n"
	  "the time since then, and diff says so." },
	{ "export", "pgcrTfoR", 0, export_run, "",
	  "JSON, CSV, OpenMetrics, folded",
	  "For other programs: --json (schema: kvmhot.schema.json), --csv,\n"
	  "--openmetrics (for Prometheus), or --folded: the tree, a line\n"
	  "'FRAME;FRAME;FRAME SELF' for each place with cycles of its own, as flame\n"
	  "graphs are made of." },
	{ "reset", "R", 1, reset_run, "[all | VM]",
	  "start afresh",
	  "Counting starts afresh, of all VMs (default) or of one." },
	{ "check", "PC", 1, check_run, "[EVENT]",
	  "what stands in the way; kvmhot's own cost",
	  "What stands in kvmhot's way on this host, and what to do about it; and\n"
	  "what kvmhot itself costs, by a tiny VM of its own.  While VMs run that is\n"
	  "measured with --cost only: counting of all VMs stops for some tenths of a\n"
	  "second, and their exits meanwhile are not counted.  Exit status 1: nothing\n"
	  "is counted, or can be read; 3: counts lack something.\n"
	  "With --pmu: which of the standard events this host has, and whether\n"
	  "EVENT, any word of the file 'events' (default instructions:G), counts\n"
	  "what it should: the instructions of a tiny VM of kvmhot's own, which are\n"
	  "known.  The list is put back at the end, but what was counted of events,\n"
	  "of all VMs, is gone." },
	{ }
};

const struct command *cmds_find(const char *verb)
{
	const struct command *cmd;

	for (cmd = cmds_table; cmd->verb; cmd++)
		if (!strcmp(cmd->verb, verb))
			return cmd;
	return NULL;
}
