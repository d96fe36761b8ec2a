/* One connection: many requests, any split, slowness, going away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include "fixture.h"

TEST(keep_alive_and_pipelining)
{
	struct fixture f = start((struct server_opts){ 0 });
	struct buf request;
	char *answer, *at;
	size_t n = 0;

	buf_init(&request, 0);
	for (int i = 0; i < 500; i++)
		buf_printf(&request, "%s /%s" H "Content-Length: 3\r\n\r\nabc",
		    i % 3 ? "POST" : "GET", i % 3 ? "echo" : "later?x=1");
	buf_str(&request, STR("GET /echo" H "Connection: close\r\n\r\nGET /echo" H "\r\n"));
	answer = ask_bytes(&f, request.p, request.n);
	for (at = answer; (at = strstr(at, "HTTP/1.1 200 OK")) != NULL; at++)
		n++;
	CHECK_INT(n, 501);
	free(answer);
	buf_fini(&request);
	stop(&f);
}

TEST(any_split_of_the_bytes_gives_the_same_answer)
{
	static const char request[] =
	    "POST /echo?a=b" H "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n"
	    "POST /echo" H "Content-Length: 6\r\nConnection: close\r\n\r\nfghijk";
	struct fixture f = start((struct server_opts){ 0 });

	for (size_t cut = 1; cut < sizeof(request) - 1; cut++) {
		struct buf got;
		int fd = dial(&f);

		buf_init(&got, 0);
		say(fd, request, cut);
		(void)poll(NULL, 0, 1);
		say(fd, request + cut, sizeof(request) - 1 - cut);
		hear(fd, &got);
		CHECK(strstr(got.p, "\r\n\r\n5:abcdeHTTP/1.1 200 OK") != NULL);
		CHECK(strstr(got.p, "\r\n\r\n6:fghijk") != NULL);
		buf_fini(&got);
	}
	stop(&f);
}

TEST(slow_clients_are_ended)
{
	static const char dribble[] = "GET /echo HTTP/1.1\r\nHost: t\r\nX: 0123456789";
	struct fixture f = start((struct server_opts){ .head_timeout = 300 * CLOCK_MS,
	    .body_timeout = 300 * CLOCK_MS,
	    .idle_timeout = 300 * CLOCK_MS,
	    .write_timeout = 300 * CLOCK_MS });
	int64_t begin = clock_mono();
	struct buf got;
	int fd = dial(&f), small = 4096;

	/* A byte now and then keeps nothing alive. */
	for (size_t i = 0; i < sizeof(dribble) && clock_mono() - begin < 2 * CLOCK_S; i++) {
		say(fd, dribble + i, 1);
		(void)poll(NULL, 0, 20);
	}
	buf_init(&got, 0);
	hear(fd, &got);
	CHECK_INT(status_of(got.p), 408);
	buf_reset(&got);
	fd = dial(&f);
	say(fd, "POST /echo" H "Content-Length: 10\r\n\r\nabc", 54 - 5);
	hear(fd, &got);
	CHECK_INT(status_of(got.p), 408);
	buf_reset(&got);
	/* Says nothing: closed without a word. */
	fd = dial(&f);
	hear(fd, &got);
	CHECK_STR(got.p, "");
	buf_fini(&got);
	/* Takes nothing of a large answer. */
	fd = dial(&f);
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	say(fd, "GET /stream" H "\r\n", strlen("GET /stream" H "\r\n"));
	for (int i = 0; i < 100 && atomic_load(&gone_calls) == 0; i++)
		(void)poll(NULL, 0, 50);
	CHECK_INT(atomic_load(&gone_calls), 1);
	close(fd);
	stop(&f);
}

TEST(a_client_that_goes_away_is_noticed)
{
	struct fixture f = start((struct server_opts){ 0 });
	struct linger hard = { .l_onoff = 1 };
	static const char *const requests[] = { "GET /never" H "\r\n", "GET /stream" H "\r\n",
		"GET /never" H "\r\nGET /never" H "\r\n" };

	for (int i = 0; i < 12; i++) {
		int fd = dial(&f);

		say(fd, requests[i % 3], strlen(requests[i % 3]));
		(void)poll(NULL, 0, 30);
		if (i & 1)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(fd);
		for (int k = 0; k < 100 && atomic_load(&gone_calls) <= i; k++)
			(void)poll(NULL, 0, 20);
		CHECK_INT(atomic_load(&gone_calls), i + 1);
	}
	/* One that is held without gone() is answered into the void. */
	{
		int fd = dial(&f);

		say(fd, "GET /later" H "\r\n", strlen("GET /later" H "\r\n"));
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(fd);
		(void)poll(NULL, 0, 100);
	}
	ASK(&f, "GET /thing/7" H "\r\n", 200, "id=7 q=-");
	stop(&f);
}
