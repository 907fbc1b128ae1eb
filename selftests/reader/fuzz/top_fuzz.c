// SPDX-License-Identifier: GPL-2.0
/*
 * kvmhot top as a whole, and stat, on damaged trees: keys are pressed by chance, and
 * between two of them time passes, calls fail, and a directory changes as debugfs
 * does and as it does not: files and VMs vanish, come again, or are no files.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "model/options.h"
#include "pieces.h"
#include "term/keys.h"
#include "top/top.h"
#include "wraps.h"

#define MOST_KEYS	60
#define NR_KEYS		8

/* The tree, if it is a directory; and the one that it is to be */
static char dir[64];
static const struct fuzz_data *trees[2];
static bool is_dir;

static unsigned int state, keys_left;
static int chosen[NR_KEYS];

static unsigned int rnd(unsigned int below)
{
	return fuzz_rnd(&state, below);
}

static int remove_one(const char *path, const struct stat *st, int what,
		      struct FTW *where)
{
	(void)st;
	(void)what;
	(void)where;
	return remove(path);
}

static void remove_dir(const char *path)
{
	if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		abort();
}

static void remove_tree(void)
{
	remove_dir(dir);
}

static void make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (*dir)
		return;
	snprintf(dir, sizeof(dir), "%.40s/fuzz.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		abort();
	atexit(remove_tree);
}

/* status, or vms/ID/FILE, of such letters as the module's files have */
static bool is_name(const char *name)
{
	static const char letters[] =
		"-0123456789abcdefghijklmnopqrstuvwxyz";
	const char *id = name + 4, *slash = strrchr(name, '/');

	if (!strcmp(name, "status"))
		return true;
	return !strncmp(name, "vms/", 4) && slash > id &&
	       strspn(id, letters) == (size_t)(slash - id) && slash[1] &&
	       !slash[1 + strspn(slash + 1, letters)];
}

/* DIR/NAME of P into PATH, whose folder is made; NULL: not to be a file */
static const char *make_path(const struct piece *p, char *path, size_t size)
{
	char name[96];
	int len;

	len = p->data - p->head > 3 ? p->data - p->head - 3 : 0;
	snprintf(name, sizeof(name), "%.*s", len, (const char *)p->head + 2);
	name[strcspn(name, " ")] = '\0';
	if (!is_name(name))
		return NULL;
	snprintf(path, size, "%s/%s", dir, name);
	*strrchr(path, '/') = '\0';
	mkdir(path, 0755);
	snprintf(path, size, "%s/%s", dir, name);
	return path;
}

static void write_piece(const struct piece *p)
{
	char path[192];
	int fd;

	if (!make_path(p, path, sizeof(path)))
		return;
	/* Whatever has its name now */
	rmdir(path);
	fd = creat(path, 0644);
	if (fd < 0)
		return;
	if (write(fd, p->data, p->end - p->data) != p->end - p->data)
		abort();
	close(fd);
}

static void write_tree(const struct fuzz_data *d)
{
	char path[80];
	size_t i;

	if (!pieces_cut(d->data, d->size))
		return;
	mkdir(dir, 0755);
	snprintf(path, sizeof(path), "%s/vms", dir);
	mkdir(path, 0755);
	/* Where a reset goes to */
	snprintf(path, sizeof(path), "%s/reset", dir);
	close(creat(path, 0644));
	for (i = 0; i < pieces.nr; i++)
		write_piece(&pieces.piece[i]);
}

/* One file, of either tree: goes, is cut, is none, or is as it should be */
static void change_file(void)
{
	const struct fuzz_data *d = trees[rnd(2)];
	const struct piece *p;
	char path[192];

	if (!pieces_cut(d->data, d->size))
		return;
	p = &pieces.piece[rnd(pieces.nr)];
	if (!make_path(p, path, sizeof(path)))
		return;
	switch (rnd(5)) {
	case 0:
		unlink(path);
		break;
	case 1:
		unlink(path);
		mkdir(path, 0755);
		break;
	case 2:
		if (truncate(path, rnd(2000)) && errno != ENOENT &&
		    errno != EISDIR)
			abort();
		break;
	default:
		write_piece(p);
	}
}

