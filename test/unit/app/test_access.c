/* Every route by every kind of caller: what the table says, and nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/internal.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "test.h"
#include "user/door.h"
#include "user/tokens.h"

#define HASH "$argon2id$not-a-real-one"
#define MINUTE (60 * CLOCK_S)

static struct {
	struct conf *conf;
	struct datadir dir;
	struct loop *loop;
	struct access *access;
	struct server *server;
	struct route *routes;
	size_t n;
	pthread_t thread;
	unsigned port;
	struct users *users; /* as the command line has it */
	char file[80];       /* token of the file */
	char origin[64];
} w;

static void
reached(void *ctx, struct http *r)
{
	const struct http_caller *c = http_caller(r);

	(void)ctx;
	http_add_header(r, "X-Name", c->name);
	http_reply(r, 204, HTTP_JSON, STR(""));
}

static void *
run(void *arg)
{
	struct diag why;

	(void)arg;
	if (loop_run(w.loop, &why) != OK)
		abort();
	return NULL;
}

static void
set_up(void)
{
	struct diag why = { 0 };
	struct server_opts so = { .listen = "127.0.0.1:0" };
	char *none[] = { NULL };
	const struct route *all = routes_all(&w.n);

	CHECK_OK(conf_load(NULL, none, &w.conf, NULL, &why), why);
	CHECK_OK(datadir_set(&w.dir, test_dir(), &why), why);
	CHECK_OK(loop_new(&w.loop, &why), why);
	CHECK_OK(access_new(w.conf, &w.dir, w.loop, &w.access, w.file, &why), why);
	w.routes = mem_alloc(w.n * sizeof(*w.routes));
	for (size_t i = 0; i < w.n; i++) {
		w.routes[i] = all[i];
		w.routes[i].handler = reached;
	}
	so.routes = w.routes;
	so.n_routes = w.n;
	so.authorize = access_authorize;
	so.authorize_ctx = w.access;
	CHECK_OK(server_new(w.loop, &so, &w.server, &why), why);
	w.port = server_port(w.server);
	snprintf(w.origin, sizeof(w.origin), "http://127.0.0.1:%u", w.port);
	CHECK_OK(users_open(w.dir.users, &w.users, &why), why);
	CHECK_INT(pthread_create(&w.thread, NULL, run, NULL), 0);
}

static void
tear_down(void)
{
	loop_stop(w.loop);
	pthread_join(w.thread, NULL);
	server_free(w.server);
	access_close(w.access);
	loop_free(w.loop);
	access_free(w.access);
	users_close(w.users);
	free(w.routes);
	conf_free(w.conf);
}

/* The status; *ret_name is the caller the handler saw. */
static int
ask(const char *method, const char *path, const char *headers, char ret_name[80])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)w.port) };
	char text[2048];
	const char *name;
	uint64_t status = 0;
	size_t n = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	snprintf(text, sizeof(text),
	    "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s\r\n", method, path,
	    w.port, headers);
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
	for (ssize_t k; (k = recv(fd, text + n, sizeof(text) - 1 - n, 0)) > 0;)
		n += (size_t)k;
	close(fd);
	text[n] = '\0';
	CHECK(n > 12 && str_u64((struct str){ text + 9, 3 }, &status));
	name = strstr(text, "X-Name: ");
	snprintf(ret_name, 80, "%.*s", name != NULL ? (int)strcspn(name + 8, "\r") : 0,
	    name != NULL ? name + 8 : "");
	return (int)status;
}

struct caller {
	const char *what;
	char headers[600];
	char name[80];
	unsigned scopes; /* 0: nobody */
	bool no_csrf, foreign;
};

static void
add_user(const char *name, enum role role)
{
	CHECK_INT(users_add(w.users, str_c(name), role, clock_wall(), NULL), OK);
	CHECK_INT(users_set_hash(w.users, name, HASH, NULL), OK);
}

