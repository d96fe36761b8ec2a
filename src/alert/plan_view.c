/* SPDX-License-Identifier: Apache-2.0 */
/* Routes and what they make of an alert, as JSON. */
#include "alert/plan_view.h"

#include "alert/affected.h"
#include "base/ip.h"

static void
put_name(struct jsonw *out, const char *key, const struct route_node *n)
{
	auto_buf struct buf text = { 0 };

	if (n != NULL)
		route_said(n, &text);
	jsonw_kstr(out, key, buf_view(&text));
}

static void
put_target(const struct route_target *t, const struct plan_world *w, struct jsonw *out)
{
	auto_buf struct buf text = { 0 };

	plan_said(t, &text);
	jsonw_obj(out);
	jsonw_kstr(out, "says", buf_view(&text));
	jsonw_kstr(out, "form", str_c(t->policy.n != 0 ? "escalate" : route_form_word(t->form)));
	jsonw_kbool(out, "optional", t->optional);
	jsonw_kbool(out, "there", plan_there(t, w));
	jsonw_key(out, STR("channels"));
	jsonw_arr(out);
	for (size_t i = 0; i < w->n; i++)
		if (t->policy.n == 0 && plan_means(t, w, &w->channels[i]))
			jsonw_str(out, str_c(w->channels[i].name));
	jsonw_end(out);
	jsonw_end(out);
}

static void
put_node(const struct route_node *n, const struct plan_world *w, struct jsonw *out)
{
	int64_t depth = 0;

	for (const struct route_node *p = n->parent; p != NULL; p = p->parent)
		depth++;
	jsonw_obj(out);
	put_name(out, "name", n);
	jsonw_kint(out, "line", n->line);
	jsonw_kint(out, "depth", depth);
	jsonw_kbool(out, "continue", n->goes_on);
	jsonw_kbool(out, "inherits", n->inherits);
	jsonw_key(out, STR("match"));
	matcher_put(n->match, out);
	jsonw_key(out, STR("to"));
	jsonw_arr(out);
	for (size_t i = 0; i < n->n_targets; i++)
		put_target(&n->targets[i], w, out);
	jsonw_end(out);
	jsonw_end(out);
}

static void
put_inhibits(const struct route_tree *t, struct jsonw *out)
{
	static const char *const words[] = { "address", "user", "group" };
	size_t n;
	const struct route_inhibit *rules = route_inhibits(t, &n);

	for (size_t i = 0; i < n; i++) {
		jsonw_obj(out);
		jsonw_key(out, STR("source"));
		matcher_put(rules[i].source, out);
		jsonw_key(out, STR("target"));
		matcher_put(rules[i].target, out);
		jsonw_key(out, STR("equal"));
		jsonw_arr(out);
		for (unsigned k = 0; k < ARRAY_LEN(words); k++)
			if ((rules[i].equal & 1U << k) != 0)
				jsonw_str(out, str_c(words[k]));
		jsonw_end(out);
		jsonw_end(out);
	}
}

static void
on_warning(void *ctx, struct str text)
{
	jsonw_str(ctx, text);
}

void
plan_view_routes(const struct route_tree *t, const struct plan_world *w, struct jsonw *out)
{
	jsonw_obj(out);
	jsonw_kstr(out, "name", t != NULL ? route_name(t) : STR(""));
	jsonw_kstr(out, "title", t != NULL ? route_title(t) : STR(""));
	jsonw_kstr(out, "file", str_c(t != NULL ? route_file(t) : ""));
	jsonw_key(out, STR("routes"));
	jsonw_arr(out);
	for (const struct route_node *n = t != NULL ? route_root(t) : NULL; n != NULL;
	     n = route_after(n))
		put_node(n, w, out);
	jsonw_end(out);
	jsonw_key(out, STR("inhibit"));
	jsonw_arr(out);
	if (t != NULL)
		put_inhibits(t, out);
	jsonw_end(out);
	jsonw_key(out, STR("warnings"));
	jsonw_arr(out);
	if (t != NULL)
		plan_warnings(t, w, on_warning, out);
	jsonw_end(out);
	jsonw_end(out);
}

static void
on_route(void *ctx, const struct route_node *n)
{
	auto_buf struct buf text = { 0 };

	route_said(n, &text);
	jsonw_str(ctx, buf_view(&text));
}

static void
put_item(const struct plan_item *i, int64_t now, struct jsonw *out)
{
	const bool pages = i->channel == NULL;

	jsonw_obj(out);
	jsonw_kstr(out, "channel", pages ? STR("") : str_c(i->channel->name));
	jsonw_kstr(out, "kind", pages ? STR("") : str_c(i->channel->kind));
	jsonw_kstr(out, "policy", pages ? i->target->policy : STR(""));
	jsonw_kstr(out, "form", str_c(pages ? "escalate" : route_form_word(plan_form(i))));
	jsonw_ktime(out, "due", pages ? now : plan_due(i, now));
	put_name(out, "route", i->route);
	jsonw_kbool(out, "stands_in", i->target == NULL && i->route != NULL);
	jsonw_end(out);
}

void
plan_view_case(const struct route_tree *t, const struct matcher_case *c, const struct plan_world *w,
    struct jsonw *out)
{
	struct plan p;

	plan_make(t, c, w, &p);
	jsonw_obj(out);
	jsonw_kstr(out, "severity", str_c(alerts_severity_word(c->severity)));
	jsonw_ktime(out, "at", c->now);
	jsonw_key(out, STR("routes"));
	jsonw_arr(out);
	if (t != NULL)
		route_walk(t, c, on_route, out);
	jsonw_end(out);
	jsonw_kbool(out, "fell_back", p.fell_back);
	jsonw_key(out, STR("targets"));
	jsonw_arr(out);
	for (size_t i = 0; i < p.n; i++)
		put_item(&p.items[i], c->now, out);
	jsonw_end(out);
	jsonw_end(out);
}

enum err
plan_view_asked(const struct plan_asked *a, struct buf *affected, struct matcher_case *ret,
    struct diag *why)
{
	enum alerts_severity s = ALERTS_HIGH;
	struct ip ip;
	unsigned i = 0;

	while (a->severity.n != 0 && i < ALERTS_SEVERITIES &&
	       !str_eq_nocase(a->severity, str_c(alerts_severity_word((enum alerts_severity)i))))
		i++;
	if (i == ALERTS_SEVERITIES)
		return err_set(why, FAIL_SYNTAX,
		    "there is no such severity: CRITICAL, HIGH, MEDIUM, LOW, INFO");
	s = a->severity.n != 0 ? (enum alerts_severity)i : s;
	(void)affected_add(affected, ip_parse(a->entity, &ip) ? AFFECTED_ADDRESS : AFFECTED_USER,
	    a->entity.p != NULL ? a->entity : STR(""));
	*ret = (struct matcher_case){ .rule_id = a->rule,
		.title = a->rule,
		.tags = a->tags,
		.group = a->entity,
		.affected = buf_view(affected),
		.severity = s,
		.now = a->now };
	return OK;
}
