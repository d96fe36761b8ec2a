/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents as JSON. */
/* exports: inroom_ alert_put_in alert_put_incident */
/* tested by: test/e2e/incidents.py */
#include "api/inroom.h"

#include "base/clock.h"
#include "incident/evidence.h"
#include "incident/form.h"
#include "incident/join.h"
#include "incident/phase.h"
#include "incident/postmortem.h"

const struct api_incidents *
inroom_host(const struct api *a, struct http *r)
{
	if (a->host.incidents == NULL)
		http_problem(r, 503, "there are no incidents here");
	return a->host.incidents;
}

int64_t
inroom_number(struct http *r)
{
	int64_t n;

	if (incident_name_read(http_param(r, "id"), &n))
		return n;
	http_problem(r, 404, "there is no such incident");
	return 0;
}

void
inroom_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns != 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

static void
put_name(struct jsonw *w, const char *key, int64_t n)
{
	char name[INCIDENT_NAME_SIZE];

	jsonw_key(w, str_c(key));
	if (n != 0)
		jsonw_str(w, str_c(incident_name(n, name)));
	else
		jsonw_null(w);
}

static void
put_seconds(struct jsonw *w, const char *key, int64_t ns, bool known)
{
	jsonw_key(w, str_c(key));
	if (known)
		jsonw_int(w, ns / CLOCK_S);
	else
		jsonw_null(w);
}