/* Headers of a session that began `age` ago. */
static void
session(struct caller *c, const char *user, int64_t age, const char *more)
{
	char secret[SECRET_SIZE];
	struct sessions_row row;

	CHECK_INT(sessions_new(w.users, user, HASH, "127.0.0.1", "127.0.0.1", STR(""),
		      clock_wall() - age, secret, &row, NULL),
	    OK);
	snprintf(c->headers, sizeof(c->headers), "Cookie: a=b; __Host-tocsin=%s\r\n%s%s%s%s",
	    secret, c->no_csrf ? "" : "X-CSRF-Token: ", c->no_csrf ? "" : row.csrf,
	    c->no_csrf ? "" : "\r\n", more);
	snprintf(c->name, sizeof(c->name), "%s", user);
}

static void
token(struct caller *c, unsigned scopes, int64_t ends, bool revoked)
{
	char text[SECRET_TOKEN_SIZE];
	struct tokens_row row;

	CHECK_INT(tokens_new(w.users,
		      &(struct tokens_new){
			  .name = str_c(c->what), .scopes = scopes, .by = "x", .expires = ends },
		      clock_wall() - MINUTE, text, &row, NULL),
	    OK);
	if (revoked)
		CHECK_INT(tokens_revoke(w.users, str_c(row.id), NULL), OK);
	snprintf(c->headers, sizeof(c->headers), "Authorization: Bearer %s\r\n", text);
	snprintf(c->name, sizeof(c->name), "token:%s", c->what);
}

/* The token of the file, as a browser would send it. */
static void
basic(struct caller *c, const char *more)
{
	struct buf text = { 0 }, coded = { 0 };

	buf_init(&text, 0);
	buf_init(&coded, 0);
	buf_printf(&text, "me:%s", w.file);
	base64_put(buf_view(&text), &coded);
	snprintf(c->headers, sizeof(c->headers), "Authorization: Basic %.*s\r\n%s",
	    STR_ARG(buf_view(&coded)), more);
	snprintf(c->name, sizeof(c->name), "token-file");
	buf_fini(&text);
	buf_fini(&coded);
}

static void
nobodies(struct caller *c, size_t *n)
{
	static const bool off = true;

	c[*n].what = "nobody";
	c[(*n)++].headers[0] = '\0';
	c[*n].what = "no such session";
	snprintf(c[(*n)++].headers, 600, "Cookie: __Host-tocsin=%064d\r\n", 7);
	c[*n].what = "broken cookie";
	snprintf(c[(*n)++].headers, 600, "Cookie: __Host-tocsin=x\r\n");
	c[*n].what = "no such token";
	snprintf(c[(*n)++].headers, 600, "Authorization: Bearer toc_%064d\r\n", 7);
	c[*n].what = "no token at all";
	snprintf(c[(*n)++].headers, 600, "Authorization: Negotiate abc\r\n");
	c[*n].what = "idle session";
	session(&c[(*n)++], "admin", 31 * MINUTE, "");
	c[*n].what = "old session";
	session(&c[(*n)++], "admin", 12 * 60 * MINUTE, "");
	add_user("gone", ROLE_ADMIN);
	c[*n].what = "disabled user";
	session(&c[(*n)++], "gone", 0, "");
	CHECK_INT(users_set(w.users, STR("gone"), NULL, &off, NULL), OK);
	c[*n].what = "expired";
	token(&c[(*n)++], ROLE_ALL, clock_wall() - MINUTE / 2, false);
	c[*n].what = "revoked";
	token(&c[(*n)++], ROLE_ALL, 0, true);
}

