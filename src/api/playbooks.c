/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/playbooks, and the playbooks and tickets of incidents. */
/* exports: playbooks_handle tickets_handle */
/* tested by: test/e2e/playbooks.py */
#include "api/body.h"
#include "api/inroom.h"
#include "api/person.h"
#include "api/playjson.h"
#include "base/clock.h"
#include "incident/cacao.h"
#include "incident/ticket.h"

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

static const struct api_playbooks *
parts(const struct api *a, struct http *r)
{
	if (a->host.playbooks == NULL || a->host.incidents == NULL) {
		http_problem(r, 503, "there are no playbooks here");
		return NULL;
	}
	return a->host.playbooks;
}

static void
reply(struct http *r, int status, const struct buf *body)
{
	if (buf_overflow(body))
		http_problem(r, 503, "the answer is too large");
	else
		http_reply(r, status, HTTP_JSON, buf_view(body));
}

void
playbooks_handle_list(void *ctx, struct http *r)
{
	const struct api_playbooks *h = parts(ctx, r);
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	if (h == NULL || !person_no_query(r))
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("playbooks"));
	jsonw_arr(&w);
	for (size_t i = 0; i < h->lib->n; i++) {
		playjson_put_open(&w, h->lib->p[i]);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	reply(r, 200, &body);
}

/* Of the path; answered when there is none. */
static const struct playlib_book *
book_of(const struct api_playbooks *h, struct http *r)
{
	const struct playlib_book *b = playlib_find(h->lib, http_param(r, "name"));

	if (b == NULL)
		http_problem(r, 404, "there is no such playbook");
	return b;
}

void
playbooks_handle_get(void *ctx, struct http *r)
{
	const struct api_playbooks *h = parts(ctx, r);
	const struct playlib_book *b = h != NULL ? book_of(h, r) : NULL;
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	if (b == NULL || !person_no_query(r))
		return;
	jsonw_init(&w, &body);
	playjson_put_open(&w, b);
	jsonw_key(&w, STR("steps"));
	jsonw_arr(&w);
	for (size_t i = 0; i < b->book->n; i++) {
		playjson_step_open(&w, b->book, i);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_kstr(&w, "text", b->text);
	jsonw_end(&w);
	reply(r, 200, &body);
}

void
playbooks_handle_cacao(void *ctx, struct http *r)
{
	const struct api_playbooks *h = parts(ctx, r);
	const struct playlib_book *b = h != NULL ? book_of(h, r) : NULL;
	auto_buf struct buf body = { 0 };

	if (b == NULL || !person_no_query(r))
		return;
	cacao_put(b->book, b->changed, &body);
	reply(r, 200, &body);
}

/* The incident of the path; 0: answered. */
static int64_t
incident_of(const struct api *a, const struct api_playbooks *h, struct http *r)
{
	return h != NULL && inroom_host(a, r) != NULL ? inroom_number(r) : 0;
}

static enum err
ignore(void *ctx, const struct incident *one)
{
	(void)ctx;
	(void)one;
	return OK;
}

static void
reply_runs(const struct api *a, struct http *r, int status, int64_t n, int64_t run)
{
	struct incidents *all = a->host.incidents->all;
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e = incident_get(all, n, ignore, NULL, &why);

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("runs"));
	if (e == OK)
		e = playjson_runs(&w, all, n, run, &why);
	jsonw_end(&w);
	if (e == OK)
		reply(r, status, &body);
	else
		alert_fail(r, e, &why);
}

/* Answers what a change came to, and lets the steps go on. */
static void
done(struct api *a, struct http *r, enum err e, const struct diag *why, int64_t n, int64_t run)
{
	const struct api_playbooks *h = a->host.playbooks;

	if (e == FAIL_DENIED || e == FAIL_EXISTS)
		http_problem(r, 409, "%s", why->text);
	else if (e != OK)
		alert_fail(r, e, why);
	else
		reply_runs(a, r, 200, n, run);
	if (e == OK) {
		h->wake(h->ctx);
		stream_wake(a);
	}
}

void
playbooks_handle_runs(void *ctx, struct http *r)
{
	const struct api_playbooks *h = parts(ctx, r);
	const int64_t n = incident_of(ctx, h, r);

	if (n != 0 && person_no_query(r))
		reply_runs(ctx, r, 200, n, 0);
}