static void
put_measures(struct jsonw *w, const struct guide *g, const struct incident *one, int64_t now)
{
	jsonw_key(w, STR("measures"));
	jsonw_obj(w);
	for (unsigned i = 0; i < GUIDE_MEASURES; i++) {
		const enum guide_measure m = (enum guide_measure)i;
		const int64_t end = guide_end(one, m), target = guide_target(g, m, one->severity);

		jsonw_key(w, str_c(guide_measure_word(m)));
		jsonw_obj(w);
		put_seconds(w, "seconds", end - guide_begin(one, m), end != 0);
		put_seconds(w, "target", target, target != 0);
		jsonw_kbool(w, "missed",
		    target != 0 && (end != 0 ? end : now) - guide_begin(one, m) > target);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
inroom_put_open(struct jsonw *w, const struct guide *g, const struct incident *one, int64_t now)
{
	jsonw_obj(w);
	put_name(w, "id", one->n);
	jsonw_kint(w, "rev", (int64_t)one->rev);
	jsonw_kstr(w, "title", one->title);
	jsonw_kstr(w, "type", str_c(incident_type_word(one->type)));
	jsonw_kstr(w, "severity", str_c(incident_severity_word(one->severity)));
	jsonw_kstr(w, "status", str_c(incident_status_word(one->status)));
	jsonw_kstr(w, "phase", str_c(incident_phase_word(one->phase)));
	jsonw_kstr(w, "origin", str_c(incident_origin_word(one->origin)));
	jsonw_kstr(w, "owner", one->owner);
	jsonw_kstr(w, "by", one->by);
	jsonw_kstr(w, "cause", one->cause);
	jsonw_kbool(w, "drill", one->drill);
	jsonw_ktime(w, "created", one->created);
	jsonw_ktime(w, "updated", one->updated);
	jsonw_ktime(w, "first", one->first);
	jsonw_ktime(w, "detected", one->detected);
	inroom_time(w, "acked", one->acked);
	inroom_time(w, "responded", one->responded);
	inroom_time(w, "contained", one->contained);
	inroom_time(w, "closed", one->closed);
	put_name(w, "merged_into", one->merged_into);
	jsonw_kint(w, "alert_count", (int64_t)one->alerts);
	jsonw_kint(w, "user_count", (int64_t)one->users);
	jsonw_kint(w, "address_count", (int64_t)one->addresses);
	jsonw_kint(w, "evidence_count", (int64_t)one->evidence);
	put_measures(w, g, one, now);
}

struct room {
	struct jsonw *w;
	const struct api_incidents *h;
	int64_t n, now, detected;
	enum incident_phase phase;
	enum join_kind kind;
};

static enum err
on_incident(void *ctx, const struct incident *one)
{
	struct room *r = ctx;

	r->detected = one->detected;
	r->phase = one->phase;
	inroom_put_open(r->w, r->h->guide, one, r->now);
	return OK;
}

static enum err
on_phase(void *ctx, const struct phase_time *t)
{
	struct room *r = ctx;

	jsonw_obj(r->w);
	jsonw_kstr(r->w, "phase", str_c(incident_phase_word(t->phase)));
	jsonw_ktime(r->w, "entered", t->entered);
	inroom_time(r->w, "left", t->left);
	jsonw_kstr(r->w, "override", t->override);
	jsonw_end(r->w);
	return OK;
}

static enum err
on_step(void *ctx, const struct phase_step *s)
{
	struct room *r = ctx;

	jsonw_obj(r->w);
	jsonw_kstr(r->w, "phase", str_c(incident_phase_word(s->phase)));
	jsonw_kint(r->w, "item", s->item);
	jsonw_kstr(r->w, "text", s->text);
	jsonw_kstr(r->w, "field", s->field);
	jsonw_kbool(r->w, "optional", s->optional);
	inroom_time(r->w, "due", s->within != 0 ? r->detected + s->within : 0);
	jsonw_kstr(r->w, "state", str_c(phase_state_word(s->state)));
	jsonw_kstr(r->w, "by", s->by);
	inroom_time(r->w, "at", s->at);
	jsonw_kstr(r->w, "note", s->note);
	jsonw_end(r->w);
	return OK;
}

static enum err
on_alert(void *ctx, const struct join_row *a)
{
	struct room *r = ctx;

	jsonw_obj(r->w);
	jsonw_kstr(r->w, "id", a->id);
	jsonw_kstr(r->w, "title", a->title);
	jsonw_kstr(r->w, "severity", str_c(incident_severity_word(a->severity)));
	jsonw_kstr(r->w, "status", a->status);
	jsonw_ktime(r->w, "first", a->first);
	jsonw_ktime(r->w, "last", a->last);
	jsonw_ktime(r->w, "created", a->created);
	jsonw_end(r->w);
	return OK;
}

static enum err
on_name(void *ctx, enum join_kind kind, struct str name, uint64_t alerts)
{
	struct room *r = ctx;

	if (kind != r->kind)
		return OK;
	jsonw_obj(r->w);
	jsonw_kstr(r->w, "name", name);
	jsonw_kint(r->w, "alerts", (int64_t)alerts);
	jsonw_end(r->w);
	return OK;
}

static enum err
on_evidence(void *ctx, const struct evidence *ev)
{
	struct room *r = ctx;

	jsonw_obj(r->w);
	jsonw_kint(r->w, "seq", (int64_t)ev->seq);
	jsonw_ktime(r->w, "at", ev->at);
	jsonw_kstr(r->w, "by", ev->by);
	jsonw_kstr(r->w, "note", ev->note);
	jsonw_kstr(r->w, "record", ev->record);
	jsonw_kstr(r->w, "sha256", ev->sha256);
	jsonw_kbool(r->w, "whole", evidence_whole(ev));
	jsonw_end(r->w);
	return OK;
}

static enum err
on_field(void *ctx, enum form_field f, struct str text, struct str by, int64_t at)
{
	struct room *r = ctx;

	(void)by;
	(void)at;
	jsonw_kstr(r->w, form_word(f), text);
	return OK;
}

static enum err
on_todo(void *ctx, const struct form_todo *t)
{
	struct room *r = ctx;

	jsonw_obj(r->w);
	jsonw_kint(r->w, "id", t->id);
	jsonw_kstr(r->w, "text", t->text);
	jsonw_kstr(r->w, "owner", t->owner);
	jsonw_kstr(r->w, "due", t->due);
	jsonw_kbool(r->w, "done", t->done);
	jsonw_end(r->w);
	return OK;
}

static void
open_list(struct room *r, const char *key)
{
	jsonw_key(r->w, str_c(key));
	jsonw_arr(r->w);
}

static enum err
put_lists(struct room *r, struct diag *why)
{
	struct incidents *all = r->h->all;
	enum err e;

	open_list(r, "phases");
	e = phase_times(all, r->n, on_phase, r, why);
	jsonw_end(r->w);
	open_list(r, "steps");
	if (e == OK)
		e = phase_steps(all, r->n, on_step, r, why);
	jsonw_end(r->w);
	open_list(r, "alerts");
	if (e == OK)
		e = join_alerts(all, r->n, on_alert, r, why);
	jsonw_end(r->w);
	for (unsigned k = JOIN_USER; k <= JOIN_ADDRESS; k++) {
		r->kind = (enum join_kind)k;
		open_list(r, k == JOIN_USER ? "users" : "addresses");
		if (e == OK)
			e = join_names(all, r->n, on_name, r, why);
		jsonw_end(r->w);
	}
	open_list(r, "evidence");
	if (e == OK)
		e = evidence_list(all, r->n, on_evidence, r, why);
	jsonw_end(r->w);
	open_list(r, "todos");
	if (e == OK)
		e = form_todos(all, r->n, on_todo, r, why);
	jsonw_end(r->w);
	return e;
}

static enum err
put_form(struct room *r, struct diag *why)
{
	auto_buf struct buf summary = { 0 }, impact = { 0 };
	enum err e;

	jsonw_key(r->w, STR("form"));
	jsonw_obj(r->w);
	e = form_list(r->h->all, r->n, on_field, r, why);
	jsonw_end(r->w);
	jsonw_key(r->w, STR("prefill"));
	jsonw_obj(r->w);
	if (e == OK)
		e = postmortem_summary(r->h->all, r->n, &summary, why);
	if (e == OK)
		e = postmortem_impact(r->h->all, r->n, &impact, why);
	jsonw_kstr(r->w, "summary", buf_view(&summary));
	jsonw_kstr(r->w, "impact", buf_view(&impact));
	jsonw_end(r->w);
	return e;
}

enum err
inroom_put(struct jsonw *w, const struct api_incidents *h, int64_t n, int64_t now, struct diag *why)
{
	struct room r = { .w = w, .h = h, .n = n, .now = now };
	struct phase_gate gate = { 0 };
	enum err e = incident_get(h->all, n, on_incident, &r, why);

	if (e == OK)
		e = put_lists(&r, why);
	if (e == OK)
		e = put_form(&r, why);
	if (e == OK)
		e = phase_gate(h->all, n, r.phase, &gate, why);
	if (e != OK)
		return e;
	jsonw_key(w, STR("gate"));
	jsonw_obj(w);
	jsonw_kint(w, "open", gate.open);
	jsonw_kstr(w, "first", str_c(gate.first));
	jsonw_end(w);
	jsonw_end(w);
	return OK;
}

void
inroom_reply(const struct api_incidents *h, struct http *r, int status, int64_t n)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	jsonw_init(&w, &body);
	e = inroom_put(&w, h, n, clock_wall(), &why);
	if (e == OK)
		http_reply(r, status, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
alert_put_incident(const struct api *a, struct jsonw *w, const char *id)
{
	struct diag why = { 0 };
	int64_t n = 0;

	if (a->host.incidents != NULL)
		(void)!join_of(a->host.incidents->all, str_c(id), &n, &why);
	put_name(w, "incident", n);
}

void
alert_put_in(const struct api *a, struct jsonw *w, const struct alerts_row *row)
{
	alert_put_open(w, row);
	alert_put_incident(a, w, row->id);
	jsonw_end(w);
}
