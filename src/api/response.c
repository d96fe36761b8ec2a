/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/response: armed or not, the policy, budgets of rules, previews. */
/* exports: response_handle_ */
/* tested by: test/e2e/preview.py */
#include "api/alert.h"
#include "api/body.h"
#include "api/person.h"
#include "base/clock.h"
#include "detect/ruleset.h"
#include "respond/arming.h"
#include "respond/budget.h"
#include "respond/respond.h"

#define LOG_SHOWN 50
#define HITS_SHOWN 500

static struct respond *
parts(const struct api *a, struct http *r)
{
	if (a->host.respond == NULL)
		http_problem(r, 503, "there is nothing here that responds");
	return a->host.respond;
}

struct view {
	const struct api *a;
	struct respond *all;
	struct jsonw w;
	int64_t now;
	size_t n;
};

static const char *
title_of(const struct view *v, struct str rule)
{
	const struct rule *r =
	    v->a->host.rules != NULL ? ruleset_find(v->a->host.rules, rule) : NULL;

	return r != NULL ? r->title : "";
}

static void
put_budget(struct jsonw *w, const struct policy_budget *b)
{
	jsonw_key(w, STR("budget"));
	jsonw_obj(w);
	jsonw_kint(w, "users", (int64_t)b->users);
	jsonw_kint(w, "shared", (int64_t)b->shared);
	jsonw_kint(w, "window_seconds", b->window / CLOCK_S);
	jsonw_end(w);
}

static void
put_words(struct jsonw *w, const char *key, const struct policy_words *words)
{
	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t i = 0; i < words->n; i++)
		jsonw_str(w, words->p[i]);
	jsonw_end(w);
}

static void
put_bits(struct jsonw *w, const struct policy_row *row)
{
	static const char *const severities[] = { "critical", "high", "medium", "low",
		"informational" };

	jsonw_key(w, STR("wish"));
	jsonw_arr(w);
	for (unsigned i = 0; i < DEEDS; i++)
		if ((row->wishes & 1U << i) != 0)
			jsonw_str(w, str_c(deed_word((enum deed)i)));
	jsonw_end(w);
	jsonw_key(w, STR("severity"));
	jsonw_arr(w);
	for (unsigned i = 0; i < ARRAY_LEN(severities); i++)
		if ((row->severities & 1U << i) != 0)
			jsonw_str(w, str_c(severities[i]));
	jsonw_end(w);
}

static void
put_row(struct jsonw *w, const struct policy_row *row)
{
	jsonw_obj(w);
	jsonw_kstr(w, "threat", row->threat);
	put_words(w, "rules", &row->rules);
	put_words(w, "tags", &row->tags);
	put_bits(w, row);
	jsonw_key(w, STR("actions"));
	jsonw_arr(w);
	for (size_t i = 0; i < row->n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "action", str_c(deed_word(row->deeds[i].deed)));
		jsonw_kint(w, "seconds", row->deeds[i].span / CLOCK_S);
		jsonw_kbool(w, "approve", row->deeds[i].approve);
		jsonw_end(w);
	}
	jsonw_end(w);
	put_budget(w, &row->budget);
	jsonw_end(w);
}

static void
put_policy(struct view *v)
{
	const struct policy *p = v->all->policy;
	struct jsonw *w = &v->w;
	const struct policy_row *row;

	jsonw_key(w, STR("policy"));
	if (p == NULL) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_kstr(w, "name", policy_name(p));
	jsonw_kstr(w, "title", policy_title(p));
	jsonw_kstr(w, "digest", str_c(policy_digest(p)));
	jsonw_key(w, STR("rows"));
	jsonw_arr(w);
	for (size_t i = 0; (row = policy_at(p, i)) != NULL; i++)
		put_row(w, row);
	jsonw_end(w);
	jsonw_end(w);
}

