/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/alerts, /v1/alerts/groups and /v1/alerts/{id}. */
/* exports: alerts_handle alert_ */
#include "alert/affected.h"
#include "api/oncall.h"
#include "api/routing.h"
#include "base/clock.h"

#define LIMIT_DEFAULT 100

void
alert_fail(struct http *r, enum err e, const struct diag *why)
{
	static const int status[FAIL_COUNT_] = { [FAIL_NOT_FOUND] = 404,
		[FAIL_EXISTS] = 409,
		[FAIL_DENIED] = 409,
		[FAIL_SYNTAX] = 400,
		[FAIL_LIMIT] = 422 };

	http_problem(r, status[e] != 0 ? status[e] : 503, "%s", why->text);
}

struct str
alert_caller(const struct http *r)
{
	const struct http_caller *c = http_caller(r);

	return c->name[0] != '\0' ? str_c(c->name) : STR("api");
}

static void
put_texts(struct jsonw *w, const struct alerts_row *row)
{
	struct str tags = row->tags;

	jsonw_kstr(w, "id", str_c(row->id));
	jsonw_kstr(w, "rule_id", row->rule_id);
	jsonw_kstr(w, "title", row->title);
	jsonw_kstr(w, "severity", row->severity);
	jsonw_kstr(w, "status", str_c(alerts_status_word(row->status)));
	jsonw_kstr(w, "owner", row->owner);
	jsonw_kstr(w, "reason", row->reason);
	jsonw_kstr(w, "group", row->group);
	jsonw_kstr(w, "summary", row->summary);
	jsonw_kstr(w, "advice", row->advice);
	jsonw_kstr(w, "action", row->action);
	jsonw_key(w, STR("tags"));
	jsonw_arr(w);
	while (tags.n != 0)
		jsonw_str(w, str_trim(str_until(&tags, ',')));
	jsonw_end(w);
}

static void
put_some_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns > 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

/* When people took it on, when nobody had in time, when they closed it. */
static void
put_answer(struct jsonw *w, const struct alerts_row *row)
{
	put_some_time(w, "acked", row->acked);
	put_some_time(w, "late", row->late);
	put_some_time(w, "closed", row->closed);
}

void
alert_put_open(struct jsonw *w, const struct alerts_row *row)
{
	jsonw_obj(w);
	put_texts(w, row);
	jsonw_key(w, STR("confidence"));
	if (row->confidence != 0)
		jsonw_int(w, row->confidence);
	else
		jsonw_null(w);
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
	jsonw_kint(w, "rev", (int64_t)row->rev);
	jsonw_kbool(w, "demo", row->demo);
	jsonw_kint(w, "comments", (int64_t)row->comments);
	put_answer(w, row);
	jsonw_kstr(w, "quiet", row->quiet);
}

void
alert_put(struct jsonw *w, const struct alerts_row *row)
{
	alert_put_open(w, row);
	jsonw_end(w);
}

struct page {
	const struct api *a;
	struct jsonw w;
	size_t n, limit;
	char next[ALERTS_CURSOR_SIZE]; /* place of the last row of the page */
	bool more;
	struct alerts_filter f;
};

static enum err
on_row(void *ctx, const struct alerts_row *row)
{
	struct page *p = ctx;

	if (p->n == p->limit) {
		p->more = true;
		return FAIL_LIMIT; /* enough */
	}
	alert_put_in(p->a, &p->w, row);
	p->n++;
	(void)alerts_cursor(row, p->next);
	return OK;
}

static bool
read_limit(struct str value, size_t *ret)
{
	uint64_t n;

	if (!str_u64(value, &n) || n < 1 || n > ALERT_LIST_MAX)
		return false;
	*ret = (size_t)n;
	return true;
}

static bool
on_parameter(void *ctx, struct str name, struct str value)
{
	struct page *p = ctx;

	if (str_eq(name, STR("limit")))
		return read_limit(value, &p->limit);
	return str_eq(name, STR("cursor")) && alerts_cursor_read(value, &p->f);
}

/* "open":{"CRITICAL":n,...}: how many nobody has looked at, whatever the filter. */
static enum err
put_open(struct api *a, struct jsonw *w, struct diag *why)
{
	struct alerts_tally t;
	enum err e = alerts_tally(a->host.alerts, &t, why);

	if (e != OK)
		return e;
	jsonw_key(w, STR("open"));
	jsonw_obj(w);
	for (unsigned i = 0; i < ALERTS_SEVERITIES; i++)
		jsonw_kint(w, alerts_severity_word((enum alerts_severity)i),
		    (int64_t)t.n[ALERTS_OPEN][i]);
	jsonw_end(w);
	return OK;
}

