/*
 * The API with a users.db and a door, for tests of logging in and of users.
 * A request is somebody's by its cookie, or a token's by "X-Token: admin" or "read"; what a
 * caller must bring besides is app/access.c's and tested there.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alert/alerts.h"
#include "api/internal.h"
#include "base/clock.h"
#include "base/ip.h"
#include "ev/loop.h"
#include "test.h"
#include "user/cookie.h"
#include "user/door.h"
#include "user/invites.h"

#define PASSWORD "correct horse battery"
#define ADMIN "X-Token: admin\r\n"
#define READER "X-Token: read\r\n"

static struct people {
	struct loop *loop;
	struct server *server;
	struct users *users, *shell; /* of the loop thread; of the test */
	struct door *door;
	struct api *api;
	struct ledger *ledger;
	struct alerts *alerts;
	struct api_facts facts;
	pthread_t thread;
	unsigned port;
	atomic_bool full; /* the sink takes nothing */
	pthread_mutex_t lock;
	struct buf events; /* a line each */

	char answer[65536]; /* head and body of the last answer */
	const char *body;
} w = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
people_done(void *arg)
{
	struct batch *b = arg;

	b->done(b);
}

static enum err
people_submit(void *ctx, struct batch *b)
{
	(void)ctx;
	if (atomic_load(&w.full))
		return FAIL_AGAIN;
	pthread_mutex_lock(&w.lock);
	for (size_t i = 0; i < b->n; i++) {
		buf_printf(&w.events, "%s ", b->source->name);
		buf_str(&w.events, batch_message(b, i));
		buf_byte(&w.events, '\n');
	}
	pthread_mutex_unlock(&w.lock);
	loop_post(w.loop, people_done, b);
	return OK;
}

static void
people_facts(void *ctx, struct api_facts *ret)
{
	(void)ctx;
	*ret = w.facts;
}

static int
people_authorize(void *ctx, struct http *r, const struct route *route)
{
	struct str cookie = cookie_session(http_header(r, "cookie")), token;
	struct http_caller c = { .kind = HTTP_CALLER_TOKEN, .scopes = ROUTE_READ };
	struct sessions_row row;

	(void)ctx;
	(void)route;
	token = http_header(r, "x-token");
	if (token.n != 0) {
		if (str_eq(token, STR("admin")))
			c.scopes = ROUTE_ALL;
		snprintf(c.name, sizeof(c.name), "token:%.*s", STR_ARG(token));
		http_caller_set(r, &c);
	} else if (sessions_find(w.users, cookie, clock_wall(), &row, NULL) == OK) {
		c.kind = HTTP_CALLER_SESSION;
		c.scopes = role_scopes(row.role);
		c.expires = row.expires;
		snprintf(c.name, sizeof(c.name), "%s", row.user);
		snprintf(c.id, sizeof(c.id), "%s", row.id);
		snprintf(c.csrf, sizeof(c.csrf), "%s", row.csrf);
		http_caller_set(r, &c);
	}
	return 0;
}

static void *
people_run(void *arg)
{
	struct diag why;

	(void)arg;
	if (loop_run(w.loop, &why) != OK)
		abort();
	return NULL;
}

static inline void
people_start(void)
{
	static struct ip_net proxy;
	struct server_opts o = { .listen = "127.0.0.1:0", .trusted = &proxy, .n_trusted = 1 };
	struct diag why = { 0 };
	char path[600];

	CHECK(ip_net_parse(STR("127.0.0.1"), &proxy, NULL));
	CHECK_OK(loop_new(&w.loop, &why), why);
	w.ledger = ledger_new();
	snprintf(path, sizeof(path), "%s/state.db", test_dir());
	CHECK_OK(alerts_open(path, &w.alerts, &why), why);
	snprintf(path, sizeof(path), "%s/users.db", test_dir());
	CHECK_OK(users_open(path, &w.users, &why), why);
	CHECK_OK(users_open(path, &w.shell, &why), why);
	w.door = door_new(&(struct door_opts){ .users = w.users,
	    .gate = { .loop = w.loop, .passes = 1, .memory = (size_t)64 << 10 } });
	w.api = api_new(&(struct api_host){ .loop = w.loop,
	    .sink = { people_submit, NULL },
	    .ledger = w.ledger,
	    .alerts = w.alerts,
	    .door = w.door,
	    .facts = people_facts,
	    .version = "1.2" });
	o.routes = api_routes(w.api, &o.n_routes);
	o.ctx = w.api;
	o.authorize = people_authorize;
	o.refused = api_refused;
	CHECK_OK(server_new(w.loop, &o, &w.server, &why), why);
	w.port = server_port(w.server);
	CHECK_INT(pthread_create(&w.thread, NULL, people_run, NULL), 0);
}

static inline void
people_stop(void)
{
	struct diag why;

	loop_stop(w.loop);
	pthread_join(w.thread, NULL);
	server_free(w.server);
	door_free(w.door);
	loop_stop(w.loop);
	CHECK_OK(loop_run(w.loop, &why), why);
	loop_free(w.loop);
	api_free(w.api);
	users_close(w.users);
	users_close(w.shell);
	alerts_close(w.alerts);
	ledger_free(w.ledger);
	buf_fini(&w.events);
}

#include "people_client.h"

#endif
