/* value_median: the median of a field of the key's events within the timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/rank.h"

static double
value(const struct corr *c, const void *state)
{
	const struct rank *s = state;

	size_t n = rank_len(s);

	(void)c;
	return n > 0 ? (rank_at(s, (n - 1) / 2) + rank_at(s, n / 2)) / 2 : 0;
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	ctype_put_number(v, to);
	buf_str(to, STR(" as median of "));
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
	return slide_read_value(rd, corr, &ops, params, why);
}

const struct ctype type_value_median = {
	.name = "value_median",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD,
	.params_size = sizeof(struct slide_params),
	.state_size = sizeof(struct rank),
	.read = read,
	SLIDE_MEMBERS(rank_fini, rank_bytes),
};
