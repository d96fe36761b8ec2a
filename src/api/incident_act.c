/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/incidents and /v1/incidents/{id}/{action}. */
/* exports: incidents_handle */
/* tested by: test/e2e/incidents.py */
#include "api/injoin.h"
#include "api/inroom.h"
#include "base/clock.h"
#include "incident/change.h"
#include "incident/evidence.h"
#include "incident/form.h"
#include "incident/phase.h"

#define ALERTS_MAX 1000 /* of one call */

struct doing {
	struct api *a;
	const struct api_incidents *h;
	int64_t n, now;
	struct str by;
	const struct jsonr *body;
	struct diag *why;
};

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

/* Every action may say which rev was looked at. */
#define REV(to)                                                                                    \
	{                                                                                          \
		"rev", MEMBERS_INT, to, NULL                                                       \
	}

static enum err
expect(struct doing *d, int64_t rev)
{
	if (rev < 0)
		return err_set(d->why, FAIL_SYNTAX, "rev: cannot be negative");
	return incident_expect(d->h->all, d->n, (uint64_t)rev, d->why);
}

/* Reads the body and the rev, then it is sure that nobody changed the incident meanwhile. */
static enum err
read_body(struct doing *d, const struct members_row *rows, size_t n, const int64_t *rev)
{
	enum err e = members_read(d->body, "", rows, n, d->why);

	return e == OK ? expect(d, *rev) : e;
}

