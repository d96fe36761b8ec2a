/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/blocks and /v1/allowed: what was done about alerts, by hand too, and who is never blocked. */
/* exports: blocks_handle allowed_handle */
/* tested by: test/e2e/respond.py */
#include "api/alert.h"
#include "api/body.h"
#include "api/country.h"
#include "api/person.h"
#include "base/clock.h"
#include "respond/carry.h"
#include "respond/respond.h"

#define LIMIT_DEFAULT 100
#define LIVING (1U << LEASE_PROPOSED | 1U << LEASE_ACTIVE | 1U << LEASE_DRY_RUN)

static void
put_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns != 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

/* How far whoever carries it out was told. */
static void
put_carried(void *ctx, const struct carry_row *row)
{
	struct jsonw *w = ctx;

	jsonw_key(w, STR("carried"));
	jsonw_obj(w);
	jsonw_kstr(w, "state", str_c(carry_word(row->phase)));
	jsonw_kint(w, "tries", row->tries);
	put_time(w, "checked", row->seen);
	jsonw_end(w);
}

static void
put_open(struct api *a, struct jsonw *w, const struct lease *row, int64_t now)
{
	char country[4];
	const bool lives = (LIVING & 1U << row->state) != 0;

	jsonw_obj(w);
	jsonw_kint(w, "id", row->id);
	jsonw_kstr(w, "action", str_c(deed_word(row->deed)));
	jsonw_kstr(w, "entity", row->entity);
	jsonw_kstr(w, "country", str_c(country_of(a, row->entity, country)));
	jsonw_kstr(w, "state", str_c(leases_word(row->state)));
	put_time(w, "begin", row->begin);
	put_time(w, "end", row->end);
	put_time(w, "ended", row->ended);
	jsonw_kint(w, "seconds_left",
	    lives && row->end > now ? (row->end - now + CLOCK_S - 1) / CLOCK_S : 0);
	jsonw_kstr(w, "alert_id", row->alert);
	jsonw_kstr(w, "rule_id", row->rule);
	jsonw_kstr(w, "by", row->by);
	jsonw_kstr(w, "reason", row->reason);
	jsonw_kstr(w, "result", row->result);
	(void)!carry_get(a->host.respond->leases, row->id, put_carried, w, NULL);
}

struct page {
	struct api *a;
	struct jsonw w;
	int64_t now, last;
	size_t n, limit;
	bool more;
};

static enum err
on_row(void *ctx, const struct lease *row)
{
	struct page *p = ctx;

	if (p->n == p->limit) {
		p->more = true;
		return FAIL_LIMIT; /* enough */
	}
	put_open(p->a, &p->w, row, p->now);
	jsonw_end(&p->w);
	p->n++;
	p->last = row->id;
	return OK;
}

static bool
take_state(struct leases_filter *f, struct str word)
{
	enum lease_state s;

	if (str_eq(word, STR("living"))) {
		f->states |= LIVING;
		return true;
	}
	if (!leases_find_state(word, &s))
		return false;
	f->states |= 1U << s;
	return true;
}

static bool
take_deed(struct leases_filter *f, struct str word)
{
	enum deed d;

	if (!deed_find(word, &d))
		return false;
	f->deeds |= 1U << (unsigned)d;
	return true;
}

/* Words between commas. */
static bool
each_word(struct leases_filter *f, struct str words, bool (*fn)(struct leases_filter *, struct str))
{
	bool good = words.n != 0;

	while (words.n != 0 && good)
		good = fn(f, str_until(&words, ','));
	return good;
}

static bool
take(struct leases_filter *f, struct page *p, struct str name, struct str value)
{
	uint64_t n;

	if (str_eq(name, STR("state")))
		return each_word(f, value, take_state);
	if (str_eq(name, STR("action")))
		return each_word(f, value, take_deed);
	if (str_eq(name, STR("cursor")))
		return str_i64(value, &f->before) && f->before > 0;
	if (str_eq(name, STR("entity"))) {
		f->entity = value.n != 0 ? value : STR("");
		return value.n <= LEASES_ENTITY;
	}
	if (str_eq(name, STR("alert"))) {
		f->alert = value.n != 0 ? value : STR("");
		return value.n <= LEASES_ENTITY;
	}
	if (!str_eq(name, STR("limit")) || !str_u64(value, &n) || n < 1 || n > ALERT_LIST_MAX)
		return false;
	p->limit = (size_t)n;
	return true;
}

/* The parts, or an answer that there are none. */
static struct respond *
parts(const struct api *a, struct http *r)
{
	if (a->host.respond == NULL)
		http_problem(r, 503, "there is nothing here that responds");
	return a->host.respond;
}

