/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/session and /v1/sessions, /v1/invites/accept: logging in and out. */
/* exports: session_ sessions_handle invites_handle */
#include <stdio.h>
#include <stdlib.h>

#include "api/body.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "user/cookie.h"

#define NO_TLS                                                                                     \
	"passwords are taken over TLS only, or on the same machine: use https://, or a proxy"      \
	" that is listed in http.trusted_proxies"

static void
put_me(struct jsonw *w, const char *name, enum role role, const struct http_caller *c)
{
	jsonw_obj(w);
	jsonw_kstr(w, "name", str_c(name));
	jsonw_kstr(w, "role", str_c(role_word(role)));
	person_put_scopes(w, c->scopes);
	jsonw_kstr(w, "csrf", str_c(c->csrf));
	jsonw_ktime(w, "expires", c->expires);
	jsonw_kstr(w, "session", str_c(c->id));
	jsonw_end(w);
}

static void
reply_me(struct http *r, const char *name, enum role role, const struct http_caller *c)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	jsonw_init(&w, &body);
	put_me(&w, name, role, c);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}

/* The answer to who has just come in, with his cookie. */
static void
reply_in(struct http *r, const struct door_answer *answer)
{
	const struct sessions_row *s = &answer->session;
	struct http_caller c = { .scopes = role_scopes(s->role), .expires = s->expires };
	char cookie[200];

	(void)snprintf(c.id, sizeof(c.id), "%s", s->id);
	(void)snprintf(c.csrf, sizeof(c.csrf), "%s", s->csrf);
	(void)snprintf(cookie, sizeof(cookie),
	    COOKIE_NAME "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", answer->secret);
	http_add_header(r, "Set-Cookie", cookie);
	reply_me(r, s->user, s->role, &c);
	secret_wipe(cookie, sizeof(cookie));
}

/* Somebody at the door, waiting to hear. */
struct visit {
	struct api *a;
	struct http *r;
	enum { VISIT_LOGIN, VISIT_INVITE, VISIT_PASSWORD } why;
	char old[SESSIONS_ID_SIZE]; /* session he comes with, "" for none */
};

static void
tell(struct visit *v, const struct door_answer *answer)
{
	static const char *const good[] = { "logged in", "took up an invitation and logged in",
		"changed the password" };
	bool in = answer->verdict == DOOR_IN;
	struct person_event e = { .user = answer->name,
		.ip = http_peer(v->r),
		.agent = http_header(v->r, "user-agent") };

	if (in) {
		e.type = v->why == VISIT_PASSWORD ? "auth.password.changed" : "auth.login.success";
		e.message = good[v->why];
	} else if (answer->verdict == DOOR_WRONG && answer->tried) {
		e.type = "auth.login.failed";
		e.message = "wrong user name or password";
	} else if (answer->verdict == DOOR_NO_INVITE) {
		e.type = "auth.login.failed";
		e.message = "unknown or used invitation";
	} else if (answer->verdict == DOOR_LIMITED && answer->first) {
		e.type = "rate_limit.exceeded";
		e.message = "too many attempts to log in";
	} else {
		return;
	}
	person_event(v->a, &e);
}

static void
reply_later(struct http *r, int64_t wait)
{
	char seconds[24];

	(void)snprintf(seconds, sizeof(seconds), "%lld",
	    (long long)((wait + CLOCK_S - 1) / CLOCK_S));
	http_add_header(r, "Retry-After", seconds);
	http_problem(r, 429, "too many attempts: try again in %s seconds", seconds);
}

