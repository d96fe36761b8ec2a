/* value_avg: the mean of a field of the key's events within the timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/sum.h"

static double
value(const struct corr *c, const void *state)
{
	const struct sum *s = state;

	(void)c;
	return s->n > 0 ? sum_total(s) / (double)s->n : 0;
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	ctype_put_number(v, to);
	buf_str(to, STR(" on average of "));
	buf_str(to, c->value.f[0].name);
}

static const struct slide_ops ops = {
	.item = sum_item,
	.add = sum_add,
	.remove = sum_remove,
	.value = value,
	.events = sum_events,
	.fold = sum_fold,
	.say = say,
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	return slide_read_value(rd, corr, &ops, params, why);
}

const struct ctype type_value_avg = {
	.name = "value_avg",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD,
	.params_size = sizeof(struct slide_params),
	.state_size = sizeof(struct sum),
	.read = read,
	SLIDE_MEMBERS(slide_fini, slide_bytes),
};
