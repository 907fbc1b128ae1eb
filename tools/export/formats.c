// SPDX-License-Identifier: GPL-2.0
/* Has the table of formats. */
#include "export/formats.h"
#include "export/writers.h"
#include "model/options.h"

const struct export_format export_formats[] = {
	[FORMAT_JSON] = { .write = export_json, .spans = true, .events = true },
	[FORMAT_CSV] = { .write = export_csv },
	[FORMAT_OPENMETRICS] = { .write = export_openmetrics, .events = true },
	[FORMAT_FOLDED] = { .write = export_folded, .spans = true, .all_time = true },
};
