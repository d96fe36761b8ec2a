/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/silences: what nobody needs to be told of for a time. */
/* exports: silences_handle */
/* tested by: test/e2e/silences.py */
#include "api/silence.h"

#include "api/alert.h"
#include "base/clock.h"

#define LIMIT_DEFAULT 200
#define SHOWN 50 /* alerts of one silence, and of a preview */

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

struct page {
	struct jsonw w;
	int64_t now, last, before;
	size_t n, limit;
	unsigned states;
	bool more;
};

static enum err
on_row(void *ctx, const struct silence *s)
{
	struct page *p = ctx;

	if (p->n == p->limit) {
		p->more = true;
		return OK;
	}
	silencejson_put(&p->w, s, p->now);
	p->n++;
	p->last = s->id;
	return OK;
}

static bool
take(struct page *p, struct str name, struct str value)
{
	enum silence_state state;
	uint64_t n;

	if (str_eq(name, STR("cursor")))
		return str_i64(value, &p->before) && p->before > 0;
	if (str_eq(name, STR("limit"))) {
		if (!str_u64(value, &n) || n < 1 || n > ALERT_LIST_MAX)
			return false;
		p->limit = (size_t)n;
		return true;
	}
	if (!str_eq(name, STR("state")))
		return false;
	while (value.n != 0) {
		if (!silence_state_find(str_trim(str_until(&value, ',')), &state))
			return false;
		p->states |= 1U << state;
	}
	return true;
}

