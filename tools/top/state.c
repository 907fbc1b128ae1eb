// SPDX-License-Identifier: GPL-2.0
/* Has the table of the views of top. */
#include "top/state.h"

const struct top_kind top_kinds[NR_VIEWS] = {
	[VIEW_REASONS] = { .of_one = false },
	[VIEW_VMS] = { .sums = true },
	[VIEW_VCPUS] = { .of_one = true, .sums = true, .one_name = true },
	[VIEW_VCPU] = { .of_one = true, .of_vcpu = true },
};