static void
people(struct caller *c, size_t *n)
{
	static const struct {
		const char *user;
		enum role role;
		unsigned scopes;
	} roles[] = {
		{ "viewer", ROLE_VIEWER, ROUTE_READ },
		{ "analyst", ROLE_ANALYST, ROUTE_READ | ROUTE_WRITE },
		{ "responder", ROLE_RESPONDER, ROUTE_READ | ROUTE_WRITE },
		{ "admin", ROLE_ADMIN, ROUTE_READ | ROUTE_INGEST | ROUTE_WRITE | ROUTE_ADMIN },
	};
	char own[100];

	snprintf(own, sizeof(own), "Origin: %s\r\n", w.origin);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		add_user(roles[i].user, roles[i].role);
		c[*n].what = roles[i].user;
		c[*n].scopes = roles[i].scopes;
		session(&c[(*n)++], roles[i].user, 0, i % 2 != 0 ? own : "");
	}
	c[*n].what = "admin without the token against forgery";
	c[*n].scopes = roles[3].scopes;
	c[*n].no_csrf = true;
	session(&c[(*n)++], "admin", 0, "");
	c[*n].what = "admin with a wrong token against forgery";
	c[*n].scopes = roles[3].scopes;
	c[*n].no_csrf = true;
	session(&c[(*n)++], "admin", 0, "X-CSRF-Token: 0123456789\r\n");
	c[*n].what = "admin on a foreign page";
	c[*n].scopes = roles[3].scopes;
	c[*n].foreign = true;
	session(&c[(*n)++], "admin", 0, "Origin: https://evil.example\r\n");
	c[*n].what = "admin on a page without origin";
	c[*n].scopes = roles[3].scopes;
	c[*n].foreign = true;
	session(&c[(*n)++], "admin", 0, "Origin: null\r\n");
	c[*n].what = "nobody on a foreign page";
	c[*n].foreign = true;
	snprintf(c[(*n)++].headers, 600, "Origin: https://evil.example\r\n");
}

static void
tokens(struct caller *c, size_t *n)
{
	static const struct {
		const char *name;
		unsigned scopes;
	} kinds[] = {
		{ "read", ROUTE_READ },
		{ "ingest", ROUTE_INGEST },
		{ "write", ROUTE_WRITE },
		{ "manage", ROUTE_ADMIN },
		{ "read ingest", ROUTE_READ | ROUTE_INGEST },
		{ "all", ROUTE_READ | ROUTE_INGEST | ROUTE_WRITE | ROUTE_ADMIN },
	};
	char both[600];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		c[*n].what = kinds[i].name;
		c[*n].scopes = kinds[i].scopes;
		token(&c[(*n)++], kinds[i].scopes, clock_wall() + MINUTE, false);
	}
	/* With a token the cookie does not count, nor does the origin. */
	c[*n].what = "read token of an admin's browser";
	c[*n].scopes = ROUTE_READ;
	session(&c[*n], "admin", 0, "Origin: https://evil.example\r\n");
	snprintf(both, sizeof(both), "%s", c[*n].headers);
	token(&c[*n], ROUTE_READ, 0, false);
	snprintf(c[*n].headers + strlen(c[*n].headers), 400, "%.399s", both);
	(*n)++;
	c[*n].what = "token by Basic";
	c[*n].scopes = ROUTE_ALL;
	basic(&c[(*n)++], "");
	c[*n].what = "token by Basic on a foreign page";
	c[*n].scopes = ROUTE_ALL;
	c[*n].foreign = true;
	basic(&c[(*n)++], "Origin: https://evil.example\r\n");
	c[*n].what = "token of the file";
	c[*n].scopes = ROUTE_ALL;
	snprintf(c[*n].headers, 600, "Authorization: Bearer %s\r\n", w.file);
	snprintf(c[(*n)++].name, 80, "token-file");
}

/* What the table says. */
static int
expected(const struct route *route, const struct caller *c)
{
	bool reads = route->method == HTTP_GET;

	if (c->foreign && !reads)
		return 403;
	if (route->scope == ROUTE_OPEN)
		return 204;
	if (c->scopes == 0)
		return 401;
	if (c->no_csrf && !reads)
		return 403;
	return (c->scopes & route->scope) != 0 ? 204 : 403;
}

/* The pattern with something in its places. */
static void
path_of(const char *pattern, char to[200])
{
	size_t n = 0;

	for (const char *p = pattern; *p != '\0' && n < 199; p++) {
		to[n++] = *p == '{' ? 'x' : *p;
		if (*p == '{')
			p = strchr(p, '}');
	}
	to[n] = '\0';
}