static void
reply_verdict(struct visit *v, const struct door_answer *answer)
{
	struct http *r = v->r;

	switch (answer->verdict) {
	case DOOR_IN:
		reply_in(r, answer);
		break;
	case DOOR_WRONG:
		http_problem(r, v->why == VISIT_PASSWORD ? 403 : 401,
		    v->why == VISIT_PASSWORD ? "the old password is wrong"
					     : "user name or password is wrong");
		break;
	case DOOR_LIMITED:
		reply_later(r, answer->wait);
		break;
	case DOOR_BUSY:
		http_add_header(r, "Retry-After", "1");
		http_problem(r, 503, "too many people log in at this moment");
		break;
	case DOOR_NO_INVITE:
		http_problem(r, 404, "the invitation is unknown, was used already or is too old");
		break;
	case DOOR_REFUSED:
		http_problem(r, 422, "%s", answer->why.text);
		break;
	case DOOR_FAILED:
		person_fail(r, FAIL_STORE, &answer->why);
		break;
	}
}

static void
on_answer(void *ctx, const struct door_answer *answer)
{
	struct visit *v = ctx;
	struct diag why;

	tell(v, answer);
	/* The session he came with gives way to the new one; it may have ended meanwhile. */
	if (answer->verdict == DOOR_IN && v->old[0] != '\0' &&
	    sessions_end(door_users(v->a->host.door), str_c(v->old), NULL, &why) == FAIL_STORE)
		log_diag("api", "the old session was not ended", &why);
	reply_verdict(v, answer);
	free(v);
}

static struct visit *
visit_new(struct api *a, struct http *r)
{
	const struct http_caller *c = http_caller(r);
	struct visit *v = MEM_NEW(struct visit);

	v->a = a;
	v->r = r;
	if (c->kind == HTTP_CALLER_SESSION)
		(void)snprintf(v->old, sizeof(v->old), "%s", c->id);
	http_hold(r, NULL, NULL);
	return v;
}

static struct door_from
from(const struct http *r)
{
	return (struct door_from){ .ip = http_peer(r),
		.agent = http_header(r, "user-agent"),
		.now = clock_wall(),
		.mono = clock_mono() };
}

/* Answers when passwords may not come this way. */
static bool
safe(struct http *r)
{
	if (!person_no_query(r))
		return false;
	if (person_safe(r))
		return true;
	http_problem(r, 403, NO_TLS);
	return false;
}

