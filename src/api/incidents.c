/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/incidents, /v1/incidents/metrics, /v1/incidents/{id} and its timeline and report. */
/* exports: incidents_handle */
/* tested by: test/e2e/incidents.py */
#include <stdio.h>

#include "api/inroom.h"
#include "api/person.h"
#include "base/clock.h"
#include "incident/figures.h"
#include "incident/postmortem.h"
#include "incident/story.h"

#define LIMIT_DEFAULT 100
#define DAYS_DEFAULT 90
#define DAY (24 * 3600 * CLOCK_S)

struct page {
	struct jsonw w;
	const struct guide *g;
	int64_t now, last;
	size_t n, limit;
	bool more;
};

static enum err
on_row(void *ctx, const struct incident *one)
{
	struct page *p = ctx;

	if (p->n == p->limit) {
		p->more = true;
		return FAIL_LIMIT; /* enough */
	}
	inroom_put_open(&p->w, p->g, one, p->now);
	jsonw_end(&p->w);
	p->n++;
	p->last = one->n;
	return OK;
}

static bool
take_word(struct incident_filter *f, struct str name, struct str value)
{
	enum incident_status status;
	enum incident_type type;
	enum incident_severity severity;
	enum incident_phase phase;

	if (str_eq(name, STR("status")) && incident_status_find(value, &status))
		f->statuses |= 1U << status;
	else if (str_eq(name, STR("type")) && incident_type_find(value, &type))
		f->types |= 1U << type;
	else if (str_eq(name, STR("severity")) && incident_severity_find(value, &severity))
		f->severities |= 1U << severity;
	else if (str_eq(name, STR("phase")) && incident_phase_find(value, &phase))
		f->phases |= 1U << phase;
	else
		return false;
	return true;
}

static bool
take(struct incident_filter *f, struct page *p, struct str name, struct str value)
{
	uint64_t n;

	if (str_eq(name, STR("owner"))) {
		f->owner = value.n != 0 ? value : STR("");
		return true;
	}
	if (str_eq(name, STR("text"))) {
		f->text = value.n != 0 ? value : (struct str){ 0 };
		return true;
	}
	if (str_eq(name, STR("cursor")))
		return str_i64(value, &f->before) && f->before > 0;
	if (!str_eq(name, STR("limit")))
		return take_word(f, name, value);
	if (!str_u64(value, &n) || n < 1 || n > ALERT_LIST_MAX)
		return false;
	p->limit = (size_t)n;
	return true;
}

static bool
read_query(struct http *r, struct incident_filter *f, struct page *p)
{
	struct str name, value;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(f, p, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return false;
		}
	return true;
}

void
incidents_handle_list(void *ctx, struct http *r)
{
	const struct api_incidents *h = inroom_host(ctx, r);
	struct page p = { .limit = LIMIT_DEFAULT, .now = clock_wall() };
	struct incident_filter f = { 0 };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	if (h == NULL || !read_query(r, &f, &p))
		return;
	p.g = h->guide;
	f.limit = (unsigned)p.limit + 1;
	jsonw_init(&p.w, &body);
	jsonw_obj(&p.w);
	jsonw_kint(&p.w, "rev", (int64_t)incident_rev(h->all));
	jsonw_key(&p.w, STR("incidents"));
	jsonw_arr(&p.w);
	e = incident_list(h->all, &f, on_row, &p, &why);
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
		alert_fail(r, e, &why);
}

void
incidents_handle_get(void *ctx, struct http *r)
{
	const struct api_incidents *h = inroom_host(ctx, r);
	const int64_t n = h != NULL ? inroom_number(r) : 0;

	if (n != 0 && person_no_query(r))
		inroom_reply(h, r, 200, n);
}

static enum err
on_entry(void *ctx, const struct story_entry *e)
{
	struct jsonw *w = ctx;
	char name[INCIDENT_NAME_SIZE];

	jsonw_obj(w);
	jsonw_kint(w, "id", e->id);
	jsonw_kstr(w, "incident", str_c(incident_name(e->incident, name)));
	jsonw_ktime(w, "at", e->at);
	jsonw_kstr(w, "kind", str_c(story_word(e->kind)));
	jsonw_kbool(w, "noise", e->noise);
	jsonw_kstr(w, "who", e->who);
	jsonw_kstr(w, "text", e->text);
	jsonw_kstr(w, "ref", e->ref);
	jsonw_end(w);
	return OK;
}

static bool
take_story(struct story_filter *f, struct str name, struct str value)
{
	enum story_kind kind;

	if (str_eq(name, STR("noise"))) {
		f->noise = str_eq(value, STR("true"));
		return f->noise || str_eq(value, STR("false"));
	}
	if (str_eq(name, STR("after")))
		return str_i64(value, &f->after) && f->after >= 0;
	if (!str_eq(name, STR("kind")) || !story_find(value, &kind))
		return false;
	f->kinds |= 1U << kind;
	return true;
}

static enum err
is_there(void *ctx, const struct incident *one)
{
	(void)ctx;
	(void)one;
	return OK;
}