void
playbooks_handle_begin(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct api_playbooks *h = parts(ctx, r);
	const int64_t n = incident_of(ctx, h, r);
	struct str name = { 0 };
	struct runs_new want = { .incident = n, .by = alert_caller(r) };
	const struct body_field fields[] = { { "playbook", BODY_TEXT, true, &name, NULL },
		{ "unasked", BODY_BOOL, false, &want.unasked, NULL } };
	const struct playlib_book *b;
	struct diag why = { 0 };
	int64_t run = 0;
	enum err e;

	if (n == 0 || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	b = playlib_find(h->lib, name);
	if (b == NULL) {
		http_problem(r, 422, "playbook: there is none of that name");
		return;
	}
	want.text = b->text;
	want.file = b->file;
	e = runs_start(a->host.incidents->all, &want, clock_wall(), &run, &why);
	done(a, r, e, &why, n, run);
}

static int64_t
run_of(struct http *r)
{
	int64_t run;

	if (str_i64(http_param(r, "run"), &run) && run > 0)
		return run;
	http_problem(r, 404, "there is no such run");
	return 0;
}

void
playbooks_handle_run(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const int64_t n = incident_of(ctx, parts(ctx, r), r);
	const int64_t run = n != 0 ? run_of(r) : 0;
	const struct str action = http_param(r, "action"), who = alert_caller(r);
	struct diag why = { 0 };
	enum err e;

	if (run == 0 || !body_read(a, r, NULL, 0))
		return;
	if (str_eq(action, STR("cancel"))) {
		e = runs_cancel(a->host.incidents->all, n, run, who, clock_wall(), &why);
	} else if (str_eq(action, STR("rollback"))) {
		e = runs_rollback(a->host.incidents->all, n, run, who, clock_wall(), &why);
	} else {
		http_problem(r, 404, "a run is cancelled or rolled back");
		return;
	}
	done(a, r, e, &why, n, run);
}

static bool
find_event(struct str word, enum run_event *ret)
{
	static const struct {
		const char *word;
		enum run_event event;
	} events[] = { { "run", RUN_RUN }, { "done", RUN_FINISHED }, { "skip", RUN_SKIP },
		{ "approve", RUN_APPROVE }, { "rollback", RUN_ROLLBACK } };

	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (str_eq(word, str_c(events[i].word))) {
			*ret = events[i].event;
			return true;
		}
	return false;
}

void
playbooks_handle_step(void *ctx, struct http *r)
{
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct api *a = ctx;
	const int64_t n = incident_of(ctx, parts(ctx, r), r);
	struct runs_act act = { .incident = n, .note = STR(""), .answers = STR("") };
	const struct jsonr *body = NULL, *answers = NULL;
	const struct members_row rows[] = { { "note", MEMBERS_TEXT, &act.note, NULL },
		{ "answers", MEMBERS_MAP, &answers, NULL } };
	struct diag why = { 0 };
	enum err e;

	act.run = n != 0 ? run_of(r) : 0;
	if (act.run == 0)
		return;
	if (!find_event(http_param(r, "action"), &act.event)) {
		http_problem(r, 404, "actions are run, done, skip, approve and rollback");
		return;
	}
	if (!members_body(r, arena, &body))
		return;
	e = members_read(body, "", rows, ARRAY_LEN(rows), &why);
	act.step = http_param(r, "step");
	act.who = alert_caller(r);
	act.admin = (http_caller(r)->scopes & ROUTE_ADMIN) != 0;
	if (answers != NULL)
		act.answers = answers->raw;
	if (e == OK)
		e = runs_act(a->host.incidents->all, &act, clock_wall(), &why);
	done(a, r, e, &why, n, act.run);
}

static enum err
on_ticket(void *ctx, const struct ticket_row *row)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_kstr(w, "channel", row->channel);
	jsonw_kstr(w, "state", row->state);
	jsonw_kstr(w, "id", row->ref);
	jsonw_kstr(w, "url", row->url);
	jsonw_kstr(w, "error", row->error);
	jsonw_ktime(w, "at", row->at);
	jsonw_end(w);
	return OK;
}

static void
reply_tickets(const struct api *a, struct http *r, int status, int64_t n)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e = incident_get(a->host.incidents->all, n, ignore, NULL, &why);

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("tickets"));
	jsonw_arr(&w);
	if (e == OK)
		e = ticket_list(a->host.incidents->all, n, on_ticket, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		reply(r, status, &body);
	else
		alert_fail(r, e, &why);
}

void
tickets_handle_list(void *ctx, struct http *r)
{
	const int64_t n = incident_of(ctx, parts(ctx, r), r);

	if (n != 0 && person_no_query(r))
		reply_tickets(ctx, r, 200, n);
}

void
tickets_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct api_playbooks *h = parts(ctx, r);
	struct ticket_want want = { .incident = incident_of(ctx, h, r), .words = STR("") };
	const struct body_field fields[] = { { "channel", BODY_TEXT, true, &want.channel, NULL },
		{ "text", BODY_TEXT, false, &want.words, NULL } };
	struct diag why = { 0 };
	bool there = false;
	enum err e;

	if (want.incident == 0 || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	e = incident_get(a->host.incidents->all, want.incident, ignore, NULL, &why);
	if (e == OK)
		e = ticket_add(a->host.incidents->all, &want, clock_wall(), &there, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	h->wake(h->ctx);
	reply_tickets(a, r, 201, want.incident);
}
