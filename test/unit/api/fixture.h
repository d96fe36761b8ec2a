/* The API over a real server, with a sink, workers and facts that the tests control. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alert/alerts.h"
#include "api/api.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ev/child.h"
#include "ev/loop.h"
#include "http/auth.h"
#include "stat/rollup.h"
#include "test.h"

#define TOKEN "0123456789abcdef0123"

static struct fixture {
	struct loop *loop;
	struct server *server;
	struct auth *auth;
	struct api *api;
	struct ledger *ledger;
	struct alerts *alerts;
	struct rollup *rollup;
	struct api_facts facts;
	enum err demo; /* what loading and erasing the demonstration says */
	pthread_t thread;
	unsigned port;

	/* The sink: takes `room` batches in all, does the one numbered `fail_at` not write. */
	atomic_int room, fail_at, submitted;
	enum err full; /* what it says when there is no room */
	uint64_t seq;
	struct buf taken; /* messages, a line each; source and format before each batch */

	/* Test messages: what was asked for, and what is answered. */
	struct buf tested;
	struct api_sent sent;
	char secrets[512];

	/* The worker: a shell script, "" for none free. */
	const char *script;
	const struct api_query_user *user;
	atomic_int releases;
	struct child *child;
	struct api_query_user worker_user;
} fx;

#include "hooks.h"

static void *
fx_run(void *arg)
{
	struct diag why;

	(void)arg;
	if (loop_run(fx.loop, &why) != OK)
		abort();
	return NULL;
}

static int
fx_who(void *ctx, struct http *r, const struct route *route)
{
	struct http_caller c = { .name = "tester",
		.kind = HTTP_CALLER_TOKEN,
		.scopes = auth_scopes(fx.auth, http_header(r, "Authorization")) };

	(void)ctx;
	(void)route;
	if (c.scopes != 0)
		http_caller_set(r, &c);
	return 0;
}

static void
fx_start(bool metrics_open)
{
	struct diag why = { 0 };
	struct server_opts o = { .listen = "127.0.0.1:0", .max_body = 64 << 20 };
	char path[512];

	atomic_store(&fx.fail_at, -1);
	if (fx.full == OK) {
		fx.full = FAIL_AGAIN;
		atomic_store(&fx.room, 1000000);
	}
	CHECK_OK(loop_new(&fx.loop, &why), why);
	fx.ledger = ledger_new();
	snprintf(path, sizeof(path), "%s/state.db", test_dir());
	snprintf(fx.secrets, sizeof(fx.secrets), "%s/secrets", test_dir());
	CHECK_OK(alerts_open(path, &fx.alerts, &why), why);
	fx.rollup = rollup_new();
	fx.auth = auth_new();
	CHECK_OK(auth_add(fx.auth, STR(TOKEN), ROUTE_ALL, &why), why);
	fx.api = api_new(&(struct api_host){ .loop = fx.loop,
	    .sink = { fx_submit, NULL },
	    .ledger = fx.ledger,
	    .alerts = fx.alerts,
	    .query_take = fx_take,
	    .query_release = fx_release,
	    .query_timeout = 2 * CLOCK_S,
	    .query_max_rows = 1000,
	    .facts = fx_facts,
	    .rollup = fx.rollup,
	    .demo_load = fx_demo_load,
	    .demo_erase = fx_demo_erase,
	    .channel_test = fx_channel_test,
	    .secrets_dir = fx.secrets,
	    .version = "1.2",
	    .metrics_open = metrics_open });
	o.routes = api_routes(fx.api, &o.n_routes);
	o.ctx = fx.api;
	o.authorize = fx_who;
	o.refused = api_refused;
	CHECK_OK(server_new(fx.loop, &o, &fx.server, &why), why);
	api_server_set(fx.api, fx.server);
	fx.port = server_port(fx.server);
	CHECK_INT(pthread_create(&fx.thread, NULL, fx_run, NULL), 0);
}

static void
fx_stop(void)
{
	loop_stop(fx.loop);
	pthread_join(fx.thread, NULL);
	server_free(fx.server);
	loop_free(fx.loop);
	api_free(fx.api);
	auth_free(fx.auth);
	alerts_close(fx.alerts);
	rollup_free(fx.rollup);
	ledger_free(fx.ledger);
	buf_fini(&fx.taken);
	buf_fini(&fx.tested);
}

#include "client.h"

#endif