void
blocks_handle_list(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct page p = { .a = ctx, .limit = LIMIT_DEFAULT, .now = clock_wall() };
	struct leases_filter f = { 0 };
	struct respond *all = parts(a, r);
	struct str name, value;
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	if (all == NULL)
		return;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(&f, &p, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	f.limit = (unsigned)p.limit + 1;
	jsonw_init(&p.w, &body);
	jsonw_obj(&p.w);
	jsonw_kbool(&p.w, "armed", all->armed);
	jsonw_key(&p.w, STR("blocks"));
	jsonw_arr(&p.w);
	e = leases_list(all->leases, &f, on_row, &p, &why);
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

static enum err
on_one(void *ctx, const struct lease *row)
{
	struct page *p = ctx;

	put_open(p->a, &p->w, row, p->now);
	return OK;
}

static enum err
on_change(void *ctx, const struct lease_change *c)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_ktime(w, "time", c->time);
	jsonw_kstr(w, "from", str_c(leases_word(c->from)));
	jsonw_kstr(w, "to", str_c(leases_word(c->to)));
	jsonw_kstr(w, "by", c->by);
	jsonw_kstr(w, "result", c->result);
	jsonw_end(w);
	return OK;
}

static void
reply_one(struct api *a, struct respond *all, struct http *r, int status, int64_t id)
{
	auto_buf struct buf body = { 0 };
	struct page p = { .a = a, .now = clock_wall() };
	struct diag why = { 0 };
	enum err e;

	jsonw_init(&p.w, &body);
	e = leases_get(all->leases, id, on_one, &p, &why);
	if (e == OK) {
		jsonw_key(&p.w, STR("audit"));
		jsonw_arr(&p.w);
		e = leases_audit(all->leases, id, on_change, &p.w, &why);
		jsonw_end(&p.w);
		jsonw_end(&p.w);
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
	http_problem(r, 404, "there is no such response");
	return 0;
}

void
blocks_handle_get(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	const int64_t id = all != NULL ? id_of(r) : 0;

	if (id != 0)
		reply_one(ctx, all, r, 200, id);
}

/* "1h"; answered when it is none.  `ret` is left alone when there is none. */
static bool
read_span(struct http *r, struct str text, int64_t *ret)
{
	if (text.n == 0 || (clock_span(text, ret) && *ret > 0 && *ret <= POLICY_SPAN_MAX))
		return true;
	http_problem(r, 422, "for: is a time like 1h, at most 30d");
	return false;
}

void
blocks_handle_add(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct str action = STR("BLOCK_IP"), span = STR(""), caller = { 0 };
	struct respond_wish w = { .span = POLICY_SPAN, .reason = STR("") };
	const struct body_field fields[] = { { "entity", BODY_TEXT, true, &w.entity, NULL },
		{ "action", BODY_TEXT, false, &action, NULL },
		{ "for", BODY_TEXT, false, &span, NULL },
		{ "reason", BODY_TEXT, false, &w.reason, NULL } };
	struct diag why = { 0 };
	int64_t id = 0;
	struct ip peer, target;
	enum err e;

	if (all == NULL || !body_read(ctx, r, fields, ARRAY_LEN(fields)) ||
	    !read_span(r, span, &w.span))
		return;
	if (!deed_find(action, &w.deed)) {
		http_problem(r, 422, "action: there is no such action");
		return;
	}
	if (ip_parse(str_c(http_peer(r)), &peer) && ip_parse(w.entity, &target) &&
	    memcmp(&peer, &target, sizeof(peer)) == 0) {
		http_problem(r, 409, "entity: that is your own address");
		return;
	}
	caller = alert_caller(r);
	w.by = caller;
	e = respond_by_hand(all, &w, clock_wall(), &id, &why);
	if (e == OK)
		reply_one(ctx, all, r, 201, id);
	else
		http_problem(r,
		    e == FAIL_DENIED  ? 409
		    : e == FAIL_STORE ? 503
				      : 422,
		    "%s", why.text);
}

struct acting {
	struct respond *all;
	int64_t id, now, span; /* span: of `for` */
	struct str by, reason;
	int64_t allow; /* ns; 0: not */
};

static enum err
allow_entity(void *ctx, const struct lease *row)
{
	const struct acting *a = ctx;
	struct lease_allow allow = {
		.by = a->by, .reason = a->reason, .created = a->now, .until = a->now + a->allow
	};
	struct ip_net net;
	char text[GUARD_TEXT];

	if (!ip_net_parse(row->entity, &net, NULL))
		return OK;
	allow.net = str_c(guard_text(&net, text));
	return leases_allow(a->all->leases, &allow, NULL);
}

static enum err
undo(const struct acting *a, struct diag *why)
{
	enum err e = leases_change(a->all->leases, a->id, LEASE_UNDONE, a->by,
	    a->reason.n != 0 ? a->reason : STR("undone by hand"), a->now, why);

	if (e == OK && a->allow != 0)
		e = leases_get(a->all->leases, a->id, allow_entity, (void *)(uintptr_t)a, why);
	return e;
}

static enum err
act(const struct acting *a, struct str action, struct diag *why)
{
	if (str_eq(action, STR("undo")))
		return undo(a, why);
	if (str_eq(action, STR("approve")))
		return respond_approve(a->all, a->id, a->by, a->now, why);
	return respond_extend(a->all, a->id, a->span, a->by, a->reason, a->now, why);
}

void
blocks_handle_action(void *ctx, struct http *r)
{
	const struct str action = http_param(r, "action");
	struct acting a = { .all = parts(ctx, r), .now = clock_wall(), .span = POLICY_SPAN };
	struct str span = STR(""), allow = STR("");
	const struct body_field fields[] = { { "reason", BODY_TEXT, false, &a.reason, NULL },
		{ "for", BODY_TEXT, false, &span, NULL },
		{ "allow", BODY_TEXT, false, &allow, NULL } };
	struct diag why = { 0 };
	enum err e;

	a.id = a.all != NULL ? id_of(r) : 0;
	if (a.id == 0 || !body_read(ctx, r, fields, ARRAY_LEN(fields)) ||
	    !read_span(r, span, &a.span) || !read_span(r, allow, &a.allow))
		return;
	if (!str_eq(action, STR("undo")) && !str_eq(action, STR("approve")) &&
	    !str_eq(action, STR("extend"))) {
		http_problem(r, 404, "a response is undone, approved or extended");
		return;
	}
	a.by = alert_caller(r);
	e = act(&a, action, &why);
	if (e == OK)
		reply_one(ctx, a.all, r, 200, a.id);
	else if (e == FAIL_DENIED)
		http_problem(r, 409, "%s", why.text);
	else
		alert_fail(r, e, &why);
}

static enum err
on_allowed(void *ctx, const struct lease_allow *row)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_kstr(w, "net", row->net);
	jsonw_ktime(w, "created", row->created);
	put_time(w, "until", row->until);
	jsonw_kstr(w, "by", row->by);
	jsonw_kstr(w, "reason", row->reason);
	jsonw_end(w);
	return OK;
}

static void
reply_allowed(struct respond *all, struct http *r, int status)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("allowed"));
	jsonw_arr(&w);
	e = leases_allowed(all->leases, clock_wall(), on_allowed, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, status, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
allowed_handle_list(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);

	if (all != NULL && person_no_query(r))
		reply_allowed(all, r, 200);
}

