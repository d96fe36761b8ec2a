/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/users: people who may log in. */
/* exports: users_handle */
#include <stdio.h>

#include "api/body.h"
#include "api/person.h"
#include "base/clock.h"
#include "user/invites.h"

static struct users *
users_of(struct api *a)
{
	return door_users(a->host.door);
}

static enum err
put_one(void *ctx, const struct users_row *row)
{
	person_put_user(ctx, row);
	return OK;
}

void
users_handle_list(void *ctx, struct http *r)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	if (!person_no_query(r))
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("users"));
	jsonw_arr(&w);
	e = users_list(users_of(ctx), clock_wall(), put_one, &w, &why);
	jsonw_end(&w);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		person_fail(r, e, &why);
}

/* {"user":{...}}, and the invitation when there is one. */
static void
reply_user(struct api *a, struct http *r, int status, struct str name, const char *invite,
    int64_t expires)
{
	auto_buf struct buf body = { 0 };
	struct users_row row;
	struct diag why = { 0 };
	char url[SECRET_SIZE + 16];
	struct jsonw w;
	enum err e = users_get(users_of(a), name, clock_wall(), &row, &why);

	if (e != OK) {
		person_fail(r, e, &why);
		return;
	}
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("user"));
	person_put_user(&w, &row);
	if (invite != NULL) {
		(void)snprintf(url, sizeof(url), "/welcome#%s", invite);
		jsonw_kstr(&w, "invite", str_c(invite));
		jsonw_kstr(&w, "url", str_c(url));
		jsonw_ktime(&w, "expires", expires);
	}
	jsonw_end(&w);
	http_reply(r, status, HTTP_JSON, buf_view(&body));
}

static void
tell(struct api *a, struct http *r, const char *type, struct str user, const char *what)
{
	const struct http_caller *c = http_caller(r);
	char name[NAME_SIZE], message[160];

	if (name_read(user, name, NULL) != OK)
		return;
	(void)snprintf(message, sizeof(message), "%s %s by %s", name, what, c->name);
	person_event(a, &(struct person_event){ .type = type,
			    .user = name,
			    .message = message,
			    .ip = http_peer(r),
			    .agent = http_header(r, "user-agent") });
}

static void
invite(struct api *a, struct http *r, struct str name)
{
	char secret[SECRET_SIZE];
	struct diag why = { 0 };
	int64_t expires;
	enum err e = invites_new(users_of(a), name, clock_wall(), secret, &expires, &why);

	if (e == OK)
		reply_user(a, r, 201, name, secret, expires);
	else
		person_fail(r, e, &why);
}

void
users_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name, word = STR("viewer");
	const struct body_field fields[] = { { "name", BODY_TEXT, true, &name, NULL },
		{ "role", BODY_TEXT, true, &word, NULL } };
	struct diag why = { 0 };
	enum role role;
	enum err e;

	if (!person_no_query(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if (!role_find(word, &role)) {
		http_problem(r, 422, "role: is viewer, analyst, responder or admin");
		return;
	}
	e = users_add(users_of(a), name, role, clock_wall(), &why);
	if (e != OK) {
		person_fail(r, e, &why);
		return;
	}
	tell(a, r, "auth.user.created", name, "was added");
	invite(a, r, name);
}

void
users_handle_set(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name = http_param(r, "name"), word = STR("");
	bool disabled = false, has_role = false, has_disabled = false;
	const struct body_field fields[] = { { "role", BODY_TEXT, false, &word, &has_role },
		{ "disabled", BODY_BOOL, false, &disabled, &has_disabled } };
	enum role role = ROLE_VIEWER;
	struct diag why = { 0 };
	enum err e = OK;

	if (!person_no_query(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if (!has_role && !has_disabled) {
		http_problem(r, 400, "say role, disabled or both");
		return;
	}
	if (has_role && !role_find(word, &role)) {
		http_problem(r, 422, "role: is viewer, analyst, responder or admin");
		return;
	}
	e = users_set(users_of(a), name, has_role ? &role : NULL, has_disabled ? &disabled : NULL,
	    &why);
	if (e != OK) {
		person_fail(r, e, &why);
		return;
	}
	tell(a, r, "auth.user.changed", name, "was changed");
	reply_user(a, r, 200, name, NULL, 0);
}

void
users_handle_delete(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name = http_param(r, "name");
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r))
		return;
	e = users_delete(users_of(a), name, &why);
	if (e != OK) {
		person_fail(r, e, &why);
		return;
	}
	tell(a, r, "auth.user.deleted", name, "was deleted");
	http_reply(r, 204, HTTP_JSON, STR(""));
}

void
users_handle_invite(void *ctx, struct http *r)
{
	struct api *a = ctx;

	if (person_no_query(r) && body_read(a, r, NULL, 0))
		invite(a, r, http_param(r, "name"));
}