/* null when counting would take too long. */
static enum err
put_total(struct api *a, struct page *p, struct diag *why)
{
	uint64_t total;
	enum err e;

	if (p->f.after_id[0] == '\0' && !p->more) {
		jsonw_kint(&p->w, "total", (int64_t)p->n);
		return OK;
	}
	e = alerts_total(a->host.alerts, &p->f, &total, why);
	if (e == OK) {
		jsonw_kint(&p->w, "total", (int64_t)total);
	} else if (e == FAIL_LIMIT) {
		jsonw_key(&p->w, STR("total"));
		jsonw_null(&p->w);
		e = OK;
	}
	return e;
}

static enum err
put_page(struct api *a, struct page *p, struct diag *why)
{
	uint64_t rev = alerts_rev(a->host.alerts); /* before: what comes later is news */
	enum err e;

	jsonw_obj(&p->w);
	jsonw_key(&p->w, STR("alerts"));
	jsonw_arr(&p->w);
	e = alerts_list(a->host.alerts, &p->f, on_row, p, why);
	jsonw_end(&p->w);
	if (e != OK && !p->more)
		return e;
	jsonw_key(&p->w, STR("next"));
	if (p->more)
		jsonw_str(&p->w, str_c(p->next));
	else
		jsonw_null(&p->w);
	e = put_total(a, p, why);
	jsonw_kint(&p->w, "rev", (int64_t)rev);
	if (e == OK)
		e = put_open(a, &p->w, why);
	jsonw_end(&p->w);
	return e;
}

void
alerts_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct page p = { .a = a, .limit = LIMIT_DEFAULT };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	if (!filter_query(r, &p.f, on_parameter, &p))
		return;
	p.f.limit = (unsigned)p.limit + 1;
	buf_init(&body, 0);
	jsonw_init(&p.w, &body);
	e = put_page(a, &p, &why);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

struct grouping {
	struct jsonw w;
	struct alerts_filter f;
	enum alerts_by by;
	bool by_given;
	size_t limit;
};

