/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/routes: who is told of which alerts, what waits, and who would be told of one like this. */
/* tested by: test/e2e/routes.py */
#include "api/routing.h"

#include <stdlib.h>

#include "alert/bundle.h"
#include "alert/plan_view.h"
#include "alert/routing.h"
#include "api/alert.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/mem.h"
#include "parse/time.h"

#define WAITING_MAX 200

struct looking {
	const struct routing_rules *rules;
	struct plan_channel channels[CHANNELS_MAX];
	struct plan_world world;
};

/* NULL: it was answered that there is nothing.  To be given to done(). */
static struct looking *
look(const struct api *a, struct http *r)
{
	struct looking *l;
	struct diag why = { 0 };
	enum err e;

	if (a->host.routing == NULL) {
		http_problem(r, 503, "nothing here tells of alerts");
		return NULL;
	}
	l = MEM_NEW(struct looking);
	l->rules = routing_take(a->host.routing);
	l->world = (struct plan_world){ .channels = l->channels,
		.policies = l->rules->policies,
		.n_policies = l->rules->n_policies };
	e = routing_channels(a->host.alerts, l->channels, CHANNELS_MAX, &l->world.n, &why);
	if (e == OK)
		return l;
	alert_fail(r, e, &why);
	routing_drop(a->host.routing, l->rules);
	free(l);
	return NULL;
}

static void
done(const struct api *a, struct looking *l)
{
	routing_drop(a->host.routing, l->rules);
	free(l);
}

static enum err
on_waiting(void *ctx, const struct bundle *b)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_kstr(w, "id", b->id);
	jsonw_kstr(w, "channel", b->channel);
	jsonw_kstr(w, "form", str_c(bundle_word(b->form)));
	jsonw_kint(w, "alerts", (int64_t)b->alerts);
	jsonw_kstr(w, "severity", str_c(alerts_severity_word(b->severity)));
	jsonw_ktime(w, "begin", b->begin);
	jsonw_ktime(w, "due", b->due);
	jsonw_end(w);
	return OK;
}

enum err
routing_put_waiting(const struct api *a, struct jsonw *w, struct str alert_id, struct diag *why)
{
	enum err e;

	jsonw_key(w, STR("waiting"));
	jsonw_arr(w);
	e = bundle_of(a->host.alerts, alert_id, on_waiting, w, why);
	jsonw_end(w);
	return e;
}

void
routing_handle_list(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct looking *l;
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	if (!person_no_query(r))
		return;
	l = look(a, r);
	if (l == NULL)
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("policy"));
	plan_view_routes(l->rules->tree, &l->world, &w);
	jsonw_kint(&w, "storm_limit", l->rules->storm_limit);
	jsonw_kint(&w, "storm_window", l->rules->storm_window / CLOCK_S);
	jsonw_key(&w, STR("waiting"));
	jsonw_arr(&w);
	e = bundle_list(a->host.alerts, WAITING_MAX, on_waiting, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	done(a, l);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

static bool
take(struct plan_asked *asked, struct str name, struct str value)
{
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
		{ "severity", &asked->severity },
		{ "rule", &asked->rule },
		{ "tag", &asked->tags },
		{ "entity", &asked->entity },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(name, str_c(texts[i].name))) {
			*texts[i].to = value.p != NULL ? value : STR("");
			return value.n <= MATCHER_WORD_MAX;
		}
	return str_eq(name, STR("at")) && time_any(value, 0, asked->now, &asked->now);
}

void
routing_handle_explain(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct plan_asked asked = { STR(""), STR(""), STR(""), STR(""), clock_wall() };
	auto_buf struct buf body = { 0 }, affected = { 0 };
	struct str name, value;
	struct looking *l;
	struct matcher_case c;
	struct diag why = { 0 };
	struct jsonw w;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(&asked, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	if (plan_view_asked(&asked, &affected, &c, &why) != OK) {
		http_problem(r, 400, "severity: %s", why.text);
		return;
	}
	l = look(a, r);
	if (l == NULL)
		return;
	jsonw_init(&w, &body);
	plan_view_case(l->rules->tree, &c, &l->world, &w);
	done(a, l);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}
