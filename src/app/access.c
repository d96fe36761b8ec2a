/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the caller of a request. */
#include "app/access.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/token.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/auth.h"
#include "user/cookie.h"
#include "user/door.h"
#include "user/invites.h"
#include "user/tokens.h"

struct access {
	struct auth *file; /* tokens of http.token_file */
	struct users *users;
	struct door *door;
};

enum err
access_new(const struct conf *conf, const struct datadir *dir, struct loop *loop,
    struct access **ret, char ret_new[80], struct diag *why)
{
	bool own = conf->http_token_file[0] == '\0';
	struct access *a = MEM_NEW(struct access);
	enum err e;

	a->file = auth_new();
	e = token_load(own ? dir->token : conf->http_token_file, own, a->file, ret_new, why);
	if (e == OK)
		e = users_open(dir->users, &a->users, why);
	if (e != OK) {
		access_free(a);
		return e;
	}
	a->door = door_new(&(struct door_opts){ .users = a->users, .gate = { .loop = loop } });
	*ret = a;
	return OK;
}

void
access_close(struct access *a)
{
	if (a != NULL)
		door_free(TAKE(a->door));
}

void
access_free(struct access *a)
{
	if (a == NULL)
		return;
	access_close(a);
	users_close(a->users);
	auth_free(a->file);
	free(a);
}

struct door *
access_door(const struct access *a)
{
	return a->door;
}

/* The database cannot be asked: nobody is let in, and told so. */
static int
unavailable(struct http *r, const struct diag *why)
{
	log_diag("http", "the database of users failed", why);
	http_refusal(r, "it cannot be told who you are: the database of users fails");
	return 503;
}

static int
by_token(const struct access *a, struct http *r, struct str authorization)
{
	struct http_caller c = { .kind = HTTP_CALLER_TOKEN };
	char plain[AUTH_HEADER_MAX];
	struct tokens_row row;
	struct str token;
	struct diag why = { 0 };
	enum err e;

	c.scopes = auth_scopes(a->file, authorization);
	if (c.scopes != 0) {
		(void)snprintf(c.name, sizeof(c.name), "token-file");
		http_caller_set(r, &c);
		return 0;
	}
	if (!auth_token(authorization, plain, &token))
		return 0;
	e = tokens_find(a->users, token, clock_wall(), &row, &why);
	if (e != OK)
		return e == FAIL_NOT_FOUND ? 0 : unavailable(r, &why);
	c.scopes = row.scopes;
	c.expires = row.expires;
	/* Never like a user's name. */
	(void)snprintf(c.name, sizeof(c.name), "token:%.58s", row.name);
	(void)snprintf(c.id, sizeof(c.id), "%s", row.id);
	http_caller_set(r, &c);
	return 0;
}

/* A bouncer's: a token like any other, but for routes that look at the caller themselves. */
static int
by_key(const struct access *a, struct http *r, struct str key)
{
	char authorization[AUTH_HEADER_MAX];

	if (key.n > AUTH_TOKEN_MAX)
		return 0;
	(void)snprintf(authorization, sizeof(authorization), "Bearer %.*s", STR_ARG(key));
	return by_token(a, r, str_c(authorization));
}

static bool
reads(const struct http *r)
{
	return http_method(r) == HTTP_GET || http_method(r) == HTTP_HEAD;
}

/* Was it asked for by a page of somebody else? */
static bool
foreign(const struct http *r)
{
	struct str origin = http_header(r, "origin");

	return origin.n != 0 && !http_own_origin(r, origin);
}

static bool
is_bearer(struct str authorization)
{
	return str_eq_nocase(str_until(&authorization, ' '), STR("bearer"));
}

static int
refuse_foreign(struct http *r)
{
	http_refusal(r, "a page of another origin may not ask for this");
	return 403;
}

static int
by_session(const struct access *a, struct http *r, const struct route *route, struct str cookie)
{
	struct http_caller c = { .kind = HTTP_CALLER_SESSION };
	struct sessions_row row;
	struct diag why = { 0 };
	enum err e = sessions_find(a->users, cookie, clock_wall(), &row, &why);

	if (e == FAIL_NOT_FOUND && route->scope != ROUTE_OPEN)
		http_refusal(r, "the session has ended: log in again");
	if (e != OK)
		return e == FAIL_NOT_FOUND || route->scope == ROUTE_OPEN ? 0 : unavailable(r, &why);
	if (!reads(r) && !digest_equal(http_header(r, "x-csrf-token"), str_c(row.csrf))) {
		if (route->scope == ROUTE_OPEN)
			return 0; /* as nobody */
		http_refusal(r, "the header X-CSRF-Token is not that of the session");
		return 403;
	}
	c.scopes = role_scopes(row.role);
	c.expires = row.expires;
	(void)snprintf(c.name, sizeof(c.name), "%s", row.user);
	(void)snprintf(c.id, sizeof(c.id), "%s", row.id);
	(void)snprintf(c.csrf, sizeof(c.csrf), "%s", row.csrf);
	http_caller_set(r, &c);
	return 0;
}

int
access_authorize(void *ctx, struct http *r, const struct route *route)
{
	const struct access *a = ctx;
	struct str authorization = http_header(r, "authorization"), cookie;

	/* Browsers send along cookies and Basic, once they know it, whoever's page asks. */
	if (!reads(r) && foreign(r) && !is_bearer(authorization))
		return refuse_foreign(r);
	if (authorization.n != 0)
		return by_token(a, r, authorization);
	if (http_header(r, "x-api-key").n != 0 && route->scope == ROUTE_OPEN)
		return by_key(a, r, http_header(r, "x-api-key"));
	cookie = cookie_session(http_header(r, "cookie"));
	return cookie.n != 0 ? by_session(a, r, route, cookie) : 0;
}

enum err
access_welcome(struct access *a, const char *url, char *to, size_t size, struct diag *why)
{
	char secret[SECRET_SIZE];
	int64_t expires;
	enum err e = users_fact_set(a->users, "url", str_c(url), why);

	to[0] = '\0';
	if (e != OK || !users_need_admin(a->users))
		return e;
	e = invites_new(a->users, STR(""), clock_wall(), secret, &expires, why);
	if (e == OK)
		(void)snprintf(to, size, "%s/welcome#%s", url, secret);
	return e;
}
