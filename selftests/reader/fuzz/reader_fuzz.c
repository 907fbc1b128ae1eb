// SPDX-License-Identifier: GPL-2.0
/*
 * The reader on damaged trees: libFuzzer's input is a file as kvmhot snap makes
 * it, which has all files of a tree.  Whatever is in it, there is no crash, hang
 * or leak, and what is refused is refused with a message that names the file,
 * and the line if there is one.
 *
 * FUZZ_GOOD=FILE: a good reading, to be compared with the input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "model/delta.h"
#include "model/options.h"
#include "read/snapfile.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "show/block.h"
#include "verbs/verbs.h"

static int fd;
static char root[64], message[8192];
static FILE *null;
static struct snapshot good;
static __u8 good_bytes[1 << 20];
static struct fuzz_data good_data = { .data = good_bytes };

static void read_good(const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f || source_load_live(&good, path, ALL_VCPUS))
		abort();
	good_data.size = fread(good_bytes, 1, sizeof(good_bytes), f);
	fclose(f);
}

int fuzz_begin(int *argc, char ***argv)
{
	const char *path = getenv("FUZZ_GOOD");

	(void)argc;
	(void)argv;
	/* No file, but with a path, and of the kind that a regular file has */
	fd = memfd_create("input", MFD_CLOEXEC);
	null = fopen("/dev/null", "we");
	if (fd < 0 || !null || !freopen("/dev/null", "we", stdout))
		abort();
	snprintf(root, sizeof(root), "/proc/self/fd/%d", fd);
	if (path)
		read_good(path);
	/* To top a terminal that has all, whatever this one has */
	setenv("TERM", "xterm", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	wraps_begin(message, sizeof(message));
	return 0;
}

/* What is wrong with no line of a file, but with the tree: FILE: MESSAGE */
static bool is_without_line(const char *what)
{
	static const char * const known[] = {
		"No such file or directory",
		"no row '",
		"since= is not that of the other files",
		"since= differs from file to file",
		"a name too long for a VM's",
		"is not a VM's name",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strstr(what, known[i]))
			return true;
	return false;
}

static void check_message(void)
{
	size_t len = strlen(root);
	char *end;

	if (!strncmp(message, root, len) &&
	    ((!strncmp(message + len, ": line ", 7) &&
	      strtoul(message + len + 7, &end, 10) && *end == ':') ||
	     is_without_line(message + len)))
		return;
	fprintf(stderr, "No file, or no line, in the error: %s\n", message);
	abort();
}

static bool refused(int ret)
{
	if (ret)
		check_message();
	*message = '\0';
	return ret;
}

/* What came between two readings, in either direction */
static void compare(const struct options *o, const struct snapshot *now,
		    const struct snapshot *then)
{
	struct snapshot d;

	if (!delta_make(&d, now, then))
		block_print(o, now, then, &d, null);
	snapshot_free(&d);
}

static void load_live(struct options *o, int vcpu)
{
	struct snapshot s;

	if (refused(source_load_live(&s, root, vcpu)))
		return;
	o->pmu = true;
	compare(o, &s, &good);
	compare(o, &good, &s);
	compare(o, &s, &s);
	snapshot_free(&s);
}

static void load_vcpus(const struct options *o)
{
	struct snapshot s, vcpus;

	if (source_load(&s, root, ALL_VCPUS))
		return;
	if (s.nr_vms && !refused(source_load_vcpus(&vcpus, root,
						   s.vms[0].id))) {
		compare(o, &vcpus, &vcpus);
		snapshot_free(&vcpus);
	}
	snapshot_free(&s);
}

static int run_diff(const struct options *given)
{
	struct options o = *given;
	char *words[2];

	words[0] = root;
	words[1] = root;
	o.words = words;
	o.nr_words = 2;
	return diff_run(&o);
}

static const struct verb {
	int (*run)(const struct options *o);
	enum format format;
	bool all, pmu;
	int vcpu;
	unsigned long top;
} verbs[] = {
	{ report_run, FORMAT_NONE, true, false, ALL_VCPUS, 0 },
	{ report_run, FORMAT_NONE, false, true, ALL_VCPUS, 0 },
	{ report_run, FORMAT_NONE, true, true, 0, 0 },
	{ tree_run, FORMAT_NONE, true, false, ALL_VCPUS, 0 },
	{ tree_run, FORMAT_NONE, false, false, 1, 0 },
	{ costs_run, FORMAT_NONE, false, false, ALL_VCPUS, 0 },
	{ hist_run, FORMAT_NONE, false, false, ALL_VCPUS, 0 },
	{ hist_run, FORMAT_NONE, false, false, 1, 0 },
	{ vms_run, FORMAT_NONE, false, false, ALL_VCPUS, 0 },
	{ export_run, FORMAT_JSON, false, false, ALL_VCPUS, 2 },
	{ export_run, FORMAT_CSV, false, false, ALL_VCPUS, 0 },
	{ export_run, FORMAT_OPENMETRICS, false, false, ALL_VCPUS, 1 },
	{ export_run, FORMAT_FOLDED, false, false, ALL_VCPUS, 0 },
	{ run_diff, FORMAT_NONE, true, false, ALL_VCPUS, 3 },
};

#define NR_VERBS	(sizeof(verbs) / sizeof(*verbs))

static void run_verb(const struct verb *v)
{
	const struct options o = {
		.root = root, .all = v->all, .pmu = v->pmu,
		.format = v->format,
		.filter = { .vcpu = v->vcpu, .top = v->top },
	};

	v->run(&o);
}

static unsigned int sum_of(const __u8 *data, size_t size)
{
	unsigned int sum = 5381;

	while (size--)
		sum = sum * 33 + *data++;
	return sum;
}

static void run_some(unsigned int which, const struct snapshot *s)
{
	struct options o = { .root = root, .filter.vcpu = ALL_VCPUS };

	/* Each reads it all again: a different one for each input. */
	run_verb(&verbs[which % NR_VERBS]);
	if (which % 3 == 1)
		load_vcpus(&o);
	if (which % 3 == 2)
		block_print(&o, s, NULL, s, null);
}

static void run_top(const __u8 *data, size_t size, unsigned int seed)
{
	struct fuzz_data input = { data, size };

	fuzz_top(seed % 4 ? NULL : root, &input, &good_data, seed);
	snapfile_forget();
}

int fuzz_one(const __u8 *data, size_t size)
{
	struct options o = { .root = root, .filter.vcpu = ALL_VCPUS };
	unsigned int which = sum_of(data, size);
	struct snapshot s;

	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	*message = '\0';
	/* Much of the time goes into making the directory. */
	if (!(which % 8)) {
		run_top(data, size, which / 8);
		return 0;
	}
	if (!refused(source_load(&s, root, ALL_VCPUS))) {
		run_some(which, &s);
		snapshot_free(&s);
	}
	load_live(&o, which % 4 ? ALL_VCPUS : (int)(which % 2));
	snapfile_forget();
	return 0;
}
