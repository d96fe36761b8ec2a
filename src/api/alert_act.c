/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/alerts/{id}/{action}, /v1/alerts/bulk, /v1/alerts/undo, /v1/alerts/{id}/ack-link. */
/* exports: alerts_handle */
/* tested by: test/unit/api/test_alerts.c */
#include <stdio.h>

#include "alert/acklink.h"
#include "api/oncall.h"
#include "api/alert.h"
#include "base/clock.h"

#define IDS_MAX 1000 /* of one call; more: by filter */
#define ACTIONS "actions are ack, start, resolve, false-positive, reopen, assign and comment"

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

void
alerts_handle_action(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct act act = { .by = alert_caller(r) };
	const struct members_row rows[] = {
		{ "note", MEMBERS_TEXT, &act.note, NULL },
		{ "reason", MEMBERS_TEXT, &act.reason, NULL },
		{ "owner", MEMBERS_TEXT, &act.owner, NULL },
	};
	const struct jsonr *body;
	struct act_done done;
	struct diag why = { 0 };
	enum err e;

	if (!act_find(http_param(r, "action"), &act.action)) {
		http_problem(r, 404, ACTIONS);
		return;
	}
	if (!members_body(r, arena, &body))
		return;
	e = members_read(body, "", rows, ARRAY_LEN(rows), &why);
	if (e == OK)
		e = act_one(a->host.alerts, http_param(r, "id"), &act, clock_wall(), &done, &why);
	stream_wake(a);
	if (e == OK)
		alert_reply(a, r, http_param(r, "id"), done.undo);
	else
		alert_fail(r, e, &why);
}

struct bulk {
	struct act act;
	struct str action;
	const struct jsonr *ids, *filter;
	int64_t as_of, expected;
	bool as_of_given, expected_given;
	struct str list[IDS_MAX];
};

static enum err
check_bulk(struct bulk *b, struct diag *why)
{
	if (!act_find(b->action, &b->act.action))
		return err_set(why, FAIL_SYNTAX, "action: " ACTIONS);
	if ((b->ids != NULL) == (b->filter != NULL))
		return err_set(why, FAIL_SYNTAX, "say which alerts: either ids or filter");
	if (b->ids != NULL && (b->ids->n == 0 || b->ids->n > IDS_MAX))
		return err_set(why, FAIL_SYNTAX, "ids: 1 to %d of them", IDS_MAX);
	if (b->filter != NULL && (!b->as_of_given || !b->expected_given))
		return err_set(why, FAIL_SYNTAX,
		    "filter: needs as_of, the rev of what was looked at, and expected, its total");
	if (b->as_of < 0 || b->expected < 0)
		return err_set(why, FAIL_SYNTAX, "as_of and expected cannot be negative");
	return OK;
}

static enum err
read_bulk(const struct jsonr *body, struct bulk *b, struct diag *why)
{
	const struct members_row rows[] = {
		{ "action", MEMBERS_TEXT, &b->action, NULL },
		{ "note", MEMBERS_TEXT, &b->act.note, NULL },
		{ "reason", MEMBERS_TEXT, &b->act.reason, NULL },
		{ "owner", MEMBERS_TEXT, &b->act.owner, NULL },
		{ "ids", MEMBERS_LIST, &b->ids, NULL },
		{ "filter", MEMBERS_MAP, &b->filter, NULL },
		{ "as_of", MEMBERS_INT, &b->as_of, &b->as_of_given },
		{ "expected", MEMBERS_INT, &b->expected, &b->expected_given },
	};
	enum err e = members_read(body, "", rows, ARRAY_LEN(rows), why);

	return e == OK ? check_bulk(b, why) : e;
}

static enum err
do_bulk(struct api *a, struct bulk *b, struct act_done *done, struct diag *why)
{
	struct alerts_filter f = { 0 };
	size_t n = 0;
	enum err e;

	if (b->ids != NULL) {
		for (const struct jsonr *id = b->ids->first; id != NULL; id = id->next)
			b->list[n++] = id->s;
		if (b->expected_given && (uint64_t)b->expected != n)
			return err_set(why, FAIL_SYNTAX, "expected: there are %zu ids", n);
		b->expected = (int64_t)n;
		return act_ids(a->host.alerts, b->list, n, &b->act, clock_wall(), done, why);
	}
	e = filter_map(b->filter, &f, why);
	f.as_of = b->as_of != 0 ? (uint64_t)b->as_of : 1;
	return e == OK ? act_filter(a->host.alerts, &f, (uint64_t)b->expected, &b->act,
			     clock_wall(), done, why)
		       : e;
}