static enum err
on_trip(void *ctx, const struct budget_trip *t)
{
	struct view *v = ctx;

	jsonw_obj(&v->w);
	jsonw_kstr(&v->w, "rule_id", t->rule);
	jsonw_kstr(&v->w, "rule", str_c(title_of(v, t->rule)));
	jsonw_ktime(&v->w, "time", t->time);
	jsonw_kstr(&v->w, "reason", t->reason);
	jsonw_kint(&v->w, "taken_back", (int64_t)t->undone);
	jsonw_end(&v->w);
	return OK;
}

static enum err
on_hit(void *ctx, const struct budget_hit *h)
{
	struct view *v = ctx;

	if (v->n++ == HITS_SHOWN)
		return FAIL_LIMIT; /* enough */
	jsonw_obj(&v->w);
	jsonw_kstr(&v->w, "rule_id", h->rule);
	jsonw_kstr(&v->w, "rule", str_c(title_of(v, h->rule)));
	jsonw_kstr(&v->w, "kind", str_c(budget_word(h->kind)));
	jsonw_kstr(&v->w, "name", h->name);
	jsonw_kstr(&v->w, "address", h->address);
	jsonw_ktime(&v->w, "time", h->time);
	jsonw_kint(&v->w, "response", h->lease);
	jsonw_end(&v->w);
	return OK;
}

static enum err
on_entry(void *ctx, const struct arming_entry *e)
{
	struct view *v = ctx;

	jsonw_obj(&v->w);
	jsonw_ktime(&v->w, "time", e->time);
	jsonw_kstr(&v->w, "what", e->what);
	jsonw_kstr(&v->w, "rule_id", e->rule);
	jsonw_kstr(&v->w, "rule", str_c(title_of(v, e->rule)));
	jsonw_kstr(&v->w, "by", e->by);
	jsonw_kstr(&v->w, "text", e->text);
	jsonw_end(&v->w);
	return OK;
}

static enum err
on_listed(void *ctx, const struct arming_preview *p)
{
	struct view *v = ctx;

	jsonw_obj(&v->w);
	jsonw_kstr(&v->w, "id", p->id);
	jsonw_ktime(&v->w, "time", p->time);
	jsonw_ktime(&v->w, "since", p->since);
	jsonw_kstr(&v->w, "policy", p->policy);
	jsonw_kstr(&v->w, "by", p->by);
	jsonw_kstr(&v->w, "verdict", p->verdict);
	jsonw_kbool(&v->w, "arms",
	    p->time > v->now - ARMING_FRESH && v->all->policy != NULL &&
		str_eq(p->digest, str_c(policy_digest(v->all->policy))));
	jsonw_end(&v->w);
	return OK;
}

static void
put_state(struct view *v, const struct arming *a)
{
	struct jsonw *w = &v->w;
	const bool armed = a->said ? a->armed : v->all->conf_armed;

	jsonw_kbool(w, "armed", armed);
	jsonw_kbool(w, "configured", v->all->conf_armed);
	jsonw_kbool(w, "previewed", armed && a->said && a->preview[0] != '\0');
	jsonw_kstr(w, "by", str_c(a->by));
	jsonw_kstr(w, "reason", str_c(a->reason));
	jsonw_kstr(w, "preview", str_c(a->preview));
	person_put_time(w, "since", a->time);
	jsonw_kstr(w, "helper",
	    !v->all->helper     ? STR("none")
	    : v->all->helper_up ? STR("up")
				: STR("down"));
}

static enum err
put_lists(struct view *v, struct diag *why)
{
	struct leases *l = v->all->leases;
	enum err e;

	jsonw_key(&v->w, STR("trips"));
	jsonw_arr(&v->w);
	e = budget_trips(l, on_trip, v, why);
	jsonw_end(&v->w);
	jsonw_key(&v->w, STR("hits"));
	jsonw_arr(&v->w);
	if (e == OK)
		e = budget_hits(l, (struct str){ 0 }, on_hit, v, why);
	if (e == FAIL_LIMIT)
		e = OK;
	jsonw_end(&v->w);
	jsonw_key(&v->w, STR("previews"));
	jsonw_arr(&v->w);
	if (e == OK)
		e = arming_previews(l, on_listed, v, why);
	jsonw_end(&v->w);
	jsonw_key(&v->w, STR("log"));
	jsonw_arr(&v->w);
	if (e == OK)
		e = arming_log(l, LOG_SHOWN, on_entry, v, why);
	jsonw_end(&v->w);
	return e;
}

