// SPDX-License-Identifier: GPL-2.0
/* Parses the command line by a table of options, and explains it. */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "base/tell.h"
#include "base/words.h"
#include "model/filter.h"
#include "options.h"
#include "read/store.h"

/* LETTER is the short option, if there is a '-' and it in SHOWN. */
static const struct option_row {
	int letter;
	const char *name, *argument, *shown, *help;
} rows[] = {
	{ 'p', "vm", "VM[,VM]", "-p, --vm VM[,VM]",
	  "these VMs: PID-FD, PID, or name" },
	{ 'g', "guest", "NAME[,NAME]", "-g, --guest NAME[,NAME]",
	  "VMs with this name; with ~ before it: with this in it" },
	{ 'c', "vcpu", "N", "    --vcpu N", "this vCPU only" },
	{ 'r', "reason", "REASON[,REASON]", "-r, --reason REASON[,...]",
	  "these exit reasons, or with ! before it not this one: name,\n"
	  "or number 0..127; L2: before it: of a nested guest" },
	{ 'k', "sort", "KEY", "-k, --sort KEY",
	  "cost kvm vmm exits avg p50 p95 p99 max name" },
	{ 'T', "top", "N", "    --top N", "the first N rows only" },
	{ 'M', "min", "PERCENT", "    --min PERCENT",
	  "rows with at least so much %HOST only" },
	{ 'U', "unit", "UNIT", "    --unit UNIT",
	  "cycles; us: microseconds; cpu: CPUs instead of percent" },
	{ 'a', "all", NULL, "-a, --all", "small ones, too" },
	{ 'P', "pmu", NULL, "    --pmu", "what events counted" },
	{ 'C', "cost", NULL, "    --cost", "measure kvmhot's own cost" },
	{ 'd', "delay", "SECONDS", "-d, --delay SECONDS", "the interval" },
	{ 'n', "count", "N", "-n, --count N", "so many intervals" },
	{ '1', "once", NULL, "-1, --once", "one interval, as text" },
	{ 'b', "batch", NULL, "-b, --batch", "as text" },
	{ 'y', "plain", NULL, "    --plain", "ASCII only" },
	{ 'N', "no-header", NULL, "    --no-header",
	  "no line of names, and of those with # only news of VMs" },
	{ 'j', "json", NULL, "    --json", "format" },
	{ 'v', "csv", NULL, "    --csv", "format" },
	{ 'm', "openmetrics", NULL, "    --openmetrics", "format" },
	{ 'F', "folded", NULL, "    --folded", "format" },
	{ 'o', "output", "FILE", "-o, --output FILE",
	  "into FILE; of export, it appears whole or not at all" },
	{ 'R', "root", "PATH", "    --root PATH",
	  "a saved copy instead of " STORE_ROOT ":\n"
	  "a directory, or a file that snap made" },
	{ 'h', "help", NULL, "-h, --help", "this; with --all, what the columns mean, too" },
	{ 'V', "version", NULL, "    --version", "version and ABI" },
};

#define NR_ROWS		(sizeof(rows) / sizeof(*rows))
#define INDENT		28
#define BRIEF		38	/* where a verb's few words begin */

/* All formats are one letter in the table of verbs. */
static char verb_letter(int letter)
{
	return strchr("jvmF", letter) ? 'f' : letter;
}

static int parse_min(const char *word, double *min)
{
	char copy[32];
	size_t len = strlen(word);

	/* 0.1% is as good as 0.1. */
	snprintf(copy, sizeof(copy), "%s", word);
	if (len && len < sizeof(copy) && copy[len - 1] == '%')
		copy[len - 1] = '\0';
	if (len >= sizeof(copy) || words_real(copy, 0, 1e6, min))
		return words_bad("--min", word, "a percentage");
	return 0;
}

/* WORD as its place in WORDS, of which the error tells all. */
static int parse_choice(const char *name, const char *word,
			const char * const *words, int nr)
{
	char all[256] = "one of";
	int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(word, words[i]))
			return i;
		strcat(strcat(all, " "), words[i]);
	}
	return words_bad(name, word, all);
}

static int parse_sort(const char *word, enum sort *sort)
{
	int i = parse_choice("-k", word, filter_sorts, NR_SORTS);

	if (i >= 0)
		*sort = i;
	return i < 0 ? -1 : 0;
}

static int parse_unit(const char *word, enum unit *unit)
{
	static const char * const names[NR_UNITS] = { "cycles", "us", "cpu" };
	int i = parse_choice("--unit", word, names, NR_UNITS);

	if (i >= 0)
		*unit = i;
	return i < 0 ? -1 : 0;
}

static int set_format(struct options *o, enum format format)
{
	if (o->format && o->format != format) {
		tell_error("one format at a time");
		return -1;
	}
	o->format = format;
	return 0;
}

/* Options that are words */
static int take_word(struct options *o, int letter, const char *word)
{
	switch (letter) {
	case 'p':
		o->filter.vms = word;
		break;
	case 'g':
		o->filter.guests = word;
		break;
	case 'r':
		o->filter.reasons = word;
		break;
	case 'o':
		o->out = word;
		break;
	case 'R':
		o->root = word;
		break;
	case 'k':
		return parse_sort(word, &o->filter.sort);
	case 'U':
		return parse_unit(word, &o->unit);
	}
	return 0;
}

/* Options that are numbers */
static int take_number(struct options *o, int letter, const char *word)
{
	long n = 0;
	int ret = 0;

	switch (letter) {
	case 'c':
		ret = words_number("--vcpu", word, 0, INT_MAX,
				   "a number of a vCPU", &n);
		o->filter.vcpu = n;
		break;
	case 'T':
		ret = words_number("--top", word, 1, LONG_MAX,
				   "a number of rows", &n);
		o->filter.top = n;
		break;
	case 'M':
		return parse_min(word, &o->filter.min);
	case 'd':
		return words_delay("-d", word, &o->delay);
	case 'n':
		return words_count("-n", word, &o->count);
	}
	return ret;
}

