/* value_percentile: a percentile of a field, by the nearest rank, over the key's events within the
 * timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/rank.h"

#include <math.h>

static double
value(const struct corr *c, const void *state)
{
	const struct rank *s = state;

	double nth = ceil(c->percentile / 100 * (double)rank_len(s));

	return rank_at(s, nth < 1 ? 0 : (size_t)nth - 1);
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	ctype_put_number(v, to);
	buf_str(to, STR(" as percentile "));
	ctype_put_number(c->percentile, to);
	buf_str(to, STR(" of "));
	buf_str(to, c->value.f[0].name);
}

static const struct slide_ops ops = {
	.item = rank_item,
	.add = rank_add,
	.remove = rank_remove,
	.value = value,
	.events = rank_events,
	.say = say,
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	if (corr->percentile > 100)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "percentile is a number from 0 to 100");
	return slide_read_value(rd, corr, &ops, params, why);
}

const struct ctype type_value_percentile = {
	.name = "value_percentile",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD | CTYPE_PERCENTILE,
	.params_size = sizeof(struct slide_params),
	.state_size = sizeof(struct rank),
	.read = read,
	SLIDE_MEMBERS(rank_fini, rank_bytes),
};
