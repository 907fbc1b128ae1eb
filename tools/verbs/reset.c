// SPDX-License-Identifier: GPL-2.0
/* kvmhot reset: lets counting start afresh. */
#include <string.h>

#include "base/exit.h"
#include "model/filter.h"
#include "model/options.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "verbs/verbs.h"

int reset_run(const struct options *o)
{
	struct snapshot s;
	const struct vm *vm;
	int ret = -1;

	if (!o->nr_words || !strcmp(o->words[0], "all"))
		return source_reset(o->root, "all") ? EXIT_FAILED : EXIT_FINE;

	if (source_load_live(&s, o->root, ALL_VCPUS))
		return EXIT_FAILED;
	vm = filter_find(&s, o->words[0]);
	if (vm)
		ret = source_reset(o->root, vm->id);
	snapshot_free(&s);
	return ret ? EXIT_FAILED : EXIT_FINE;
}