static int take_flag(struct options *o, int letter)
{
	switch (letter) {
	case 'a':
		o->all = true;
		break;
	case 'P':
		o->pmu = true;
		break;
	case 'C':
		o->cost = true;
		break;
	case '1':
		o->count = 1;
		o->batch = true;
		break;
	case 'b':
		o->batch = true;
		break;
	case 'y':
		o->plain = true;
		break;
	case 'N':
		o->no_header = true;
		break;
	case 'j':
		return set_format(o, FORMAT_JSON);
	case 'v':
		return set_format(o, FORMAT_CSV);
	case 'm':
		return set_format(o, FORMAT_OPENMETRICS);
	case 'F':
		return set_format(o, FORMAT_FOLDED);
	}
	return 0;
}

static int take(struct options *o, int letter, const char *word)
{
	if (!word)
		return take_flag(o, letter);
	if (strchr("cTMdn", letter))
		return take_number(o, letter, word);
	return take_word(o, letter, word);
}

/* '-' first: in their order, so that options may be before a verb or after. */
static void make_getopt(char *letters, struct option *names)
{
	const struct option_row *row;

	*letters++ = '-';
	for (row = rows; row < rows + NR_ROWS; row++) {
		names->name = row->name;
		names->has_arg = row->argument ? required_argument :
						 no_argument;
		names->flag = NULL;
		names++->val = row->letter;
		if (row->shown[0] != '-')
			continue;
		*letters++ = row->letter;
		if (row->argument)
			*letters++ = ':';
	}
	*letters = '\0';
	memset(names, 0, sizeof(*names));
}

int options_parse(int argc, char **argv, struct given *g)
{
	struct option names[NR_ROWS + 1];
	char letters[2 * NR_ROWS + 2];
	struct options *o = &g->o;
	int c;

	make_getopt(letters, names);
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (c == 1) {
			o->words[o->nr_words++] = optarg;
			continue;
		}
		g->seen[c] = 1;
		if (take(o, c, optarg))
			return -1;
	}
	while (optind < argc)
		o->words[o->nr_words++] = argv[optind++];
	return 0;
}

int options_check(const struct command *cmd, const struct given *g)
{
	const struct option_row *row;

	for (row = rows; row < rows + NR_ROWS; row++) {
		if (!g->seen[row->letter] || strchr("hV", row->letter) ||
		    strchr(cmd->options, verb_letter(row->letter)))
			continue;
		tell_error("%s: does not take --%s", cmd->verb, row->name);
		return -1;
	}
	if (g->o.nr_words > cmd->max_words) {
		tell_error("%s: one word too many: %s", cmd->verb,
			   g->o.words[cmd->max_words]);
		return -1;
	}
	if (!g->o.filter.reasons)
		return 0;
	return filter_check_reasons(g->o.filter.reasons);
}

void options_print_usage(FILE *to, const struct command *cmd)
{
	fprintf(to, "kvmhot %s%s%s%s\n", cmd->verb,
		*cmd->options ? " [OPTIONS]" : "", *cmd->words ? " " : "",
		cmd->words);
}

static void print_row(FILE *to, const struct option_row *row)
{
	const char *s;

	fprintf(to, "  %-*s", INDENT - 2, row->shown);
	for (s = row->help; *s; s++)
		if (*s == '\n')
			fprintf(to, "\n%*s", INDENT, "");
		else
			putc(*s, to);
	putc('\n', to);
}

/* Of CMD, or all. */
static void print_rows(FILE *to, const struct command *cmd)
{
	const struct option_row *row;

	for (row = rows; row < rows + NR_ROWS; row++)
		if (!cmd || row->letter == 'h' ||
		    strchr(cmd->options, verb_letter(row->letter)))
			print_row(to, row);
}

static void print_end(FILE *to)
{
	fputs("\nExit status: 0 fine, 1 failure, 2 wrong usage, 3 fine, but what was counted\n"
	      "is not complete (standard error says what lacks).\n", to);
}

void options_print_brief(FILE *to)
{
	const struct command *cmd;
	int width;

	fputs("Usage: kvmhot [VERB] [OPTIONS]\n\n", to);
	for (cmd = cmds_table; cmd->verb; cmd++) {
		width = fprintf(to, "  kvmhot %s%s%s", cmd->verb, *cmd->words ? " " : "",
				cmd->words);
		fprintf(to, "%*s%s\n", BRIEF - width, "", cmd->brief);
	}
	fputs("\nWithout VERB: top on a terminal, else stat.\n"
	      "kvmhot VERB --help: its options; with --all: what its columns mean, too.\n"
	      "kvmhot --help --all: all options and columns.  kvmhot --version: the version.\n",
	      to);
	print_end(to);
}

void options_print_all(FILE *to)
{
	const struct command *cmd;

	fputs("Usage: kvmhot [VERB] [OPTIONS]\n\n", to);
	for (cmd = cmds_table; cmd->verb; cmd++) {
		fputs("  ", to);
		options_print_usage(to, cmd);
	}
	fputs("\nWithout VERB: top on a terminal, else stat.\n\n", to);
	print_rows(to, NULL);
	print_end(to);
}

void options_print_help(const struct command *cmd)
{
	fputs("Usage: ", stdout);
	options_print_usage(stdout, cmd);
	printf("\n%s\n\n", cmd->help);
	print_rows(stdout, cmd);
}
