/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/oncall/overrides: who stands in for whom, and why. */
/* tested by: test/e2e/oncall.py */
#include "alert/override.h"

#include "api/body.h"
#include "api/oncall.h"
#include "api/person.h"
#include "base/clock.h"
#include "parse/time.h"

static void
put_open(struct jsonw *w, struct str rota, struct str person, int64_t from, int64_t to)
{
	jsonw_obj(w);
	jsonw_kstr(w, "rota", rota);
	jsonw_kstr(w, "person", person);
	jsonw_ktime(w, "from", from);
	jsonw_ktime(w, "to", to);
}

static enum err
on_row(void *ctx, const struct override *o)
{
	struct jsonw *w = ctx;

	put_open(w, o->rota, o->person, o->from, o->to);
	jsonw_kint(w, "id", o->id);
	jsonw_kstr(w, "by", o->by);
	jsonw_kstr(w, "why", o->why);
	person_put_time(w, "created", o->created);
	person_put_time(w, "removed", o->removed);
	jsonw_kstr(w, "removed_by", o->removed_by);
	jsonw_end(w);
	return OK;
}

/* Those of the file have no number: they are changed there. */
static void
put_of_file(struct jsonw *w, const struct book *b, int64_t now)
{
	for (size_t i = 0; i < b->n_overrides; i++) {
		const struct book_override *o = &b->overrides[i];

		if (o->to <= now)
			continue;
		put_open(w, b->rotas[o->rota].name, b->people[o->person].name, o->from, o->to);
		jsonw_key(w, STR("id"));
		jsonw_null(w);
		jsonw_kstr(w, "by", o->by.n != 0 ? o->by : STR(""));
		jsonw_kstr(w, "why", o->why.n != 0 ? o->why : STR(""));
		person_put_time(w, "created", 0);
		person_put_time(w, "removed", 0);
		jsonw_kstr(w, "removed_by", STR(""));
		jsonw_end(w);
	}
}

static void
reply_all(const struct api *a, struct http *r, int status)
{
	const int64_t now = clock_wall();
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("overrides"));
	jsonw_arr(&w);
	if (a->host.book != NULL)
		put_of_file(&w, *a->host.book, now);
	e = override_list(a->host.alerts, now, true, on_row, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, status, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
overrides_handle_list(void *ctx, struct http *r)
{
	if (person_no_query(r))
		reply_all(ctx, r, 200);
}

void
overrides_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const int64_t now = clock_wall();
	struct str from = { 0 }, to = { 0 };
	struct override o = { .why = STR("") };
	const struct body_field fields[] = { { "rota", BODY_TEXT, true, &o.rota, NULL },
		{ "person", BODY_TEXT, true, &o.person, NULL },
		{ "from", BODY_TEXT, true, &from, NULL }, { "to", BODY_TEXT, true, &to, NULL },
		{ "why", BODY_TEXT, false, &o.why, NULL } };
	struct diag why = { 0 };
	int64_t id;
	enum err e;

	if (!body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if (a->host.book == NULL || book_rota(*a->host.book, o.rota) == NULL) {
		http_problem(r, 422, "rota: there is none of that name");
		return;
	}
	if (book_person(*a->host.book, o.person) == NULL) {
		http_problem(r, 422, "person: there is nobody of that name");
		return;
	}
	if (!time_any(from, 0, now, &o.from) || !time_any(to, 0, now, &o.to)) {
		http_problem(r, 422, "from and to: are times like 2026-12-24T09:00:00Z");
		return;
	}
	o.by = alert_caller(r);
	e = override_add(a->host.alerts, &o, now, &id, &why);
	if (e == OK)
		reply_all(a, r, 201);
	else
		http_problem(r, e == FAIL_SYNTAX || e == FAIL_LIMIT ? 422 : 503, "%s", why.text);
}

void
overrides_handle_remove(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };
	int64_t id;
	enum err e;

	if (!str_i64(http_param(r, "id"), &id)) {
		http_problem(r, 404, "there is no such override");
		return;
	}
	e = override_remove(a->host.alerts, id, alert_caller(r), clock_wall(), &why);
	if (e == OK)
		reply_all(a, r, 200);
	else
		alert_fail(r, e, &why);
}
