/* GET /v1/alerts, GET /v1/alerts/{id}, POST /v1/alerts/{id}/{ack|resolve|reopen|false-positive}. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: alerts_handle */
#include "api/internal.h"

#include "alert/alerts.h"
#include "base/clock.h"
#include "parse/json.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define TIES_MAX 10000 /* alerts of one instant, which no page break may part */

static const struct {
	const char *action;
	enum alerts_status to;
} actions[] = {
	{ "ack", ALERTS_ACKNOWLEDGED },
	{ "resolve", ALERTS_RESOLVED },
	{ "reopen", ALERTS_OPEN },
	{ "false-positive", ALERTS_FALSE_POSITIVE },
};

static void
put_row(struct jsonw *w, const struct alerts_row *row)
{
	struct str tags = row->tags;

	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(row->id));
	jsonw_kstr(w, "rule_id", row->rule_id);
	jsonw_kstr(w, "title", row->title);
	jsonw_kstr(w, "severity", row->severity);
	jsonw_kstr(w, "status", str_c(alerts_status_word(row->status)));
	jsonw_kstr(w, "group", row->group);
	jsonw_kstr(w, "summary", row->summary);
	jsonw_kstr(w, "advice", row->advice);
	jsonw_key(w, STR("tags"));
	jsonw_arr(w);
	while (tags.n != 0)
		jsonw_str(w, str_trim(str_until(&tags, ',')));
	jsonw_end(w);
	jsonw_kint(w, "count", (int64_t)row->count);
	jsonw_ktime(w, "first", row->first);
	jsonw_ktime(w, "last", row->last);
	jsonw_ktime(w, "created", row->created);
	jsonw_ktime(w, "updated", row->updated);
	jsonw_kstr(w, "by", row->status_by);
	jsonw_kstr(w, "note", row->status_note);
	jsonw_key(w, STR("evidence"));
	jsonw_arr(w);
	for (size_t i = 0; i < row->n_evidence; i++)
		jsonw_int(w, (int64_t)row->evidence[i]);
	jsonw_end(w);
	jsonw_end(w);
}

static void
fail(struct http *r, enum err e, const struct diag *why)
{
	static const int status[FAIL_COUNT_] = { [FAIL_NOT_FOUND] = 404,
		[FAIL_EXISTS] = 409,
		[FAIL_DENIED] = 409,
		[FAIL_SYNTAX] = 422,
		[FAIL_LIMIT] = 422 };

	http_problem(r, status[e] != 0 ? status[e] : 503, "%s", why->text);
}

struct page {
	struct jsonw w;
	size_t n, limit;
	int64_t last; /* `updated` of the last row */
	bool more;
};

static enum err
on_row(void *ctx, const struct alerts_row *row)
{
	struct page *p = ctx;

	if (p->n >= p->limit && row->updated != p->last) {
		p->more = true;
		return FAIL_LIMIT; /* enough */
	}
	put_row(&p->w, row);
	p->n++;
	p->last = row->updated;
	return OK;
}

/* Reads the query; false when it was answered. */
static bool
filter_read(struct http *r, struct alerts_filter *f, size_t *ret_limit)
{
	enum alerts_status status;
	struct str key, value;
	uint64_t n;

	*f = (struct alerts_filter){ 0 };
	*ret_limit = LIMIT_DEFAULT;
	for (size_t i = 0; http_query_at(r, i, &key, &value); i++) {
		bool good = value.n <= 256;

		if (str_eq(key, STR("status"))) {
			f->status = value;
			good = alerts_status_find(value, &status);
		} else if (str_eq(key, STR("severity"))) {
			f->severity = value;
		} else if (str_eq(key, STR("rule_id"))) {
			f->rule_id = value;
		} else if (str_eq(key, STR("group"))) {
			f->group = value;
		} else if (str_eq(key, STR("cursor"))) {
			good = str_i64(value, &f->before) && f->before > 0;
		} else if (str_eq(key, STR("limit"))) {
			good = str_u64(value, &n) && n >= 1 && n <= LIMIT_MAX;
			*ret_limit = good ? (size_t)n : 0;
		} else {
			good = false;
		}
		if (!good) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(key.n < 64 ? key.n : 64), key.p);
			return false;
		}
	}
	f->limit = (unsigned)*ret_limit + TIES_MAX;
	return true;
}

