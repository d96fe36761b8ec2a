/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/pages: who was told how and when, and what came back; short links; figures. */
/* exports: pages_handle oncall_ */
/* tested by: test/e2e/oncall.py */
#include "alert/page.h"

#include <stdio.h>

#include "alert/acklink.h"
#include "alert/breach.h"
#include "api/oncall.h"
#include "api/person.h"
#include "base/clock.h"

#define LIMIT 50

struct pages {
	struct jsonw *w;
	struct alerts *alerts;
	struct diag *why;
	int64_t last;
	size_t n, limit;
	bool more;
};

static enum err
on_call(void *ctx, const struct page_call *c)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_ktime(w, "time", c->at);
	jsonw_kint(w, "level", c->level);
	jsonw_kint(w, "step", c->step);
	jsonw_kint(w, "round", c->round);
	jsonw_kstr(w, "person", c->person);
	jsonw_kstr(w, "channel", c->channel);
	jsonw_kstr(w, "result", str_c(page_told_word(c->told)));
	jsonw_kstr(w, "note", c->note);
	jsonw_key(w, STR("delivery"));
	if (c->sent_known)
		jsonw_str(w, str_c(outbox_state_word(c->state)));
	else
		jsonw_null(w);
	jsonw_kint(w, "attempts", c->attempts);
	person_put_time(w, "sent", c->sent);
	jsonw_kstr(w, "answer", c->answer.p != NULL ? c->answer : STR(""));
	jsonw_end(w);
	return OK;
}

static enum err
on_page(void *ctx, const struct page *p)
{
	struct pages *to = ctx;
	struct jsonw *w = to->w;
	enum err e;

	if (to->limit != 0 && to->n == to->limit) {
		to->more = true;
		return FAIL_LIMIT; /* enough */
	}
	to->n++;
	to->last = p->id;
	jsonw_obj(w);
	jsonw_kint(w, "id", p->id);
	jsonw_kstr(w, "alert_id", str_c(p->alert_id));
	jsonw_kstr(w, "policy", str_c(p->policy));
	jsonw_kstr(w, "state", str_c(page_state_word(p->state)));
	jsonw_kint(w, "level", p->level);
	jsonw_kint(w, "round", p->round);
	jsonw_ktime(w, "begun", p->begun);
	person_put_time(w, "due", p->state == PAGE_RUNNING || p->state == PAGE_HELD ? p->due : 0);
	person_put_time(w, "ended", p->ended);
	jsonw_kstr(w, "by", p->by);
	jsonw_kstr(w, "why", p->why);
	jsonw_kstr(w, "note", p->note);
	jsonw_key(w, STR("calls"));
	jsonw_arr(w);
	e = page_calls(to->alerts, p->id, on_call, w, to->why);
	jsonw_end(w);
	jsonw_end(w);
	return e;
}

enum err
oncall_put_pages(const struct api *a, struct jsonw *w, struct str alert_id, struct diag *why)
{
	struct pages to = { w, a->host.alerts, why, 0, 0, 0, false };
	const struct page_filter f = { .alert_id = alert_id, .limit = LIMIT };
	enum err e;

	jsonw_key(w, STR("pages"));
	jsonw_arr(w);
	e = page_list(a->host.alerts, &f, on_page, &to, why);
	jsonw_end(w);
	return e;
}

void
pages_handle_list(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct page_filter f = { 0 };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	struct pages to = { &w, a->host.alerts, &why, 0, 0, LIMIT, false };
	struct str name, value;
	uint64_t limit = LIMIT;
	enum err e;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (str_eq(name, STR("alert")) && value.n == ALERTS_ID_SIZE - 1) {
			f.alert_id = value;
		} else if ((!str_eq(name, STR("cursor")) || !str_i64(value, &f.before) ||
			       f.before < 1) &&
			   (!str_eq(name, STR("limit")) || !str_u64(value, &limit) || limit < 1 ||
			       limit > ALERT_LIST_MAX)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	to.limit = (size_t)limit;
	f.limit = (unsigned)limit + 1;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("pages"));
	jsonw_arr(&w);
	e = page_list(a->host.alerts, &f, on_page, &to, &why);
	jsonw_end(&w);
	jsonw_key(&w, STR("next"));
	if (to.more)
		jsonw_int(&w, to.last);
	else
		jsonw_null(&w);
	jsonw_end(&w);
	if (e == OK || to.more)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

/* Short links lead to the long one: only there, by a click, something happens. */
void
pages_handle_link(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	char token[ACKLINK_SIZE], to[300];
	struct page_link link;
	struct diag why = { 0 };
	enum err e = page_link(a->host.alerts, http_param(r, "code"), &link, &why);

	if (e == OK && link.at + ACKLINK_VALID <= clock_wall())
		e = err_set(&why, FAIL_NOT_FOUND, "this link has expired");
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	(void)snprintf(to, sizeof(to), "../alerts/%s?ack=%s", link.alert_id,
	    acklink_personal(a->host.alerts, str_c(link.alert_id), str_c(link.channel),
		str_c(link.person), link.at + ACKLINK_VALID, token));
	http_add_header(r, "Location", to);
	http_add_header(r, "Referrer-Policy", "no-referrer");
	http_reply(r, 303, "text/plain", STR(""));
}

static void
put_head(struct buf *to, const char *name, const char *type, const char *help)
{
	buf_printf(to, "# HELP tocsin_%s %s\n# TYPE tocsin_%s %s\n", name, help, name, type);
}

void
oncall_metrics(const struct api *a, struct buf *to)
{
	uint64_t late[ALERTS_SEVERITIES];
	struct page_counts n;

	if (a->host.alerts == NULL || page_counts(a->host.alerts, &n, NULL) != OK ||
	    breach_count(a->host.alerts, late, NULL) != OK)
		return;
	put_head(to, "pages", "gauge", "Escalations by where they stand.");
	buf_printf(to, "tocsin_pages{state=\"running\"} %llu\n", (unsigned long long)n.running);
	buf_printf(to, "tocsin_pages{state=\"held\"} %llu\n", (unsigned long long)n.held);
	buf_printf(to, "tocsin_pages{state=\"silenced\"} %llu\n", (unsigned long long)n.silenced);
	buf_printf(to, "tocsin_pages{state=\"unanswered\"} %llu\n",
	    (unsigned long long)n.unanswered);
	put_head(to, "pages_total", "counter", "Escalations begun.");
	buf_printf(to, "tocsin_pages_total %llu\n", (unsigned long long)n.all);
	put_head(to, "page_calls_total", "counter", "Lines of receipts of pages.");
	buf_printf(to, "tocsin_page_calls_total %llu\n", (unsigned long long)n.calls);
	put_head(to, "alerts_late_total", "counter", "Alerts not taken on in time.");
	for (unsigned i = 0; i < ALERTS_SEVERITIES; i++)
		buf_printf(to, "tocsin_alerts_late_total{severity=\"%s\"} %llu\n",
		    alerts_severity_word((enum alerts_severity)i), (unsigned long long)late[i]);
	put_head(to, "inbound_refused_total", "counter", "Webhooks with a wrong signature.");
	buf_printf(to, "tocsin_inbound_refused_total %llu\n",
	    (unsigned long long)a->inbound_refused);
}