void
silences_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct page p = { .limit = LIMIT_DEFAULT, .now = clock_wall() };
	struct str name, value;
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(&p, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	jsonw_init(&p.w, &body);
	jsonw_obj(&p.w);
	jsonw_key(&p.w, STR("silences"));
	jsonw_arr(&p.w);
	e = silence_list(a->host.alerts, p.states, p.before, (unsigned)p.limit + 1, p.now, on_row,
	    &p, &why);
	jsonw_end(&p.w);
	jsonw_key(&p.w, STR("next"));
	if (p.more)
		jsonw_int(&p.w, p.last);
	else
		jsonw_null(&p.w);
	jsonw_end(&p.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

static enum err
on_one(void *ctx, const struct silence *s)
{
	silencejson_open(ctx, s, clock_wall());
	return OK;
}

static enum err
on_entry(void *ctx, const struct silence_entry *e)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_ktime(w, "time", e->time);
	jsonw_kstr(w, "by", e->by);
	jsonw_kstr(w, "action", e->action);
	jsonw_kstr(w, "note", e->note);
	jsonw_end(w);
	return OK;
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	alert_put(ctx, row);
	return OK;
}

/* One silence with its history and the newest alerts it hid. */
static void
reply_one(struct api *a, struct http *r, int status, int64_t id)
{
	const struct alerts_filter f = { .silence = id, .limit = SHOWN };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	jsonw_init(&w, &body);
	e = silence_get(a->host.alerts, id, on_one, &w, &why);
	if (e == OK) {
		jsonw_key(&w, STR("history"));
		jsonw_arr(&w);
		e = silence_history(a->host.alerts, id, on_entry, &w, &why);
		jsonw_end(&w);
		jsonw_key(&w, STR("alerts"));
		jsonw_arr(&w);
		if (e == OK)
			e = alerts_list(a->host.alerts, &f, on_alert, &w, &why);
		jsonw_end(&w);
		jsonw_end(&w);
	}
	if (e == OK)
		http_reply(r, status, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

/* Of the path; 0, answered, when it is none. */
static int64_t
id_of(struct http *r)
{
	int64_t id;

	if (str_i64(http_param(r, "id"), &id) && id > 0)
		return id;
	http_problem(r, 404, "there is no such silence");
	return 0;
}

void
silences_handle_get(void *ctx, struct http *r)
{
	const int64_t id = id_of(r);

	if (id != 0)
		reply_one(ctx, r, 200, id);
}

void
silences_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct silence s = { .owner = alert_caller(r), .reason = STR(""), .note = STR("") };
	const struct jsonr *body;
	struct diag why = { 0 };
	int64_t id = 0;
	enum err e;

	if (!members_body(r, arena, &body))
		return;
	e = silenceread_new(a, arena, body, STR(""), &s, &why);
	if (e == OK)
		e = silence_add(a->host.alerts, &s, alert_caller(r), clock_wall(), &id, &why);
	if (e == OK)
		reply_one(a, r, 201, id);
	else
		alert_fail(r, e, &why);
}

struct shown {
	struct jsonw newest, positives;
	struct buf newest_text, positives_text;
	size_t n_newest, n_positives;
};

static enum err
on_past(void *ctx, const struct alerts_row *row)
{
	struct shown *s = ctx;

	if (s->n_newest++ < SHOWN)
		alert_put(&s->newest, row);
	if (row->status == ALERTS_RESOLVED && str_eq(row->reason, STR("true_positive")) &&
	    s->n_positives++ < SHOWN)
		alert_put(&s->positives, row);
	return OK;
}

static void
reply_preview(struct http *r, const struct silence_preview *p, struct shown *s)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	jsonw_end(&s->newest);
	jsonw_end(&s->positives);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kint(&w, "alerts", (int64_t)p->alerts);
	jsonw_kint(&w, "events", (int64_t)p->events);
	jsonw_kint(&w, "true_positives", (int64_t)p->true_positives);
	jsonw_kbool(&w, "complete", p->complete);
	jsonw_key(&w, STR("by_severity"));
	jsonw_obj(&w);
	for (unsigned i = 0; i < ALERTS_SEVERITIES; i++)
		jsonw_kint(&w, alerts_severity_word((enum alerts_severity)i),
		    (int64_t)p->by_severity[i]);
	jsonw_end(&w);
	jsonw_key(&w, STR("newest"));
	jsonw_raw(&w, buf_view(&s->newest_text));
	jsonw_key(&w, STR("positives"));
	jsonw_raw(&w, buf_view(&s->positives_text));
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}

void
silences_handle_preview(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct silence s = { .reason = STR(""), .note = STR("") };
	struct shown shown = { 0 };
	struct silence_preview p;
	const struct jsonr *body;
	struct diag why = { 0 };
	enum err e;

	if (!members_body(r, arena, &body))
		return;
	jsonw_init(&shown.newest, &shown.newest_text);
	jsonw_arr(&shown.newest);
	jsonw_init(&shown.positives, &shown.positives_text);
	jsonw_arr(&shown.positives);
	e = silenceread_new(a, arena, body, STR("1h"), &s, &why);
	if (e == OK)
		e = silence_preview(a->host.alerts, &s, clock_wall(), &p, on_past, &shown, &why);
	if (e == OK)
		reply_preview(r, &p, &shown);
	else
		alert_fail(r, e, &why);
	buf_fini(&shown.newest_text);
	buf_fini(&shown.positives_text);
}

void
silences_handle_set(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct silence_change c = { 0 };
	const int64_t id = id_of(r);
	const struct jsonr *body;
	struct diag why = { 0 };
	enum err e;

	if (id == 0 || !members_body(r, arena, &body))
		return;
	e = silenceread_change(body, &c, &why);
	if (e == OK)
		e = silence_set(a->host.alerts, id, &c, alert_caller(r), clock_wall(), &why);
	if (e == OK)
		reply_one(a, r, 200, id);
	else
		alert_fail(r, e, &why);
}

void
silences_handle_end(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const int64_t id = id_of(r);
	struct diag why = { 0 };
	enum err e;

	if (id == 0)
		return;
	e = silence_end(a->host.alerts, id, alert_caller(r), clock_wall(), &why);
	if (e == OK)
		reply_one(a, r, 200, id);
	else
		alert_fail(r, e, &why);
}