void
alerts_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct alerts_filter filter;
	struct page p = { 0 };
	struct diag why = { 0 };
	struct buf body;
	enum err e;

	if (!filter_read(r, &filter, &p.limit))
		return;
	buf_init(&body, 0);
	jsonw_init(&p.w, &body);
	jsonw_obj(&p.w);
	jsonw_key(&p.w, STR("alerts"));
	jsonw_arr(&p.w);
	e = alerts_list(a->host.alerts, &filter, on_row, &p, &why);
	jsonw_end(&p.w);
	jsonw_key(&p.w, STR("next"));
	if (p.more)
		jsonw_int(&p.w, p.last);
	else
		jsonw_null(&p.w);
	jsonw_end(&p.w);
	if (e == OK || p.more)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		fail(r, e, &why);
	buf_fini(&body);
}

static enum err
on_one(void *ctx, const struct alerts_row *row)
{
	put_row(ctx, row);
	return OK;
}

static void
reply_one(struct api *a, struct http *r, struct str id)
{
	struct jsonw w;
	struct diag why = { 0 };
	struct buf body;
	enum err e;

	buf_init(&body, 0);
	jsonw_init(&w, &body);
	e = alerts_get(a->host.alerts, id, on_one, &w, &why);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		fail(r, e, &why);
	buf_fini(&body);
}

void
alerts_handle_get(void *ctx, struct http *r)
{
	reply_one(ctx, r, http_param(r, "id"));
}

/* {"by":"...","note":"..."}, either may be left out; as may the body.  Text lives in a->json. */
static enum err
words_read(struct api *a, struct str body, struct str *ret_by, struct str *ret_note,
    struct diag *why)
{
	struct json_doc doc;
	struct json_value v = { 0 }, key = { 0 }, value = { 0 };
	enum err e;

	if (str_trim(body).n == 0)
		return OK;
	e = json_parse(a->json, body, &doc, why);
	if (e != OK)
		return e;
	json_read(&doc, 1, &v);
	if (v.type != JSON_OBJECT)
		return err_set(why, FAIL_SYNTAX, "the body is no JSON object");
	for (size_t at = v.first;; at = value.next) {
		json_read(&doc, at, &key);
		if (key.type == JSON_END)
			return OK;
		json_read(&doc, key.next, &value);
		if (value.type != JSON_TEXT || value.s.n > 4096 ||
		    !(str_eq(key.s, STR("by")) || str_eq(key.s, STR("note"))))
			return err_set(why, FAIL_SYNTAX, "the body may hold the texts by and note");
		if (str_eq(key.s, STR("by")))
			*ret_by = value.s;
		else
			*ret_note = value.s;
	}
}

void
alerts_handle_action(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str action = http_param(r, "action"), id = http_param(r, "id");
	struct str by = STR("api"), note = STR("");
	struct diag why = { 0 };
	size_t i = 0;
	enum err e;

	while (i < ARRAY_LEN(actions) && !str_eq(action, str_c(actions[i].action)))
		i++;
	if (i == ARRAY_LEN(actions)) {
		http_problem(r, 404, "actions are ack, resolve, reopen and false-positive");
		return;
	}
	e = words_read(a, http_body(r), &by, &note, &why);
	if (e != OK) {
		http_problem(r, 400, "%s", why.text);
		return;
	}
	e = alerts_set_status(a->host.alerts, id, actions[i].to, by, note, clock_wall(), &why);
	if (e == OK)
		reply_one(a, r, id);
	else
		fail(r, e, &why);
}