void
allowed_handle_add(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct str net = { 0 }, span = STR(""), reason = STR("");
	const struct body_field fields[] = { { "net", BODY_TEXT, true, &net, NULL },
		{ "for", BODY_TEXT, false, &span, NULL },
		{ "reason", BODY_TEXT, false, &reason, NULL } };
	struct lease_allow row = { .created = clock_wall() };
	char text[GUARD_TEXT];
	struct diag why = { 0 };
	struct ip_net parsed;
	int64_t lasts = 0;
	uint64_t n = 0;
	enum err e;

	if (all == NULL || !body_read(ctx, r, fields, ARRAY_LEN(fields)) ||
	    !read_span(r, span, &lasts))
		return;
	if (!ip_net_parse(net, &parsed, NULL)) {
		http_problem(r, 422, "net: is no address and no network");
		return;
	}
	row.net = str_c(guard_text(&parsed, text));
	row.until = lasts != 0 ? row.created + lasts : 0;
	row.by = alert_caller(r);
	row.reason = (struct str){ reason.p, reason.n < LEASES_TEXT ? reason.n : LEASES_TEXT };
	e = leases_allow(all->leases, &row, &why);
	if (e == OK)
		e = leases_undo_entity(all->leases, row.net, row.by, row.created, &n, &why);
	if (e == OK)
		reply_allowed(all, r, 201);
	else
		alert_fail(r, e, &why);
}

void
allowed_handle_remove(void *ctx, struct http *r)
{
	struct respond *all = parts(ctx, r);
	struct diag why = { 0 };
	enum err e;

	if (all == NULL)
		return;
	e = leases_disallow(all->leases, http_param(r, "net"), &why);
	if (e == OK)
		http_reply(r, 204, HTTP_JSON, STR(""));
	else
		alert_fail(r, e, &why);
}
