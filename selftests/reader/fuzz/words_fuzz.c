// SPDX-License-Identifier: GPL-2.0
/*
 * The reader's command line: libFuzzer's input is a list of words, options and verbs
 * as there are and as there are not, on trees that are sound.  Whatever they are, the
 * reader ends, with one of its exit statuses.
 *
 * FUZZ_GOOD=FILE, FUZZ_TREE=DIR: the trees.  All that is written is in TMPDIR/words.
 */
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "fuzz.h"
#include "read/snapfile.h"

#define MAX_WORDS	24
#define MAX_SIZE	512
#define MOST_SLEEPS	20

/* Codes of an input's bytes: words of the table, and these */
#define RAW		250	/* what follows up to a 0 is a word of its own */
#define GLUE		251	/* the next word is part of the one before */

static const char * const words[] = {
	"top", "stat", "report", "tree", "costs", "hist", "vms", "snap", "diff",
	"export", "reset", "check", "-p", "-g", "--vcpu", "-r", "-k", "--top",
	"--min", "--unit", "-a", "--pmu", "--cost", "-d", "-n", "-1", "-b",
	"--plain", "--no-header", "--json", "--csv", "--openmetrics", "--folded",
	"-o", "--root", "-h", "--help", "--version", "--vm", "--guest",
	"--reason", "--sort", "--output", "--delay", "--count", "--all", "--",
	"-", "--no-such", "-Z", "--o", "--roo", "good", "tree", "out",
	"out.prom", "none/out", ".", "", "all", "901-8", "4391-11", "4391,901",
	"~0", "cloud-hyper", "HLT", "!HLT", "L2:CPUID", "128", "0", "1", "-1",
	"5", "0.01", "1e9", "99999999999999999999", "0x10", "0.1%", "inf", "nan",
	"cost", "p99", "max", "us", "cpu", "cycles", "=", ",", "%s%n",
	"instructions:G",
};

#define NR_TABLE	(sizeof(words) / sizeof(*words))

static char message[8192], dir[128];
static char stored[MAX_WORDS][MAX_SIZE];
static const char *tree;
static __u8 good_bytes[1 << 20];
static size_t good_size;
static struct stat good;

/* The saved copy, which may have been what a verb was told to write to */
static void make_good(void)
{
	FILE *f;

	unlink("good");
	f = fopen("good", "we");
	if (!f || fwrite(good_bytes, 1, good_size, f) != good_size ||
	    fclose(f) || stat("good", &good))
		abort();
}

static void make_tree(void)
{
	unlink("tree");
	if (symlink(tree, "tree"))
		abort();
}

int fuzz_begin(int *argc, char ***argv)
{
	const char *tmp = getenv("TMPDIR"), *path = getenv("FUZZ_GOOD");
	FILE *f = path ? fopen(path, "re") : NULL;

	(void)argc;
	(void)argv;
	tree = getenv("FUZZ_TREE");
	if (!tmp || !f || !tree || !freopen("/dev/null", "we", stdout))
		abort();
	good_size = fread(good_bytes, 1, sizeof(good_bytes), f);
	fclose(f);
	snprintf(dir, sizeof(dir), "%s/words", tmp);
	if (mkdir(dir, 0755) || chdir(dir))
		abort();
	make_good();
	make_tree();
	/* getopt's messages would be what libFuzzer's log has most of. */
	opterr = 0;
	setenv("TERM", "xterm", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	wraps_begin(message, sizeof(message));
	return 0;
}

/* A slash would lead out of the folder. */
static size_t take_raw(const __u8 *data, size_t size, char *word)
{
	size_t i, len = strlen(word);

	for (i = 0; i < size && data[i] && len < MAX_SIZE - 1; i++)
		word[len++] = data[i] == '/' ? '_' : data[i];
	word[len] = '\0';
	return i < size ? i + 1 : i;
}

static size_t take_word(const __u8 *data, size_t size, char *word)
{
	size_t len = strlen(word);

	if (*data == RAW)
		return 1 + take_raw(data + 1, size - 1, word);
	snprintf(word + len, MAX_SIZE - len, "%s", words[*data % NR_TABLE]);
	return 1;
}

static int make_words(const __u8 *data, size_t size, char **argv)
{
	size_t at = 0;
	int argc = 0;

	strcpy(stored[0], "kvmhot");
	argv[argc++] = stored[0];
	while (at < size && argc < MAX_WORDS - 1) {
		if (data[at] != GLUE) {
			argv[argc] = stored[argc];
			*stored[argc++] = '\0';
		} else if (++at == size) {
			break;
		}
		at += take_word(data + at, size - at, stored[argc - 1]);
	}
	argv[argc] = NULL;
	return argc;
}

static int remove_one(const char *path, const struct stat *st, int what,
		      struct FTW *where)
{
	(void)st;
	(void)what;
	if (where->level == 1 && strcmp(path, "./good") &&
	    strcmp(path, "./tree"))
		remove(path);
	return 0;
}

static void restore_trees(void)
{
	struct stat now;

	if (lstat("good", &now) || now.st_ino != good.st_ino ||
	    now.st_size != good.st_size ||
	    now.st_mtim.tv_sec != good.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != good.st_mtim.tv_nsec)
		make_good();
	if (lstat("tree", &now) || !S_ISLNK(now.st_mode))
		make_tree();
}

int fuzz_one(const __u8 *data, size_t size)
{
	static unsigned int nr;
	char *argv[MAX_WORDS];
	int argc, status;

	wraps_terminal(24, 80);
	wraps_end_after(MOST_SLEEPS);
	fuzz_top_keys(size ? data[size / 2] : 0);
	argc = make_words(data, size, argv);
	optind = 0;
	*message = '\0';
	status = kvmhot_main(argc, argv);
	if (status < EXIT_FINE || status > EXIT_INCOMPLETE) {
		fprintf(stderr, "exit status %d\n", status);
		abort();
	}
	wraps_be_quiet();
	snapfile_forget();
	restore_trees();
	if (!(++nr % 64) && nftw(".", remove_one, 8, FTW_PHYS))
		abort();
	return 0;
}
