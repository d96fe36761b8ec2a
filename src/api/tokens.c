/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tokens: access for programs. */
/* exports: tokens_handle */
#include "api/body.h"
#include "api/person.h"
#include "base/clock.h"
#include "user/tokens.h"

#define DAY (24 * 3600 * CLOCK_S)
#define DAYS_MAX 3650

static void
put_members(struct jsonw *w, const struct tokens_row *row)
{
	jsonw_kstr(w, "id", str_c(row->id));
	jsonw_kstr(w, "name", str_c(row->name));
	person_put_scopes(w, row->scopes);
	jsonw_ktime(w, "created", row->created);
	jsonw_kstr(w, "by", str_c(row->by));
	person_put_time(w, "expires", row->expires);
	person_put_time(w, "last_used", row->last_used);
}

static enum err
put_one(void *ctx, const struct tokens_row *row)
{
	jsonw_obj(ctx);
	put_members(ctx, row);
	jsonw_end(ctx);
	return OK;
}

void
tokens_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	if (!person_no_query(r))
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("tokens"));
	jsonw_arr(&w);
	e = tokens_list(door_users(a->host.door), put_one, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		person_fail(r, e, &why);
}

/* The set of the words; 0, answered, when one is none. */
static unsigned
read_scopes(struct http *r, const struct body_texts *words)
{
	unsigned scopes = 0, one;

	for (size_t i = 0; i < words->n; i++) {
		if (!role_scope_find(words->p[i], &one)) {
			http_problem(r, 422, "scopes: are read, ingest, write and admin");
			return 0;
		}
		scopes |= one;
	}
	if (scopes == 0)
		http_problem(r, 422, "scopes: at least one of read, ingest, write and admin");
	return scopes;
}

static void
reply_new(struct http *r, const char *token, const struct tokens_row *row)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "token", str_c(token));
	put_members(&w, row);
	jsonw_end(&w);
	http_reply(r, 201, HTTP_JSON, buf_view(&body));
	secret_wipe(body.p, body.n);
}

void
tokens_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct tokens_new want = { .by = http_caller(r)->name };
	struct body_texts words = { 0 };
	int64_t days = 0, now = clock_wall();
	bool ends = false;
	const struct body_field fields[] = { { "name", BODY_TEXT, true, &want.name, NULL },
		{ "scopes", BODY_TEXTS, true, &words, NULL },
		{ "expires_in_days", BODY_INT, false, &days, &ends } };
	char token[SECRET_TOKEN_SIZE];
	struct tokens_row row;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	want.scopes = read_scopes(r, &words);
	if (want.scopes == 0)
		return;
	if (ends && (days < 1 || days > DAYS_MAX)) {
		http_problem(r, 422, "expires_in_days: is 1 to %d", DAYS_MAX);
		return;
	}
	want.expires = ends ? now + days * DAY : 0;
	e = tokens_new(door_users(a->host.door), &want, now, token, &row, &why);
	if (e == OK)
		reply_new(r, token, &row);
	else
		person_fail(r, e, &why);
	secret_wipe(token, sizeof(token));
}

void
tokens_handle_delete(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r))
		return;
	e = tokens_revoke(door_users(a->host.door), http_param(r, "id"), &why);
	if (e == OK)
		http_reply(r, 204, HTTP_JSON, STR(""));
	else
		person_fail(r, e, &why);
}