void
session_handle_login(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name, password;
	const struct body_field fields[] = { { "name", BODY_TEXT, true, &name, NULL },
		{ "password", BODY_TEXT, true, &password, NULL } };
	struct door_from f = from(r);

	if (!safe(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	door_login(a->host.door, &f, name, password, on_answer, visit_new(a, r));
}

void
invites_handle_accept(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str invite, name = STR(""), password;
	const struct body_field fields[] = { { "invite", BODY_TEXT, true, &invite, NULL },
		{ "name", BODY_TEXT, false, &name, NULL },
		{ "password", BODY_TEXT, true, &password, NULL } };
	struct door_from f = from(r);
	struct visit *v;

	if (!safe(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	v = visit_new(a, r);
	v->why = VISIT_INVITE;
	door_accept(a->host.door, &f, invite, name, password, on_answer, v);
}

/* Is the caller a person?  Answers when it is a token. */
static bool
is_person(struct http *r)
{
	if (http_caller(r)->kind == HTTP_CALLER_SESSION)
		return true;
	http_problem(r, 403, "this is for people who have logged in, not for tokens");
	return false;
}

void
session_handle_password(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str old, fresh;
	const struct body_field fields[] = { { "old", BODY_TEXT, true, &old, NULL },
		{ "new", BODY_TEXT, true, &fresh, NULL } };
	struct door_from f = from(r);
	struct visit *v;

	if (!is_person(r) || !safe(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	v = visit_new(a, r);
	v->why = VISIT_PASSWORD;
	door_change(a->host.door, &f, http_caller(r)->name, old, fresh, on_answer, v);
}

void
session_handle_me(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct http_caller *c = http_caller(r);
	struct users_row row;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !is_person(r))
		return;
	e = users_get(door_users(a->host.door), str_c(c->name), clock_wall(), &row, &why);
	if (e == OK)
		reply_me(r, row.name, row.role, c);
	else if (e == FAIL_NOT_FOUND) /* gone in this very moment */
		http_problem(r, 401, "the session has ended: log in again");
	else
		person_fail(r, e, &why);
}

void
session_handle_logout(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct http_caller *c = http_caller(r);
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !is_person(r))
		return;
	e = sessions_end(door_users(a->host.door), str_c(c->id), c->name, &why);
	if (e != OK && e != FAIL_NOT_FOUND) {
		person_fail(r, e, &why);
		return;
	}
	person_event(a, &(struct person_event){ .type = "auth.logout",
			    .user = c->name,
			    .message = "logged out",
			    .ip = http_peer(r),
			    .agent = http_header(r, "user-agent") });
	http_add_header(r, "Set-Cookie",
	    COOKIE_NAME "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
	http_reply(r, 204, HTTP_JSON, STR(""));
}

struct listing {
	struct jsonw w;
	const struct http_caller *caller;
};

static enum err
put_session(void *ctx, const struct sessions_row *row)
{
	struct listing *l = ctx;
	struct jsonw *w = &l->w;

	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(row->id));
	jsonw_kstr(w, "user", str_c(row->user));
	jsonw_ktime(w, "created", row->created);
	jsonw_ktime(w, "seen", row->seen);
	jsonw_ktime(w, "expires", row->expires);
	jsonw_kstr(w, "ip", str_c(row->ip));
	jsonw_kstr(w, "agent", str_c(row->agent));
	jsonw_kbool(w, "current", strcmp(row->id, l->caller->id) == 0);
	jsonw_end(w);
	return OK;
}

/* Whose sessions the caller may see and end: NULL for everybody's. */
static const char *
realm(const struct http *r)
{
	const struct http_caller *c = http_caller(r);

	return (c->scopes & ROUTE_ADMIN) != 0 ? NULL : c->name;
}

/* Tokens have no sessions of their own: only one that may do everything has to do with them. */
static bool
may_manage(struct http *r)
{
	return realm(r) == NULL || is_person(r);
}

void
sessions_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct listing l = { .caller = http_caller(r) };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !may_manage(r))
		return;
	jsonw_init(&l.w, &body);
	jsonw_obj(&l.w);
	jsonw_key(&l.w, STR("sessions"));
	jsonw_arr(&l.w);
	e = sessions_list(door_users(a->host.door), realm(r), clock_wall(), put_session, &l, &why);
	jsonw_end(&l.w);
	jsonw_end(&l.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		person_fail(r, e, &why);
}

void
sessions_handle_end(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !may_manage(r))
		return;
	e = sessions_end(door_users(a->host.door), http_param(r, "id"), realm(r), &why);
	if (e == OK)
		http_reply(r, 204, HTTP_JSON, STR(""));
	else
		person_fail(r, e, &why);
}

void
sessions_handle_revoke(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct http_caller *c = http_caller(r);
	struct str user = STR("");
	bool others = false, named = false;
	const struct body_field fields[] = { { "user", BODY_TEXT, false, &user, &named },
		{ "others", BODY_BOOL, false, &others, NULL } };
	char body[40];
	struct diag why = { 0 };
	uint64_t n = 0;
	enum err e;

	if (!person_no_query(r) || !may_manage(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if (named == others) {
		http_problem(r, 400, "say either user, or others: true");
		return;
	}
	if (others && !is_person(r))
		return;
	if (named && realm(r) != NULL && !str_eq(user, str_c(c->name))) {
		http_problem(r, 403, "only an admin ends the sessions of somebody else");
		return;
	}
	e = sessions_revoke(door_users(a->host.door), named ? user : str_c(c->name),
	    others ? str_c(c->id) : STR(""), &n, &why);
	(void)snprintf(body, sizeof(body), "{\"revoked\":%llu}", (unsigned long long)n);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, str_c(body));
	else
		person_fail(r, e, &why);
}
