/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/deliveries, POST /v1/deliveries/resend and /v1/deliveries/{id}/resend. */
/* exports: deliveries_ */
#include "api/alert.h"
#include "base/clock.h"

#define LIMIT_DEFAULT 100

static void
put_time(struct jsonw *w, const char *key, bool there, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (there)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

void
deliveries_put(struct jsonw *w, const struct outbox_row *row)
{
	jsonw_obj(w);
	jsonw_kint(w, "id", row->id);
	jsonw_kstr(w, "alert_id", row->alert_id);
	jsonw_kstr(w, "channel", row->channel);
	jsonw_kstr(w, "key", row->key);
	jsonw_kstr(w, "event", str_c(outbox_event_word(row->event)));
	jsonw_kstr(w, "person", row->person);
	jsonw_kstr(w, "address", row->address);
	jsonw_kstr(w, "state", str_c(outbox_state_word(row->state)));
	jsonw_kint(w, "attempts", row->attempts);
	put_time(w, "next_attempt", row->state == OUTBOX_PENDING,
	    row->next > row->created ? row->next : row->created);
	jsonw_kstr(w, "last_error", row->last_error);
	jsonw_kint(w, "ms", row->ms);
	put_time(w, "created", true, row->created);
	put_time(w, "sent", row->state == OUTBOX_SENT, row->sent);
	jsonw_end(w);
}

struct page {
	struct jsonw w;
	size_t n, limit;
	int64_t last;
	bool more;
};

static enum err
on_row(void *ctx, const struct outbox_row *row)
{
	struct page *p = ctx;

	if (p->n == p->limit) {
		p->more = true;
		return FAIL_LIMIT; /* enough */
	}
	deliveries_put(&p->w, row);
	p->n++;
	p->last = row->id;
	return OK;
}

static bool
take(struct outbox_filter *f, struct page *p, struct str name, struct str value)
{
	uint64_t n;

	if (str_eq(name, STR("state"))) {
		f->by_state = true;
		return outbox_state_find(value, &f->state);
	}
	if (str_eq(name, STR("cursor")))
		return str_i64(value, &f->before) && f->before > 0;
	if (str_eq(name, STR("limit"))) {
		if (!str_u64(value, &n) || n < 1 || n > ALERT_LIST_MAX)
			return false;
		p->limit = (size_t)n;
		return true;
	}
	if (str_eq(name, STR("channel")))
		f->channel = value.n != 0 ? value : STR("");
	else if (str_eq(name, STR("alert")))
		f->alert_id = value.n != 0 ? value : STR("");
	else
		return false;
	return value.n <= 64;
}

void
deliveries_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct outbox_filter f = { 0 };
	struct page p = { .limit = LIMIT_DEFAULT };
	struct str name, value;
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(&f, &p, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return;
		}
	f.limit = (unsigned)p.limit + 1;
	buf_init(&body, 0);
	jsonw_init(&p.w, &body);
	jsonw_obj(&p.w);
	jsonw_key(&p.w, STR("deliveries"));
	jsonw_arr(&p.w);
	e = outbox_list(a->host.alerts, &f, on_row, &p, &why);
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

static void
reply_count(struct http *r, uint64_t n)
{
	auto_buf struct buf body = { 0 };

	buf_init(&body, 0);
	buf_printf(&body, "{\"resent\":%llu}", (unsigned long long)n);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}

void
deliveries_handle_resend(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };
	int64_t id;
	enum err e;

	if (!str_i64(http_param(r, "id"), &id) || id < 1) {
		http_problem(r, 404, "a delivery has a number");
		return;
	}
	e = outbox_resend(a->host.alerts, id, clock_wall(), &why);
	if (e == OK)
		reply_count(r, 1);
	else
		alert_fail(r, e, &why);
}

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

void
deliveries_handle_resend_all(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct str channel = { NULL, 0 };
	const struct members_row rows[] = { { "channel", MEMBERS_TEXT, &channel, NULL } };
	const struct jsonr *body;
	struct diag why = { 0 };
	uint64_t n = 0;
	enum err e;

	if (!members_body(r, arena, &body))
		return;
	e = members_read(body, "", rows, ARRAY_LEN(rows), &why);
	if (e == OK)
		e = outbox_resend_all(a->host.alerts, channel, clock_wall(), &n, &why);
	if (e == OK)
		reply_count(r, n);
	else
		alert_fail(r, e, &why);
}
