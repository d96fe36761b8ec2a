/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_session.c */
/* What the handlers about users, sessions and tokens share. */
#include "api/person.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/log.h"
#include "user/role.h"

_Static_assert((int)ROUTE_READ == (int)ROLE_READ && (int)ROUTE_INGEST == (int)ROLE_INGEST &&
		   (int)ROUTE_WRITE == (int)ROLE_WRITE && (int)ROUTE_ADMIN == (int)ROLE_MANAGE,
    "scopes mean the same to routes and users");

void
person_fail(struct http *r, enum err e, const struct diag *why)
{
	static const int status[FAIL_COUNT_] = { [FAIL_NOT_FOUND] = 404,
		[FAIL_EXISTS] = 409,
		[FAIL_DENIED] = 409,
		[FAIL_LIMIT] = 409,
		[FAIL_SYNTAX] = 422 };

	if (status[e] == 0) {
		log_diag("api", "the database of users failed", why);
		http_add_header(r, "Retry-After", "1");
		http_problem(r, 503, "the database of users cannot be used at present");
		return;
	}
	http_problem(r, status[e], "%s", why->text);
}

bool
person_no_query(struct http *r)
{
	struct str name, value;

	if (!http_query_at(r, 0, &name, &value))
		return true;
	http_problem(r, 400, "%.*s: there is no such query parameter here",
	    (int)(name.n < 64 ? name.n : 64), name.p);
	return false;
}

void
person_put_scopes(struct jsonw *w, unsigned scopes)
{
	const char *word;

	jsonw_key(w, STR("scopes"));
	jsonw_arr(w);
	for (size_t i = 0; role_scope_at(scopes, i, &word); i++)
		jsonw_str(w, str_c(word));
	jsonw_end(w);
}

void
person_put_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns != 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

void
person_put_user(struct jsonw *w, const struct users_row *row)
{
	jsonw_obj(w);
	jsonw_kstr(w, "name", str_c(row->name));
	jsonw_kstr(w, "role", str_c(role_word(row->role)));
	jsonw_kbool(w, "disabled", row->disabled);
	jsonw_kbool(w, "invited", !row->ready);
	jsonw_ktime(w, "created", row->created);
	person_put_time(w, "last_login", row->last_login);
	jsonw_kint(w, "sessions", (int64_t)row->sessions);
	jsonw_end(w);
}

static bool
is_loopback(struct str address)
{
	static const struct ip v6 = { .b = { [15] = 1 } };
	struct ip ip;

	if (!ip_parse(address, &ip))
		return false;
	return ip_is_v4(&ip) ? ip.b[12] == 127 : memcmp(&ip, &v6, sizeof(ip)) == 0;
}

/* The browser's own machine, as the browser names it: also through a tunnel. */
static bool
local_host(const struct http *r)
{
	char origin[HTTP_ORIGIN_SIZE];
	struct str host = str_c(http_origin(r, origin));

	if (!str_starts(host, STR("http://")))
		return false;
	host = str_from(host, 7);
	if (str_starts(host, STR("["))) {
		host = str_from(host, 1);
		host = str_until(&host, ']');
	} else {
		host = str_until(&host, ':');
	}
	return str_eq_nocase(host, STR("localhost")) || is_loopback(host);
}

bool
person_safe(const struct http *r)
{
	return http_secure(r) || is_loopback(str_c(http_peer(r))) || local_host(r);
}

static void
put_event(const struct person_event *e, int64_t now, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_ktime(&w, "timestamp", now);
	jsonw_kstr(&w, "event_type", str_c(e->type));
	if (e->user != NULL && e->user[0] != '\0')
		jsonw_kstr(&w, "user", str_c(e->user));
	jsonw_kstr(&w, "client_ip", str_c(e->ip));
	if (e->agent.n != 0)
		jsonw_kstr(&w, "user_agent",
		    (struct str){ e->agent.p, e->agent.n < 512 ? e->agent.n : 512 });
	jsonw_kstr(&w, "message", str_c(e->message));
	jsonw_end(&w);
}

void
person_event(struct api *a, const struct person_event *e)
{
	auto_buf struct buf text = { 0 };
	int64_t now = clock_wall();
	struct batch *b = batch_new(&a->own, now);

	put_event(e, now, &text);
	(void)snprintf(b->peer, sizeof(b->peer), "%s", e->ip);
	b->done = batch_free;
	ledger_add(a->host.ledger, a->own.ledger, LEDGER_RECEIVED, 1);
	if (batch_add(b, buf_view(&text)) == OK && a->host.sink.submit(a->host.sink.ctx, b) == OK)
		return;
	ledger_add(a->host.ledger, a->own.ledger, LEDGER_REFUSED_OVERLOAD, 1);
	batch_free(b);
}
