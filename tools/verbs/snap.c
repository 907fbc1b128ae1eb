// SPDX-License-Identifier: GPL-2.0
/* kvmhot snap: saves all that there is in one file. */
#include "base/exit.h"
#include "base/out.h"
#include "base/tell.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "read/snapfile.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "verbs/verbs.h"

int snap_run(const struct options *o)
{
	struct snapshot s;
	struct out out;
	int ret;

	if (!o->nr_words) {
		tell_error("snap: into which file? (-: standard output)");
		return EXIT_USAGE;
	}
	if (out_open(&out, o->words[0]))
		return EXIT_FAILED;
	snapfile_write_first(out.file);
	ret = source_save(&s, o->root, out.file);
	if (!ret)
		snapfile_write_end(out.file);
	if (out_close(&out, !ret) || ret) {
		if (!ret)
			snapshot_free(&s);
		return EXIT_FAILED;
	}
	ret = incomplete_status(&s, NULL, false);
	snapshot_free(&s);
	return ret;
}