static enum err
do_advance(struct doing *d)
{
	struct str reason = STR("");
	int64_t rev = 0;
	const struct members_row rows[] = { { "reason", MEMBERS_TEXT, &reason, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	return e == OK ? phase_advance(d->h->all, d->n, d->by, reason, d->now, d->why) : e;
}

static enum err
do_note(struct doing *d)
{
	struct str text = STR("");
	int64_t rev = 0;
	const struct members_row rows[] = { { "text", MEMBERS_TEXT, &text, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	return e == OK ? change_note(d->h->all, d->n, text, d->by, d->now, d->why) : e;
}

static enum err
read_words(struct str type, struct str severity, int *ret_type, int *ret_severity, struct diag *why)
{
	enum incident_type t;
	enum incident_severity s;

	if (type.p != NULL) {
		if (!incident_type_find(type, &t))
			return err_set(why, FAIL_SYNTAX, "type: there is no such type");
		*ret_type = (int)t;
	}
	if (severity.p != NULL) {
		if (!incident_severity_find(severity, &s))
			return err_set(why, FAIL_SYNTAX, "severity: there is no such severity");
		*ret_severity = (int)s;
	}
	return OK;
}

static enum err
do_set(struct doing *d)
{
	struct change_wish w = CHANGE_NOTHING;
	struct str type = { 0 }, severity = { 0 };
	bool drill = false, drill_given = false;
	int64_t rev = 0;
	const struct members_row rows[] = { { "title", MEMBERS_TEXT, &w.title, NULL },
		{ "owner", MEMBERS_TEXT, &w.owner, NULL },
		{ "cause", MEMBERS_TEXT, &w.cause, NULL }, { "type", MEMBERS_TEXT, &type, NULL },
		{ "severity", MEMBERS_TEXT, &severity, NULL },
		{ "drill", MEMBERS_BOOL, &drill, &drill_given }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	if (e == OK)
		e = read_words(type, severity, &w.type, &w.severity, d->why);
	if (drill_given)
		w.drill = drill;
	return e == OK ? change_apply(d->h->all, d->n, &w, d->by, d->now, d->why) : e;
}

static enum err
do_check(struct doing *d)
{
	struct str phase = STR(""), state = STR("");
	struct phase_step s = { .note = STR(""), .by = d->by };
	int64_t rev = 0;
	const struct members_row rows[] = { { "phase", MEMBERS_TEXT, &phase, NULL },
		{ "item", MEMBERS_INT, &s.item, NULL }, { "state", MEMBERS_TEXT, &state, NULL },
		{ "note", MEMBERS_TEXT, &s.note, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	if (e == OK && !incident_phase_find(phase, &s.phase))
		e = err_set(d->why, FAIL_SYNTAX, "phase: there is no such phase");
	if (e == OK && !phase_state_find(state, &s.state))
		e = err_set(d->why, FAIL_SYNTAX, "state: is open, done or skipped");
	return e == OK ? phase_check(d->h->all, d->n, &s, d->now, d->why) : e;
}

static enum err
do_pin(struct doing *d)
{
	struct evidence ev = { .by = d->by, .note = STR("") };
	auto_buf struct buf record = { 0 };
	int64_t seq = 0, rev = 0;
	const struct members_row rows[] = { { "seq", MEMBERS_INT, &seq, NULL },
		{ "note", MEMBERS_TEXT, &ev.note, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	if (e == OK && seq <= 0)
		e = err_set(d->why, FAIL_SYNTAX, "seq: is the number of a record");
	buf_init(&record, EVIDENCE_RECORD + 1);
	if (e == OK)
		e = d->h->record(d->h->ctx, (uint64_t)seq, &record, d->why);
	if (e == OK && buf_overflow(&record))
		e = err_set(d->why, FAIL_LIMIT, "the record is too long");
	ev.seq = (uint64_t)seq;
	ev.record = buf_view(&record);
	return e == OK ? evidence_pin(d->h->all, d->n, &ev, d->now, d->why) : e;
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct doing *d = ctx;
	struct injoin in;

	injoin_of(row, &in);
	return join_add(d->h->all, d->n, &in.a, d->by, d->now, NULL, d->why);
}

static enum err
join_all(struct doing *d, const struct jsonr *ids)
{
	enum err e = OK;

	if (ids != NULL && ids->n > ALERTS_MAX)
		return err_set(d->why, FAIL_SYNTAX, "alerts: at most %d of them", ALERTS_MAX);
	for (const struct jsonr *id = ids != NULL ? ids->first : NULL; id != NULL && e == OK;
	     id = id->next)
		e = alerts_get(d->a->host.alerts, id->s, on_alert, d, d->why);
	return e;
}

static enum err
do_alerts(struct doing *d)
{
	const struct jsonr *ids = NULL;
	int64_t rev = 0;
	const struct members_row rows[] = { { "alerts", MEMBERS_LIST, &ids, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	if (e == OK && (ids == NULL || ids->n == 0))
		e = err_set(d->why, FAIL_SYNTAX, "alerts: which ones?");
	return e == OK ? join_all(d, ids) : e;
}

static enum err
do_merge(struct doing *d)
{
	struct str into = STR("");
	int64_t rev = 0, n = 0;
	const struct members_row rows[] = { { "into", MEMBERS_TEXT, &into, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	if (e == OK && !incident_name_read(into, &n))
		e = err_set(d->why, FAIL_SYNTAX, "into: is the name of an incident like INC-41");
	if (e == OK)
		e = join_merge(d->h->all, d->n, n, d->by, d->now, d->why);
	if (e == OK)
		d->n = n;
	return e;
}

static enum err
do_close(struct doing *d)
{
	struct str reason = STR(""), cause = { 0 };
	struct change_wish w = CHANGE_NOTHING;
	int64_t rev = 0;
	const struct members_row rows[] = { { "reason", MEMBERS_TEXT, &reason, NULL },
		{ "cause", MEMBERS_TEXT, &cause, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	w.cause = cause;
	if (e == OK && cause.p != NULL)
		e = change_apply(d->h->all, d->n, &w, d->by, d->now, d->why);
	return e == OK ? change_close(d->h->all, d->n, d->by, reason, d->now, d->why) : e;
}

static enum err
do_reopen(struct doing *d)
{
	struct str reason = STR("");
	int64_t rev = 0;
	const struct members_row rows[] = { { "reason", MEMBERS_TEXT, &reason, NULL }, REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	return e == OK ? change_reopen(d->h->all, d->n, d->by, reason, d->now, d->why) : e;
}

static enum err
do_form(struct doing *d)
{
	struct str fields[FORM_FIELDS] = { { 0 } };
	struct members_row rows[FORM_FIELDS + 1];
	int64_t rev = 0;
	enum err e;

	for (unsigned i = 0; i < FORM_FIELDS; i++)
		rows[i] = (struct members_row){ form_word((enum form_field)i), MEMBERS_TEXT,
			&fields[i], NULL };
	rows[FORM_FIELDS] = (struct members_row)REV(&rev);
	e = read_body(d, rows, ARRAY_LEN(rows), &rev);
	for (unsigned i = 0; i < FORM_FIELDS && e == OK; i++)
		if (fields[i].p != NULL)
			e = form_set(d->h->all, d->n, (enum form_field)i, fields[i], d->by, d->now,
			    d->why);
	return e;
}

static enum err
do_todo(struct doing *d)
{
	struct form_todo t = { .text = STR(""), .owner = STR(""), .due = STR("") };
	int64_t rev = 0;
	const struct members_row rows[] = { { "id", MEMBERS_INT, &t.id, NULL },
		{ "text", MEMBERS_TEXT, &t.text, NULL }, { "owner", MEMBERS_TEXT, &t.owner, NULL },
		{ "due", MEMBERS_TEXT, &t.due, NULL }, { "done", MEMBERS_BOOL, &t.done, NULL },
		REV(&rev) };
	enum err e = read_body(d, rows, ARRAY_LEN(rows), &rev);

	return e == OK ? form_todo(d->h->all, d->n, &t, d->by, d->now, NULL, d->why) : e;
}

static const struct {
	const char *word;
	enum err (*run)(struct doing *d);
} actions[] = {
	{ "advance", do_advance },
	{ "note", do_note },
	{ "set", do_set },
	{ "check", do_check },
	{ "pin", do_pin },
	{ "add-alerts", do_alerts },
	{ "merge", do_merge },
	{ "close", do_close },
	{ "reopen", do_reopen },
	{ "form", do_form },
	{ "todo", do_todo },
};

/* The problem, with the rev there is now. */
static void
reply_conflict(struct doing *d, struct http *r)
{
	auto_buf struct buf body = { 0 };

	buf_init(&body, 0);
	http_problem_open(r, 409, d->why->text, &body);
	buf_printf(&body, ",\"rev\":%llu}", (unsigned long long)incident_rev(d->h->all));
	http_reply(r, 409, HTTP_PROBLEM, buf_view(&body));
}

static void
finish(struct doing *d, struct http *r, enum err e, int status)
{
	e = incident_finish(d->h->all, e, d->why);
	stream_wake(d->a);
	if (e == OK)
		inroom_reply(d->h, r, status, d->n);
	else if (e == FAIL_EXISTS)
		reply_conflict(d, r);
	else
		alert_fail(r, e, d->why);
}

void
incidents_handle_action(void *ctx, struct http *r)
{
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct diag why = { 0 };
	struct doing d = { .a = ctx, .h = inroom_host(ctx, r), .now = clock_wall(), .why = &why };
	const struct str action = http_param(r, "action");
	enum err e;

	d.n = d.h != NULL ? inroom_number(r) : 0;
	if (d.n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!str_eq(action, str_c(actions[i].word)))
			continue;
		if (!members_body(r, arena, &d.body))
			return;
		d.by = alert_caller(r);
		e = incident_begin(d.h->all, &why);
		if (e == OK)
			finish(&d, r, actions[i].run(&d), 200);
		else
			alert_fail(r, e, &why);
		return;
	}
	http_problem(r, 404,
	    "actions are advance, note, set, check, pin, add-alerts, merge, close, reopen, form, "
	    "todo");
}

struct opening {
	struct incident_new want;
	struct str type, severity;
	const struct jsonr *alerts;
};

/* The most urgent alert says what is not said. */
static enum err
on_first(void *ctx, const struct alerts_row *row)
{
	struct opening *o = ctx;
	enum incident_severity s = INCIDENT_INFO;

	(void)incident_severity_find(row->severity, &s);
	if (o->severity.p == NULL && s < o->want.severity)
		o->want.severity = s;
	if (o->want.detected == 0 || row->created < o->want.detected)
		o->want.detected = row->created;
	if (o->want.first == 0 || row->first < o->want.first)
		o->want.first = row->first;
	return OK;
}

static enum err
read_opening(struct doing *d, struct opening *o)
{
	const struct members_row rows[] = { { "title", MEMBERS_TEXT, &o->want.title, NULL },
		{ "type", MEMBERS_TEXT, &o->type, NULL },
		{ "severity", MEMBERS_TEXT, &o->severity, NULL },
		{ "owner", MEMBERS_TEXT, &o->want.owner, NULL },
		{ "drill", MEMBERS_BOOL, &o->want.drill, NULL },
		{ "alerts", MEMBERS_LIST, &o->alerts, NULL } };
	int type = INCIDENT_CUSTOM, severity = -1;
	enum err e = members_read(d->body, "", rows, ARRAY_LEN(rows), d->why);

	if (e == OK)
		e = read_words(o->type, o->severity, &type, &severity, d->why);
	if (e != OK)
		return e;
	o->want.type = (enum incident_type)type;
	o->want.severity = o->alerts != NULL && o->alerts->n != 0 ? INCIDENT_INFO : INCIDENT_MEDIUM;
	if (severity >= 0)
		o->want.severity = (enum incident_severity)severity;
	for (const struct jsonr *id = o->alerts != NULL ? o->alerts->first : NULL;
	     id != NULL && e == OK; id = id->next)
		e = alerts_get(d->a->host.alerts, id->s, on_first, o, d->why);
	return e;
}

void
incidents_handle_open(void *ctx, struct http *r)
{
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct diag why = { 0 };
	struct doing d = { .a = ctx, .h = inroom_host(ctx, r), .now = clock_wall(), .why = &why };
	struct opening o = { 0 };
	enum err e;

	if (d.h == NULL || !members_body(r, arena, &d.body))
		return;
	d.by = o.want.by = alert_caller(r);
	e = incident_begin(d.h->all, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	e = read_opening(&d, &o);
	if (e == OK)
		e = incident_add(d.h->all, &o.want, d.now, &d.n, &why);
	if (e == OK)
		e = join_all(&d, o.alerts);
	finish(&d, r, e, 201);
}
