/* A server with a few handlers, on the loop's own thread. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "http/auth.h"
#include "test.h"

#define TOKEN "0123456789abcdef0123"
#define BIG ((size_t)4 << 20)

struct fixture {
	struct loop *loop;
	struct server *server;
	struct auth *auth;
	pthread_t thread;
	unsigned port;
};

#include "handlers.h"

static void *
run(void *arg)
{
	struct diag why;

	if (loop_run(arg, &why) != OK)
		abort();
	return NULL;
}

/* Knows the token, and "X-Test: word" for what a refusal looks like. */
static inline int
who(void *ctx, struct http *r, const struct route *route)
{
	struct str asked = http_header(r, "X-Test");
	unsigned scopes = auth_scopes(ctx, http_header(r, "Authorization"));
	struct http_caller c = { .name = "tester", .kind = HTTP_CALLER_TOKEN, .scopes = scopes };

	CHECK(route != NULL && route->scope != ROUTE_CLOSED);
	CHECK_INT(http_caller(r)->kind, HTTP_CALLER_NONE);
	if (scopes != 0)
		http_caller_set(r, &c);
	if (str_eq(asked, STR("slow down"))) {
		http_refusal(r, "%d is too many", 7);
		http_add_header(r, "Retry-After", "9");
		return 429;
	}
	return str_eq(asked, STR("no")) ? 403 : 0;
}

static inline struct fixture
start(struct server_opts o)
{
	struct fixture f = { 0 };
	struct diag why = { 0 };

	CHECK_OK(loop_new(&f.loop, &why), why);
	the_loop = f.loop;
	f.auth = auth_new();
	CHECK_OK(auth_add(f.auth, STR(TOKEN), ROUTE_READ, &why), why);
	o.listen = "127.0.0.1:0";
	o.routes = routes;
	o.n_routes = ARRAY_LEN(routes);
	o.authorize = who;
	o.authorize_ctx = f.auth;
	o.refused = on_refused;
	CHECK_OK(server_new(f.loop, &o, &f.server, &why), why);
	f.port = server_port(f.server);
	CHECK_INT(pthread_create(&f.thread, NULL, run, f.loop), 0);
	return f;
}

static inline void
stop(struct fixture *f)
{
	loop_stop(f->loop);
	pthread_join(f->thread, NULL);
	server_free(f->server);
	loop_free(f->loop);
	auth_free(f->auth);
}

#include "client.h"

#endif