void
incidents_handle_timeline(void *ctx, struct http *r)
{
	const struct api_incidents *h = inroom_host(ctx, r);
	struct story_filter f = { .incident = h != NULL ? inroom_number(r) : 0 };
	struct str name, value;
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	struct jsonw w;
	enum err e;

	if (f.incident == 0)
		return;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take_story(&f, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("timeline"));
	jsonw_arr(&w);
	e = incident_get(h->all, f.incident, is_there, NULL, &why);
	if (e == OK)
		e = story_list(h->all, &f, on_entry, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
incidents_handle_report(void *ctx, struct http *r)
{
	const struct api_incidents *h = inroom_host(ctx, r);
	const int64_t n = h != NULL ? inroom_number(r) : 0;
	struct str name, value, format = STR("md");
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	char file[80], id[INCIDENT_NAME_SIZE];
	bool html;
	enum err e;

	if (n == 0)
		return;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		format = str_eq(name, STR("format")) ? value : STR("");
	html = str_eq(format, STR("html"));
	if (!html && !str_eq(format, STR("md"))) {
		http_problem(r, 400, "the only query parameter is format, md or html");
		return;
	}
	e = postmortem_put(h->all, h->guide, n, html, clock_wall(), &body, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	(void)snprintf(file, sizeof(file), "attachment; filename=\"%s.%s\"", incident_name(n, id),
	    html ? "html" : "md");
	http_add_header(r, "Content-Disposition", file);
	http_reply(r, 200, html ? "text/html; charset=utf-8" : "text/markdown; charset=utf-8",
	    buf_view(&body));
}

static void
put_row(struct jsonw *w, const struct figures_row *row)
{
	jsonw_kint(w, "incidents", (int64_t)row->incidents);
	jsonw_kint(w, "open", (int64_t)row->open);
	for (unsigned i = 0; i < GUIDE_MEASURES; i++) {
		const struct figures_mean *m = &row->m[i];

		jsonw_key(w, str_c(guide_measure_word((enum guide_measure)i)));
		jsonw_obj(w);
		jsonw_kint(w, "n", (int64_t)m->n);
		jsonw_key(w, STR("mean"));
		if (m->n != 0)
			jsonw_int(w, m->sum / (int64_t)m->n / CLOCK_S);
		else
			jsonw_null(w);
		jsonw_kint(w, "most", m->most / CLOCK_S);
		jsonw_kint(w, "missed", (int64_t)m->breaches);
		jsonw_end(w);
	}
}

static void
put_targets(struct jsonw *w, const struct guide *g)
{
	jsonw_kstr(w, "targets_of", guide_targets_name(g));
	jsonw_key(w, STR("targets"));
	jsonw_obj(w);
	for (unsigned m = 0; m < GUIDE_MEASURES; m++) {
		jsonw_key(w, str_c(guide_measure_word((enum guide_measure)m)));
		jsonw_obj(w);
		for (unsigned s = 0; s < INCIDENT_SEVERITIES; s++) {
			const int64_t t =
			    guide_target(g, (enum guide_measure)m, (enum incident_severity)s);

			jsonw_key(w, str_c(incident_severity_word((enum incident_severity)s)));
			if (t != 0)
				jsonw_int(w, t / CLOCK_S);
			else
				jsonw_null(w);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_figures(struct jsonw *w, const struct figures *f, const struct guide *g)
{
	jsonw_key(w, STR("all"));
	jsonw_obj(w);
	put_row(w, &f->all);
	jsonw_end(w);
	jsonw_key(w, STR("by_severity"));
	jsonw_obj(w);
	for (unsigned i = 0; i < INCIDENT_SEVERITIES; i++) {
		jsonw_key(w, str_c(incident_severity_word((enum incident_severity)i)));
		jsonw_obj(w);
		put_row(w, &f->severity[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("by_type"));
	jsonw_obj(w);
	for (unsigned i = 0; i < INCIDENT_TYPES; i++) {
		jsonw_key(w, str_c(incident_type_word((enum incident_type)i)));
		jsonw_obj(w);
		put_row(w, &f->type[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("weeks"));
	jsonw_arr(w);
	for (unsigned i = 0; i < FIGURES_WEEKS; i++) {
		jsonw_obj(w);
		jsonw_ktime(w, "begin", f->week_begin[i]);
		put_row(w, &f->week[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	put_targets(w, g);
	jsonw_kint(w, "drills", (int64_t)f->drills);
}

void
incidents_handle_metrics(void *ctx, struct http *r)
{
	const struct api_incidents *h = inroom_host(ctx, r);
	const int64_t now = clock_wall();
	uint64_t days = DAYS_DEFAULT;
	struct str name, value;
	struct figures f;
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	struct jsonw w;
	enum err e;

	if (h == NULL)
		return;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!str_eq(name, STR("days")) || !str_u64(value, &days) || days < 1 ||
		    days > 3650) {
			http_problem(r, 400, "the only query parameter is days, 1 to 3650");
			return;
		}
	e = figures_take(h->all, h->guide, now - (int64_t)days * DAY, now, &f, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kint(&w, "days", (int64_t)days);
	put_figures(&w, &f, h->guide);
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}
