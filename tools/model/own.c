// SPDX-License-Identifier: GPL-2.0
/* Computes what kvmhot's probes cost, from the module's calibration. */
#include "model/own.h"

bool own_is_known(const struct snapshot *s)
{
	return s->n[S_OWN_ROUNDS] && s->n[S_TSC_KHZ];
}

/* Not in integers: the files may be damaged, and the sum beyond 2^64. */
double own_cycles(const struct snapshot *s, double exits, double runs)
{
	return s->n[S_OWN_EXIT] * exits + s->n[S_OWN_RUN] * runs;
}

double own_percent(const struct snapshot *s, double exits, double runs)
{
	return own_cycles(s, exits, runs) * 100 / (s->n[S_TSC_KHZ] * 1000.0);
}