static void
reply_state(const struct api *a, struct respond *all, struct http *r)
{
	struct view v = { .a = a, .all = all, .now = clock_wall() };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct arming arming;
	enum err e = arming_get(all->leases, &arming, &why);

	jsonw_init(&v.w, &body);
	jsonw_obj(&v.w);
	if (e == OK)
		put_state(&v, &arming);
	put_policy(&v);
	if (e == OK)
		e = put_lists(&v, &why);
	jsonw_end(&v.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
response_handle_get(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);

	if (all != NULL && person_no_query(r))
		reply_state(ctx, all, r);
}

static enum err
on_body(void *ctx, const struct arming_preview *p)
{
	struct buf *to = ctx;
	const struct str head = STR("{\"id\":\"\"");

	/* It was kept before it had an id. */
	if (!str_starts(p->body, head)) {
		buf_str(to, STR("{}"));
		return OK;
	}
	buf_printf(to, "{\"id\":\"%.*s\"", STR_ARG(p->id));
	buf_str(to, str_from(p->body, head.n));
	return OK;
}

void
response_handle_kept(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	enum err e;

	if (all == NULL || !person_no_query(r))
		return;
	e = arming_preview(all->leases, http_param(r, "id"), on_body, &body, &why);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
response_handle_arm(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct arming_wish w = { .preview = STR(""), .reason = STR("") };
	struct str confirm = STR("");
	const struct body_field fields[] = { { "preview", BODY_TEXT, true, &w.preview, NULL },
		{ "confirm", BODY_TEXT, true, &confirm, NULL },
		{ "reason", BODY_TEXT, false, &w.reason, NULL } };
	struct diag why = { 0 };
	enum err e;

	if (all == NULL || !body_read(ctx, r, fields, ARRAY_LEN(fields)))
		return;
	if (all->policy == NULL) {
		http_problem(r, 409, "there is no policy to be armed");
		return;
	}
	if (!str_eq(confirm, policy_name(all->policy))) {
		http_problem(r, 422, "confirm: is the name of the policy, %.*s",
		    STR_ARG(policy_name(all->policy)));
		return;
	}
	w.digest = str_c(policy_digest(all->policy));
	w.by = alert_caller(r);
	e = arming_arm(all->leases, &w, clock_wall(), &why);
	if (e == OK) {
		all->armed = true;
		reply_state(ctx, all, r);
	} else {
		alert_fail(r, e, &why);
	}
}

void
response_handle_disarm(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct str reason = STR("");
	bool undo = false;
	const struct body_field fields[] = { { "undo", BODY_BOOL, false, &undo, NULL },
		{ "reason", BODY_TEXT, false, &reason, NULL } };
	struct diag why = { 0 };
	uint64_t n = 0;
	enum err e;

	if (all == NULL || !body_read(ctx, r, fields, ARRAY_LEN(fields)))
		return;
	e = arming_disarm(all->leases, undo, alert_caller(r), reason, clock_wall(), &n, &why);
	if (e == OK) {
		all->armed = false;
		reply_state(ctx, all, r);
	} else {
		alert_fail(r, e, &why);
	}
}

void
response_handle_reset(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct str rule = STR(""), reason = STR("");
	const struct body_field fields[] = { { "rule_id", BODY_TEXT, true, &rule, NULL },
		{ "reason", BODY_TEXT, true, &reason, NULL } };
	struct diag why = { 0 };
	enum err e;

	if (all == NULL || !body_read(ctx, r, fields, ARRAY_LEN(fields)))
		return;
	if (str_trim(reason).n == 0) {
		http_problem(r, 422, "reason: say why the rule may act again");
		return;
	}
	e = budget_reset(all->leases, rule, alert_caller(r), reason, clock_wall(), &why);
	if (e == OK)
		reply_state(ctx, all, r);
	else
		alert_fail(r, e, &why);
}
