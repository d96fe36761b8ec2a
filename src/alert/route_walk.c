/* SPDX-License-Identifier: Apache-2.0 */
/* Which routes tell of an alert. */
/* exports: route_ */
/* tested by: test/unit/alert/test_route.c */
#include "alert/route.h"

const char *
route_form_word(enum route_form f)
{
	static const char *const words[ROUTE_FORMS] = { "now", "batch", "daily", "weekly" };

	return words[f];
}

bool
route_kind_is(struct str kind, struct str of)
{
	static const struct {
		const char *word, *of[3];
	} families[] = {
		{ "email", { "email", "sendgrid", "ses" } },
		{ "slack", { "slack", "slack_api", NULL } },
		{ "sms", { "twilio", "sns", NULL } },
	};

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (!str_eq(kind, str_c(families[i].word)))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(families[i].of) && families[i].of[k] != NULL; k++)
			if (str_eq(of, str_c(families[i].of[k])))
				return true;
		return false;
	}
	return str_eq(kind, of);
}

const struct route_node *
route_after(const struct route_node *n)
{
	const struct route_node *at = n;

	if (n->first != NULL)
		return n->first;
	while (at != NULL && at->next == NULL)
		at = at->parent;
	return at != NULL ? at->next : NULL;
}

void
route_said(const struct route_node *n, struct buf *to)
{
	if (n->name.n != 0)
		buf_printf(to, "route '%.*s'", STR_ARG(n->name));
	else
		buf_printf(to, "the route in line %u", n->line);
}

/* Depth is bounded by that of the text. */
static void
walk(const struct route_node *n, const struct matcher_case *c, route_fn fn, void *ctx)
{
	bool any = false;

	for (const struct route_node *k = n->first; k != NULL; k = k->next) {
		if (!matcher_holds(k->match, c))
			continue;
		any = true;
		walk(k, c, fn, ctx);
		if (!k->goes_on)
			return;
	}
	if (!any)
		fn(ctx, n);
}

void
route_walk(const struct route_tree *t, const struct matcher_case *c, route_fn fn, void *ctx)
{
	walk(route_root(t), c, fn, ctx);
}
