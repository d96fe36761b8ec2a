/* SPDX-License-Identifier: Apache-2.0 */
/* How sure a firing is. */
#include "detect/confidence.h"

#define MOST 99

static const struct {
	const char *status;
	unsigned percent;
} statuses[] = { { "stable", 75 }, { "test", 65 }, { "", 60 }, { "experimental", 50 } };

static const struct {
	double times;
	unsigned percent;
} beyond[] = { { 10, 20 }, { 5, 15 }, { 2, 10 }, { 1.5, 5 } };

static unsigned
of_status(const char *status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].status, status) == 0)
			return statuses[i].percent;
	return 40;
}

/* How many times the bound, above or below it. */
static double
times_of(const struct corr *c, double value)
{
	const struct corr_bound *b = &c->bound[0];
	bool above = b->op == CORR_GT || b->op == CORR_GTE;
	bool below = b->op == CORR_LT || b->op == CORR_LTE;

	if (c->n_bounds != 1 || !(b->value > 0) || !(value >= 0) || !(above || below))
		return 1;
	return above ? value / b->value : value > 0 ? b->value / value : 10;
}

unsigned
confidence_of(const struct crule *rule, double value)
{
	unsigned percent =
	    rule->pub.confidence != 0 ? rule->pub.confidence : of_status(rule->pub.status);
	double times = rule->corr != NULL ? times_of(rule->corr, value) : 1;

	for (size_t i = 0; i < ARRAY_LEN(beyond); i++)
		if (times >= beyond[i].times) {
			percent += beyond[i].percent;
			break;
		}
	return percent < MOST ? percent : MOST;
}
