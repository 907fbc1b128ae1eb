// SPDX-License-Identifier: GPL-2.0
/* Has the table of formats. */
#include "export/formats.h"
#include "export/writers.h"
#include "model/options.h"

const struct export_format formats_table[] = {
	[FORMAT_JSON] = { .write = json_write, .spans = true, .events = true },
	[FORMAT_CSV] = { .write = csv_write },
	[FORMAT_OPENMETRICS] = { .write = openmetrics_write, .events = true },
	[FORMAT_FOLDED] = { .write = folded_write, .spans = true, .all_time = true },
};
