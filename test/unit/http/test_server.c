/* Listening, limits on connections, coming to an end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include "fixture.h"

TEST(more_connections_than_allowed_wait)
{
	struct fixture f = start((struct server_opts){ .max_connections = 4 });
	struct server_stats stats;
	int fds[4];
	int waiting;
	struct buf got;

	for (int i = 0; i < 4; i++)
		fds[i] = dial(&f);
	(void)poll(NULL, 0, 50);
	waiting = dial(&f);
	say(waiting, "GET /echo" H "Connection: close\r\n\r\n",
	    strlen("GET /echo" H "Connection: close\r\n\r\n"));
	CHECK_INT(poll(&(struct pollfd){ .fd = waiting, .events = POLLIN }, 1, 100), 0);
	close(fds[0]);
	buf_init(&got, 0);
	hear(waiting, &got);
	CHECK_INT(status_of(got.p), 200);
	buf_fini(&got);
	for (int i = 1; i < 4; i++)
		close(fds[i]);
	loop_stop(f.loop);
	pthread_join(f.thread, NULL);
	server_stats(f.server, &stats);
	CHECK_INT(stats.accepted, 5);
	CHECK_INT(stats.requests, 1);
	CHECK_INT(stats.by_class[2], 1);
	CHECK_INT(stats.body_bytes, 0);
	server_free(f.server);
	loop_free(f.loop);
	auth_free(f.auth);
}

TEST(stopping_with_requests_under_way)
{
	struct fixture f = start((struct server_opts){ 0 });
	int never = dial(&f), later = dial(&f), idle = dial(&f);
	struct diag why = { 0 };

	say(never, "GET /never" H "\r\n", strlen("GET /never" H "\r\n"));
	say(later, "GET /later" H "\r\n", strlen("GET /later" H "\r\n"));
	(void)poll(NULL, 0, 15);
	loop_stop(f.loop);
	pthread_join(f.thread, NULL);
	server_drain(f.server);
	server_free(f.server);
	CHECK_INT(atomic_load(&gone_calls), 1);
	/* What was held without gone() is still answered, to nobody. */
	{
		struct loop_timer *t = loop_timer_new(f.loop, (loop_fn)loop_stop, f.loop);

		loop_timer_after(t, 60 * CLOCK_MS);
		CHECK_OK(loop_run(f.loop, &why), why);
		loop_timer_free(t);
	}
	loop_free(f.loop);
	auth_free(f.auth);
	close(never);
	close(later);
	close(idle);
}

TEST(bad_addresses)
{
	static const struct {
		const char *listen;
		enum err e;
	} cases[] = { { "127.0.0.1", FAIL_SYNTAX }, { "127.0.0.1:", FAIL_SYNTAX },
		{ "127.0.0.1:65536", FAIL_SYNTAX }, { "localhost:1", FAIL_SYNTAX },
		{ "[::1:1", FAIL_SYNTAX }, { "", FAIL_SYNTAX }, { "192.0.2.1:1", FAIL_IO } };
	struct loop *loop;
	struct server *server;
	struct diag why = { 0 };

	CHECK_OK(loop_new(&loop, &why), why);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(server_new(loop, &(struct server_opts){ .listen = cases[i].listen },
			      &server, &why),
		    cases[i].e);
	loop_free(loop);
}