static void remove_vm(void)
{
	char path[192];

	if (!pieces_cut(trees[0]->data, trees[0]->size) ||
	    !make_path(&pieces.piece[rnd(pieces.nr)], path, sizeof(path)))
		return;
	*strrchr(path, '/') = '\0';
	if (strcmp(path, dir))
		remove_dir(path);
}

void fuzz_top_change(void)
{
	if (!is_dir)
		return;
	switch (rnd(12)) {
	case 0:
		/* The module is gone, or VMs are. */
		remove_tree();
		if (rnd(2))
			write_tree(trees[rnd(2)]);
		break;
	case 1:
	case 2:
		write_tree(trees[rnd(2)]);
		break;
	case 3:
		remove_vm();
		break;
	default:
		change_file();
	}
}

void fuzz_top_between(void)
{
	wraps_be_quiet();
	if (!rnd(3))
		fuzz_top_change();
	if (!rnd(6))
		wraps_fail(1 + rnd(200));
	if (!rnd(6))
		wraps_change(1 + rnd(20));
}

/* Few at a time, so that those that belong together meet */
static void choose_keys(void)
{
	static const int keys[] = {
		KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_PGUP, KEY_PGDN,
		KEY_HOME, KEY_END, KEY_ENTER, KEY_ENTER, KEY_ENTER, KEY_ENTER,
		KEY_ESC, KEY_ESC, KEY_BACKSPACE, KEY_TAB, KEY_F1, KEY_RESIZE,
		KEY_DELETE, 'v', 'H', 'H', 't', 't', 'u', 'e', 'a', ' ', '/',
		'o', 'd', 'r', 'R', 'y', 'n', '<', '>', 'j', 'k', 'h', 'x',
		'1', '.', '0', 'c', 'K', '-', KEY_CTRL('u'),
	};
	size_t i;

	for (i = 0; i < NR_KEYS; i++)
		chosen[i] = keys[rnd(sizeof(keys) / sizeof(*keys))];
	keys_left = rnd(MOST_KEYS);
}

/* Where top asks for the next key */
int fuzz_term_key(int timeout)
{
	/* Again, if what asked for a word took it for one of its letters */
	if (!keys_left)
		return rnd(2) ? KEY_ENDED : 'q';
	keys_left--;
	fuzz_top_between();
	if (!rnd(8))
		wraps_terminal(rnd(60), rnd(220));
	if (!rnd(3)) {
		wraps_pass(timeout < 0 ? 100 : timeout / 1000.0);
		return KEY_NONE;
	}
	wraps_pass(rnd(10) / 10.0);
	return rnd(4) ? chosen[rnd(NR_KEYS)] : KEY_ENTER;
}

void fuzz_top_keys(unsigned int seed)
{
	state = seed;
	choose_keys();
}

static void choose_filter(struct filter *f)
{
	f->vcpu = rnd(8) ? ALL_VCPUS : (int)rnd(2);
	f->top = rnd(8) ? 0 : 1 + rnd(3);
	if (!rnd(8))
		f->vms = "4391,901";
	if (!rnd(8))
		f->guests = "~0";
	if (!rnd(8))
		f->reasons = "!HLT,!CPUID";
}

void fuzz_top(const char *root, const struct fuzz_data *a,
	      const struct fuzz_data *b, unsigned int seed)
{
	struct options o = {
		.root = root, .plain = seed & 1, .pmu = seed & 2,
		.batch = !(seed & 12), .count = 5, .delay = 1,
	};

	fuzz_top_keys(seed);
	choose_filter(&o.filter);
	is_dir = !root;
	trees[0] = a;
	trees[1] = b;
	wraps_terminal(24, 80);
	if (is_dir) {
		make_dir();
		write_tree(a);
		o.root = dir;
		wraps_live(rnd(2));
	}
	if (!rnd(8))
		wraps_fail(1 + rnd(1000));
	top_run(&o);
	wraps_be_quiet();
	wraps_live(0);
	is_dir = false;
	if (!root)
		remove_tree();
}