static bool
on_grouping(void *ctx, struct str name, struct str value)
{
	static const char *const words[] = { [ALERTS_BY_RULE] = "rule_id",
		[ALERTS_BY_GROUP] = "group",
		[ALERTS_BY_SEVERITY] = "severity" };
	struct grouping *g = ctx;

	if (str_eq(name, STR("limit")))
		return read_limit(value, &g->limit);
	if (!str_eq(name, STR("by")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(value, str_c(words[i]))) {
			g->by = (enum alerts_by)i;
			g->by_given = true;
		}
	return g->by_given;
}

static enum err
on_group(void *ctx, const struct alerts_group *g)
{
	struct jsonw *w = &((struct grouping *)ctx)->w;

	jsonw_obj(w);
	jsonw_kstr(w, "key", g->key);
	jsonw_kstr(w, "title", g->title);
	jsonw_kstr(w, "severity", g->severity);
	jsonw_kint(w, "alerts", (int64_t)g->alerts);
	jsonw_kint(w, "open", (int64_t)g->open);
	jsonw_kint(w, "count", (int64_t)g->count);
	jsonw_ktime(w, "last", g->last);
	jsonw_end(w);
	return OK;
}

void
alerts_handle_groups(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct grouping g = { .limit = LIMIT_DEFAULT };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	if (!filter_query(r, &g.f, on_grouping, &g))
		return;
	if (!g.by_given) {
		http_problem(r, 400, "by: say rule_id, group or severity");
		return;
	}
	g.f.limit = (unsigned)g.limit;
	buf_init(&body, 0);
	jsonw_init(&g.w, &body);
	jsonw_obj(&g.w);
	jsonw_key(&g.w, STR("groups"));
	jsonw_arr(&g.w);
	e = alerts_groups(a->host.alerts, g.by, &g.f, on_group, &g, &why);
	jsonw_end(&g.w);
	jsonw_end(&g.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

struct detail {
	const struct api *a;
	struct jsonw w;
	char id[ALERTS_ID_SIZE];
	enum alerts_status status;
};

/* "users":["ann"],"more_users":false */
static void
put_affected(struct jsonw *w, const char *key, const char *more_key, enum affected_kind kind,
    struct str set)
{
	bool more, any_more = false;
	enum affected_kind k;
	struct str name;

	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	while (affected_next(&set, &k, &name, &more)) {
		if (k == kind && more)
			any_more = true;
		else if (k == kind)
			jsonw_str(w, name);
	}
	jsonw_end(w);
	jsonw_kbool(w, more_key, any_more);
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct detail *d = ctx;

	alert_put_open(&d->w, row);
	alert_put_incident(d->a, &d->w, row->id);
	jsonw_key(&d->w, STR("details"));
	if (row->details.n != 0)
		jsonw_raw(&d->w, row->details);
	else
		jsonw_null(&d->w);
	jsonw_key(&d->w, STR("affected"));
	jsonw_obj(&d->w);
	put_affected(&d->w, "users", "more_users", AFFECTED_USER, row->affected);
	put_affected(&d->w, "addresses", "more_addresses", AFFECTED_ADDRESS, row->affected);
	put_affected(&d->w, "sessions", "more_sessions", AFFECTED_SESSION, row->affected);
	put_affected(&d->w, "keys", "more_keys", AFFECTED_KEY, row->affected);
	put_affected(&d->w, "countries", "more_countries", AFFECTED_COUNTRY, row->affected);
	put_affected(&d->w, "networks", "more_networks", AFFECTED_NETWORK, row->affected);
	jsonw_end(&d->w);
	oncall_put_response(d->a, &d->w, row, clock_wall());
	memcpy(d->id, row->id, sizeof(d->id));
	d->status = row->status;
	return OK;
}

static enum err
on_entry(void *ctx, const struct alerts_entry *e)
{
	struct jsonw *w = &((struct detail *)ctx)->w;

	jsonw_obj(w);
	jsonw_ktime(w, "time", e->time);
	jsonw_kstr(w, "by", e->by);
	jsonw_kstr(w, "action", e->action);
	jsonw_kstr(w, "from", e->from);
	jsonw_kstr(w, "to", e->to);
	jsonw_kstr(w, "reason", e->reason);
	jsonw_kstr(w, "note", e->note);
	jsonw_end(w);
	return OK;
}

static enum err
on_delivery(void *ctx, const struct outbox_row *row)
{
	deliveries_put(&((struct detail *)ctx)->w, row);
	return OK;
}

static enum err
put_detail(struct api *a, struct detail *d, struct str id, struct diag *why)
{
	struct outbox_filter deliveries = { .limit = ALERT_LIST_MAX };
	enum err e = alerts_get(a->host.alerts, id, on_alert, d, why);

	if (e != OK)
		return e;
	jsonw_key(&d->w, STR("history"));
	jsonw_arr(&d->w);
	e = alerts_history(a->host.alerts, str_c(d->id), on_entry, d, why);
	jsonw_end(&d->w);
	deliveries.alert_id = str_c(d->id);
	jsonw_key(&d->w, STR("deliveries"));
	jsonw_arr(&d->w);
	if (e == OK)
		e = outbox_list(a->host.alerts, &deliveries, on_delivery, d, why);
	jsonw_end(&d->w);
	if (e == OK)
		e = oncall_put_pages(a, &d->w, str_c(d->id), why);
	if (e == OK)
		e = routing_put_waiting(a, &d->w, str_c(d->id), why);
	jsonw_key(&d->w, STR("next_statuses"));
	jsonw_arr(&d->w);
	for (unsigned i = 0; i < ALERTS_STATUSES; i++)
		if (act_may(d->status, (enum alerts_status)i))
			jsonw_str(&d->w, str_c(alerts_status_word((enum alerts_status)i)));
	jsonw_end(&d->w);
	return e;
}

void
alert_reply(struct api *a, struct http *r, struct str id, const char *undo)
{
	struct detail d = { .a = a };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	buf_init(&body, 0);
	jsonw_init(&d.w, &body);
	e = put_detail(a, &d, id, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	if (undo != NULL)
		jsonw_kstr(&d.w, "undo", str_c(undo));
	jsonw_end(&d.w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}

void
alerts_handle_get(void *ctx, struct http *r)
{
	struct str name, value;

	if (http_query_at(r, 0, &name, &value))
		http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
		    (int)(name.n < 64 ? name.n : 64), name.p);
	else
		alert_reply(ctx, r, http_param(r, "id"), NULL);
}