/* The problem, with what was expected and what there is. */
static void
reply_mismatch(struct http *r, const struct bulk *b, const struct act_done *done,
    const struct diag *why)
{
	auto_buf struct buf body = { 0 };

	buf_init(&body, 0);
	http_problem_open(r, 409, why->text, &body);
	buf_printf(&body, ",\"expected\":%lld,\"actual\":%llu}", (long long)b->expected,
	    (unsigned long long)done->actual);
	http_reply(r, 409, HTTP_PROBLEM, buf_view(&body));
}

static void
reply_bulk(struct http *r, const struct act_done *done)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kint(&w, "changed", (int64_t)done->changed);
	jsonw_kint(&w, "skipped", (int64_t)done->skipped);
	jsonw_kstr(&w, "undo", str_c(done->undo));
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}

void
alerts_handle_bulk(void *ctx, struct http *r)
{
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct bulk *b = arena_alloc(arena, sizeof(*b));
	struct act_done done = { 0 };
	const struct jsonr *body;
	struct diag why = { 0 };
	enum err e;

	if (b == NULL || !members_body(r, arena, &body))
		return;
	b->act.by = alert_caller(r);
	e = read_bulk(body, b, &why);
	if (e == OK)
		e = do_bulk(ctx, b, &done, &why);
	stream_wake(ctx);
	if (e == OK)
		reply_bulk(r, &done);
	else if (e == FAIL_EXISTS)
		reply_mismatch(r, b, &done, &why);
	else
		alert_fail(r, e, &why);
}

void
alerts_handle_undo(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	auto_buf struct buf out = { 0 };
	struct str undo = STR("");
	const struct members_row rows[] = { { "undo", MEMBERS_TEXT, &undo, NULL } };
	const struct jsonr *body;
	struct diag why = { 0 };
	uint64_t changed = 0;
	enum err e;

	if (!members_body(r, arena, &body))
		return;
	e = members_read(body, "", rows, ARRAY_LEN(rows), &why);
	if (e == OK && undo.n == 0)
		e = err_set(&why, FAIL_SYNTAX, "undo: is missing");
	if (e == OK)
		e = act_undo(a->host.alerts, undo, alert_caller(r), clock_wall(), &changed, &why);
	stream_wake(a);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	buf_init(&out, 0);
	buf_printf(&out, "{\"changed\":%llu}", (unsigned long long)changed);
	http_reply(r, 200, HTTP_JSON, buf_view(&out));
}

static enum err
read_status(void *ctx, const struct alerts_row *row)
{
	*(enum alerts_status *)ctx = row->status;
	return OK;
}

/* Whoever has the link may acknowledge, once or twice, and learns the status; nothing else. */
static enum err
ack_by_link(struct api *a, struct str id, struct str channel, struct str person,
    enum alerts_status *ret, struct diag *why)
{
	char by[ACT_NAME_MAX + 1], note[100];
	struct act act = { .action = ACT_ACK };
	struct act_done done;
	enum err e = alerts_get(a->host.alerts, id, read_status, ret, why);

	if (e != OK || *ret != ALERTS_OPEN)
		return e;
	(void)snprintf(by, sizeof(by), "link:%.*s", STR_ARG(channel));
	act.by = person.n != 0 ? oncall_user(a, person) : str_c(by);
	(void)snprintf(note, sizeof(note), "by the link in a message of %.*s", STR_ARG(channel));
	act.note = person.n != 0 ? str_c(note) : STR("by the link in a message");
	e = act_one(a->host.alerts, id, &act, clock_wall(), &done, why);
	stream_wake(a);
	return e == OK ? alerts_get(a->host.alerts, id, read_status, ret, why) : e;
}

void
alerts_handle_ack_link(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct str token = STR(""), id = http_param(r, "id"), channel;
	const struct members_row rows[] = { { "token", MEMBERS_TEXT, &token, NULL } };
	enum alerts_status status = ALERTS_OPEN;
	auto_buf struct buf out = { 0 };
	const struct jsonr *body;
	struct diag why = { 0 };
	enum err e;

	if (!members_body(r, arena, &body))
		return;
	e = members_read(body, "", rows, ARRAY_LEN(rows), &why);
	if (e == OK && !acklink_check(a->host.alerts, id, token, clock_wall(), &channel)) {
		http_problem(r, 403, "this link is not genuine, or it has expired");
		return;
	}
	if (e == OK)
		e = ack_by_link(a, id, channel, acklink_person(token), &status, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	buf_init(&out, 0);
	buf_printf(&out, "{\"id\":\"%.*s\",\"status\":\"%s\"}", STR_ARG(id),
	    alerts_status_word(status));
	http_reply(r, 200, HTTP_JSON, buf_view(&out));
}