TEST(every_route_by_every_caller)
{
	static const char *const methods[] = { [HTTP_GET] = "GET",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_DELETE] = "DELETE" };
	static struct caller callers[40];
	size_t n = 0, asked = 0;

	test_timeout(300);
	set_up();
	people(callers, &n);
	nobodies(callers, &n);
	tokens(callers, &n);
	CHECK(n <= ARRAY_LEN(callers) && w.n > 20);
	for (size_t i = 0; i < w.n; i++)
		for (size_t k = 0; k < n; k++) {
			const struct route *route = &w.routes[i];
			const struct caller *c = &callers[k];
			int want = expected(route, c), got;
			char path[200], name[80];

			path_of(route->pattern, path);
			got = ask(methods[route->method], path, c->headers, name);
			if (got != want)
				test_fail(TEST_AT(ask), "%s %s by %s: %d, not %d",
				    methods[route->method], path, c->what, got, want);
			/* The handler sees who it is, also where anybody may. */
			if (got == 204 && c->scopes != 0 &&
			    !(c->no_csrf && route->method != HTTP_GET))
				CHECK_STR(name, c->name);
			else
				CHECK_STR(name, "");
			asked++;
		}
	CHECK_INT(asked, w.n * n);
	tear_down();
}

TEST(head_is_let_in_like_get)
{
	struct caller c = { .no_csrf = true };
	char name[80];

	set_up();
	add_user("ann", ROLE_VIEWER);
	session(&c, "ann", 0, "");
	CHECK_INT(ask("HEAD", "/v1/alerts", c.headers, name), 204);
	CHECK_INT(ask("HEAD", "/v1/alerts", "", name), 401);
	CHECK_INT(ask("HEAD", "/v1/users", c.headers, name), 403);
	tear_down();
}

/* What the command line changes counts with the next request. */
TEST(changes_count_at_once)
{
	static const enum role viewer = ROLE_VIEWER;
	struct caller c = { .what = "ci" }, ann = { .what = "ann" };
	char name[80];

	set_up();
	add_user("root", ROLE_ADMIN);
	add_user("ann", ROLE_ADMIN);
	session(&ann, "ann", 0, "");
	CHECK_INT(ask("GET", "/v1/users", ann.headers, name), 204);
	CHECK_INT(users_set(w.users, STR("ann"), &viewer, NULL, NULL), OK);
	CHECK_INT(ask("GET", "/v1/users", ann.headers, name), 401); /* the old session is over */
	session(&ann, "ann", 0, "");
	CHECK_INT(ask("GET", "/v1/users", ann.headers, name), 403);
	CHECK_INT(ask("GET", "/v1/alerts", ann.headers, name), 204);
	CHECK_INT(users_delete(w.users, STR("ann"), NULL), OK);
	CHECK_INT(ask("GET", "/v1/alerts", ann.headers, name), 401);
	token(&c, ROLE_READ, 0, false);
	CHECK_INT(ask("GET", "/v1/alerts", c.headers, name), 204);
	CHECK_INT(tokens_revoke(w.users, STR("ci"), NULL), OK);
	CHECK_INT(ask("GET", "/v1/alerts", c.headers, name), 401);
	tear_down();
}

TEST(the_first_link)
{
	char link[200], again[200];
	char url[64];

	set_up();
	CHECK_INT(access_welcome(w.access, "http://127.0.0.1:1", link, sizeof(link), NULL), OK);
	CHECK(strncmp(link, "http://127.0.0.1:1/welcome#", 27) == 0);
	CHECK_INT(strlen(link), 27 + 64);
	CHECK_INT(access_welcome(w.access, "http://127.0.0.1:2", again, sizeof(again), NULL), OK);
	CHECK(strcmp(link + 27, again + 27) != 0);
	users_fact(w.users, "url", url, sizeof(url));
	CHECK_STR(url, "http://127.0.0.1:2");
	add_user("ann", ROLE_ADMIN);
	CHECK_INT(access_welcome(w.access, "http://127.0.0.1:1", link, sizeof(link), NULL), OK);
	CHECK_STR(link, "");
	tear_down();
}
