// SPDX-License-Identifier: GPL-2.0
/* kvmhot export: writes what was counted for other programs. */
#include "base/exit.h"
#include "base/out.h"
#include "base/tell.h"
#include "export/export.h"
#include "export/formats.h"
#include "model/filter.h"
#include "model/incomplete.h"
#include "model/options.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "verbs/verbs.h"

static int write_out(const struct export *e)
{
	struct export to = *e;
	struct out out;
	int ret;

	if (out_open(&out, e->o->out))
		return -1;
	to.to = out.file;
	ret = formats_table[e->o->format].write(&to);
	return out_close(&out, !ret) || ret ? -1 : 0;
}

static int check(const struct options *o)
{
	if (!o->format)
		tell_error("export: say in which format: --json, --csv, --openmetrics or --folded");
	else if (formats_table[o->format].all_time &&
		 (o->filter.reasons || o->filter.top))
		tell_error("export: --folded is of all time: it takes no --reason or --top");
	else
		return 0;
	return -1;
}

static int load(struct snapshot *s, const struct options *o)
{
	if (formats_table[o->format].spans)
		return source_load(s, o->root, o->filter.vcpu);
	return source_load_live(s, o->root, o->filter.vcpu);
}

int export_run(const struct options *o)
{
	struct snapshot s;
	struct export e = { .o = o, .s = &s };
	int status = EXIT_FAILED;

	if (check(o))
		return EXIT_USAGE;
	if (load(&s, o))
		return EXIT_FAILED;
	e.live = !store_is_copy(o->root);
	if (!filter_check(&o->filter, &s) && !write_out(&e))
		status = incomplete_status(&s, NULL, formats_table[o->format].events);
	snapshot_free(&s);
	return status;
}
