// SPDX-License-Identifier: GPL-2.0
/* Reads the rows of 'status' that only kvmhot check uses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/tell.h"
#include "check/status.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/store.h"
#include "read/text.h"

static const char * const keys[NR_D] = {
	"vms", "vms_ended", "vms_max", "vcpus", "vcpus_max", "memory_bytes",
	"memory_max_bytes", "dropped_spans", "forgotten_max_vms",
	"forgotten_max_vcpus", "forgotten_max_memory_kb", "forgotten_max_ended",
	"vms_hidden",
};

static int parse_hook(struct text *t, struct hook_more *more)
{
	if (t->nr_columns < 9)
		return text_bad(t, "%u columns, not 9", t->nr_columns);
	snprintf(more->module, sizeof(more->module), "%.31s", t->column[2]);
	tell_clean(more->module);
	return text_number(t, "hits", t->column[5], ~0ULL, &more->hits);
}

/* Not there before the module had shares. */
static int parse_vmm(struct text *t, struct vmm_row *worst)
{
	struct vmm_row row;
	int ret;

	if (t->nr_columns < 10)
		return text_bad(t, "%u columns, not 10", t->nr_columns);
	ret = text_number(t, "pid", t->column[1], ~0ULL, &row.pid);
	if (!ret)
		ret = text_number(t, "dropped", t->column[7], ~0ULL, &row.dropped);
	if (ret || row.dropped <= worst->dropped)
		return ret;
	snprintf(row.comm, sizeof(row.comm), "%.15s", t->column[9]);
	tell_clean(row.comm);
	*worst = row;
	return 0;
}

static int parse_row(struct text *t, struct host *h, size_t *nr, unsigned int *seen)
{
	int i;

	if (!strcmp(t->column[0], "hook")) {
		if (*nr == MAX_HOOKS)
			return text_bad(t, "more than %d hooks", MAX_HOOKS);
		return parse_hook(t, &h->more[(*nr)++]);
	}
	if (!strcmp(t->column[0], "vmm"))
		return parse_vmm(t, &h->worst);
	for (i = 0; i < NR_D; i++) {
		if (strcmp(t->column[0], keys[i]))
			continue;
		*seen |= 1U << i;
		return text_number(t, keys[i], t->column[1], ~0ULL, &h->n[i]);
	}
	return 0;
}

static int read_more(struct host *h)
{
	unsigned int seen = 0;
	struct text t;
	size_t nr = 0;
	char *rest;
	int ret, i;

	ret = text_open(&t, STORE_ROOT, "status", "status", &rest);
	if (ret)
		return ret;
	while (!ret && (ret = text_row(&t, 2)) > 0)
		ret = parse_row(&t, h, &nr, &seen);
	t.line = 0;
	for (i = 0; !ret && i < D_FORGOTTEN_MAX_VMS; i++)
		if (!(seen & 1U << i))
			ret = text_bad(&t, "no row '%s'", keys[i]);
	if (!ret && nr != h->status.nr_hooks)
		ret = text_bad(&t, "hooks come and go");
	return ret;
}

int status_read(struct host *h)
{
	int ret;

	if (source_load_status(&h->status, STORE_ROOT))
		return -1;
	ret = read_more(h);
	if (!ret)
		return 0;
	if (ret != -EBADMSG)
		tell_error(STORE_ROOT "/status: %s", strerror(-ret));
	snapshot_free(&h->status);
	return -1;
}
