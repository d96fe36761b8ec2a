/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/explain.py */
/* Asks the types of the keys that are concerned. */
#include "detect/whynot.h"

#include "detect/state.h"

const struct rule *
whynot_rule(const struct ruleset *rs, struct str name)
{
	const struct rule *r = ruleset_find(rs, name);

	for (size_t i = 0; i < rs->rule.n && r == NULL; i++)
		if (str_eq(rs->rule.p[i].name, name) || str_eq(rs->rule.p[i].title, name))
			r = &rs->rule.p[i].pub;
	return r;
}

static bool
feeds(const struct crule *r, size_t rule)
{
	for (size_t k = 0; k < r->n_feeds; k++)
		if (r->feeds[k].corr == rule)
			return true;
	return false;
}

size_t
whynot_inputs(const struct ruleset *rs, size_t rule, uint32_t *ret, size_t max)
{
	size_t n = 0;

	for (uint32_t i = 0; i < rs->rule.n && n < max; i++)
		if (feeds(&rs->rule.p[i], rule))
			ret[n++] = i;
	return n;
}

void
whynot_asks(const struct ruleset *rs, size_t rule, struct buf *to)
{
	const struct crule *r = &rs->rule.p[rule];

	if (r->corr == NULL)
		return;
	buf_str(to, str_c(r->corr->type->name));
	for (size_t i = 0; i < r->group.n; i++) {
		buf_str(to, i == 0 ? STR(", by ") : STR(" and "));
		buf_str(to, r->group.f[i].name);
	}
	if (r->corr->timespan != 0) {
		buf_str(to, STR(", within "));
		ctype_put_span(r->corr->timespan, to);
	}
	if (r->corr->condition.n != 0) {
		buf_str(to, STR(", "));
		buf_str(to, r->corr->condition);
	} else if (r->corr->n_bounds != 0) {
		buf_str(to, STR(", "));
		ctype_put_condition(r->corr, to);
	}
	for (size_t i = 0; i < r->corr->value.n; i++) {
		buf_str(to, i == 0 ? STR(" of ") : STR(", "));
		buf_str(to, r->corr->value.f[i].name);
	}
}

void
whynot_each(const struct engine *e, size_t rule, struct str entity, int64_t t, whynot_fn fn,
    void *ctx)
{
	auto_buf struct buf text = { 0 };

	buf_init(&text, 0);
	for (size_t i = 0; i < keys_len(e->keys); i++) {
		struct key *k = keys_at(e->keys, i);
		struct ctype_at at = state_at(e, k);

		if (k->rule != rule || str_find(key_text(k), entity) < 0)
			continue;
		buf_reset(&text);
		at.corr->type->explain(&at, t, &text);
		fn(ctx, &(struct whynot_key){ .group = key_text(k),
			    .touched = k->touched,
			    .begin = k->begin,
			    .progress = at.corr->type->progress(&at),
			    .text = buf_view(&text) });
	}
}
