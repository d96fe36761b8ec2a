/* The server over real sockets on the loopback: what clients do, and what they should not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

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

static struct loop *the_loop;
static atomic_int gone_calls, refused_calls;

static void
on_echo(void *ctx, struct http *r)
{
	struct str body = http_body(r), head = { body.p, body.n < 64 ? body.n : 64 };
	char text[128];
	int n = snprintf(text, sizeof(text), "%zu:%.*s", body.n, STR_ARG(head));

	(void)ctx;
	http_reply(r, 200, HTTP_JSON, (struct str){ text, (size_t)n });
}

static void
on_thing(void *ctx, struct http *r)
{
	struct str q = STR("-"), id = http_param(r, "id");
	char text[256];
	int n;

	(void)ctx;
	(void)http_query(r, "q", &q);
	n = snprintf(text, sizeof(text), "id=%.*s q=%.*s", STR_ARG(id), STR_ARG(q));
	http_reply(r, 200, HTTP_JSON, (struct str){ text, (size_t)n });
}

static void
on_nothing(void *ctx, struct http *r)
{
	(void)ctx;
	(void)r;
}

struct later {
	struct http *r;
	struct loop_timer *timer;
	size_t left;
};

static void
later_free(struct later *l)
{
	loop_timer_free(l->timer);
	free(l);
}

static void
later_fire(void *ctx)
{
	struct later *l = ctx;
	struct http *r = l->r;

	later_free(l);
	http_reply(r, 200, HTTP_JSON, STR("\"later\""));
}

static void
later_gone(void *ctx)
{
	atomic_fetch_add(&gone_calls, 1);
	later_free(ctx);
}

static void
on_later(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	l->r = r;
	l->timer = loop_timer_new(the_loop, later_fire, l);
	loop_timer_after(l->timer, 30 * CLOCK_MS);
	http_hold(r, NULL, NULL);
}

static void
on_never(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	http_hold(r, later_gone, l);
}

/* Puts until it is told to wait. */
static void
stream_more(void *ctx)
{
	static char block[1000];
	struct later *l = ctx;

	memset(block, 'x', sizeof(block));
	while (l->left != 0) {
		size_t n = l->left < sizeof(block) ? l->left : sizeof(block);

		l->left -= n;
		if (!http_stream_put(l->r, (struct str){ block, n }))
			return;
	}
	http_stream_end(l->r);
	free(l);
}

static void
on_stream(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	l->r = r;
	l->left = BIG;
	http_hold(r, later_gone, l);
	http_stream_begin(r, 200, "text/plain", stream_more);
	stream_more(l);
}

static void
on_cut(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	http_hold(r, later_gone, l);
	http_stream_begin(r, 200, "text/plain", NULL);
	(void)http_stream_put(r, STR("half"));
	http_stream_cut(r);
	free(l);
}

static void
on_refused(void *ctx, const struct route *route, int status)
{
	(void)ctx;
	(void)route;
	(void)status;
	atomic_fetch_add(&refused_calls, 1);
}

static const struct route routes[] = {
	{ HTTP_POST, "/echo", ROUTE_OPEN, on_echo },
	{ HTTP_GET, "/echo", ROUTE_OPEN, on_echo },
	{ HTTP_GET, "/thing/{id}", ROUTE_OPEN, on_thing },
	{ HTTP_GET, "/nothing", ROUTE_OPEN, on_nothing },
	{ HTTP_GET, "/later", ROUTE_OPEN, on_later },
	{ HTTP_GET, "/never", ROUTE_OPEN, on_never },
	{ HTTP_GET, "/stream", ROUTE_OPEN, on_stream },
	{ HTTP_GET, "/cut", ROUTE_OPEN, on_cut },
	{ HTTP_GET, "/read", ROUTE_READ, on_echo },
	{ HTTP_POST, "/ingest", ROUTE_INGEST, on_echo },
	{ HTTP_GET, "/closed", ROUTE_CLOSED, on_echo },
};

static void *
run(void *arg)
{
	struct diag why;

	if (loop_run(arg, &why) != OK)
		abort();
	return NULL;
}

static struct fixture
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
	o.auth = f.auth;
	o.refused = on_refused;
	CHECK_OK(server_new(f.loop, &o, &f.server, &why), why);
	f.port = server_port(f.server);
	CHECK_INT(pthread_create(&f.thread, NULL, run, f.loop), 0);
	return f;
}

static void
stop(struct fixture *f)
{
	loop_stop(f->loop);
	pthread_join(f->thread, NULL);
	server_free(f->server);
	loop_free(f->loop);
	auth_free(f->auth);
}

static int
dial(const struct fixture *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)f->port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval tv = { .tv_sec = 20 };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
	CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* What cannot be sent any more is not: the server may have ended the connection. */
static void
say(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n != 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		at += sent;
		n -= (size_t)sent;
	}
}

/* Everything until the server closes. */
static void
hear(int fd, struct buf *to)
{
	for (;;) {
		char *room = buf_room(to, 65536);
		ssize_t n = recv(fd, room, 65536, 0);

		if (n <= 0)
			break;
		buf_added(to, (size_t)n);
	}
	buf_byte(to, '\0');
	close(fd);
}

/* One request on a connection of its own; the whole answer, to be freed.  `half`: says no more. */
static char *
ask_how(const struct fixture *f, const void *p, size_t n, bool half)
{
	struct buf got;
	int fd = dial(f);

	buf_init(&got, 0);
	say(fd, p, n);
	if (half)
		shutdown(fd, SHUT_WR);
	hear(fd, &got);
	return got.p;
}

static char *
ask_bytes(const struct fixture *f, const void *p, size_t n)
{
	return ask_how(f, p, n, true);
}

static char *
ask(const struct fixture *f, const char *request)
{
	return ask_bytes(f, request, strlen(request));
}

static int
status_of(const char *answer)
{
	uint64_t status = 0;

	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 ||
	    !str_u64((struct str){ answer + 9, 3 }, &status))
		return -1;
	return (int)status;
}

static const char *
body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	return end != NULL ? end + 4 : "";
}

/* Status and body of one request. */
#define ASK(f, request, want_status, want_body)                                                    \
	do {                                                                                       \
		char *answer_ = ask(f, request);                                                   \
		CHECK_INT(status_of(answer_), want_status);                                        \
		if ((want_body) != NULL)                                                           \
			CHECK_STR(body_of(answer_), want_body);                                    \
		free(answer_);                                                                     \
	} while (0)

#define H " HTTP/1.1\r\nHost: t\r\n"

TEST(simple_requests)
{
	static const struct {
		const char *request;
		int status;
		const char *body;
	} cases[] = {
		{ "GET /thing/7" H "\r\n", 200, "id=7 q=-" },
		{ "GET /thing/7/" H "\r\n", 200, "id=7 q=-" },
		{ "GET //thing///7" H "\r\n", 200, "id=7 q=-" },
		{ "GET /thing/a%2Fb?q=1+2%26" H "\r\n", 200, "id=a/b q=1 2&" },
		{ "GET /thing/7?" H "\r\n", 200, "id=7 q=-" },
		{ "GET http://t/thing/7?q=x" H "\r\n", 200, "id=7 q=x" },
		{ "GET /thing/7 HTTP/1.0\r\n\r\n", 200, "id=7 q=-" },
		{ "\r\nGET /thing/7" H "\r\n", 200, "id=7 q=-" },
		{ "GET /thing/7 HTTP/1.1\nHost: t\n\n", 200, "id=7 q=-" },
		{ "HEAD /thing/7" H "\r\n", 200, "" },
		{ "POST /echo" H "Content-Length: 5\r\n\r\nhello", 200, "5:hello" },
		{ "POST /echo" H "Content-Length: 0\r\n\r\n", 200, "0:" },
		{ "POST /echo" H "\r\n", 200, "0:" },
		{ "POST /echo" H "Transfer-Encoding: chunked\r\n\r\n"
		  "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n",
		    200, "5:abcde" },
		{ "GET /echo" H "Content-Length: 2\r\n\r\nhi", 200, "2:hi" },
		{ "GET /later" H "\r\n", 200, "\"later\"" },
		{ "GET /nothing" H "\r\n", 500, NULL },
		{ "GET /nowhere" H "\r\n", 404, NULL },
		{ "DELETE /echo" H "\r\n", 405, NULL },
		{ "BREW /echo" H "\r\n", 405, NULL },
		{ "GET /thing/%00" H "\r\n", 400, NULL },
		{ "GET /thing/%zz" H "\r\n", 400, NULL },
		{ "GET /thing/7?q=1&q=2" H "\r\n", 400, NULL },
		{ "GET /thing/%ff" H "\r\n", 400, NULL },
		{ "POST /echo" H "Expect: miracles\r\n\r\n", 417, NULL },
		{ "POST /echo" H "Content-Encoding: br\r\nContent-Length: 4\r\n\r\n{\"a\"", 415,
		    NULL },
		{ "POST /echo" H "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 200,
		    "2:{}" },
	};
	struct fixture f = start((struct server_opts){ 0 });

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fprintf(stderr, "%s", cases[i].request);
		ASK(&f, cases[i].request, cases[i].status, cases[i].body);
	}
	stop(&f);
}

TEST(an_answer_says_what_it_is)
{
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask(&f, "GET /a\"b" H "\r\n");

	CHECK(strstr(answer, "\r\nX-Content-Type-Options: nosniff\r\n") != NULL);
	CHECK(strstr(answer, "\r\nCache-Control: no-store\r\n") != NULL);
	CHECK(strstr(answer, "\r\nContent-Security-Policy: default-src 'none'") != NULL);
	CHECK(strstr(answer, "\r\nContent-Type: application/problem+json\r\n") != NULL);
	CHECK(strstr(answer, "\r\nDate: ") != NULL);
	CHECK_STR(body_of(answer),
	    "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
	    "\"detail\":\"there is nothing here\",\"instance\":\"/a\\\"b\"}");
	free(answer);
	answer = ask(&f, "PUT /echo" H "\r\n");
	CHECK(strstr(answer, "\r\nAllow: POST, GET, HEAD\r\n") != NULL);
	free(answer);
	answer = ask(&f, "HEAD /thing/7" H "\r\n");
	CHECK(strstr(answer, "\r\nContent-Length: 8\r\n") != NULL);
	free(answer);
	stop(&f);
}

TEST(tokens)
{
	static const struct {
		const char *header;
		int read, ingest;
	} cases[] = {
		{ "", 401, 401 },
		{ "Authorization: Bearer " TOKEN "\r\n", 200, 403 },
		{ "authorization: bearer   " TOKEN "\r\n", 200, 403 },
		{ "Authorization: Basic dTowMTIzNDU2Nzg5YWJjZGVmMDEyMw==\r\n", 200, 403 },
		{ "Authorization: Basic dTowMTIzNDU2Nzg5YWJjZGVmMDEyNA==\r\n", 401, 401 },
		{ "Authorization: Basic !\r\n", 401, 401 },
		{ "Authorization: Bearer " TOKEN "x\r\n", 401, 401 },
		{ "Authorization: Bearer 0123456789abcdef012\r\n", 401, 401 },
		{ "Authorization: " TOKEN "\r\n", 401, 401 },
		{ "Authorization: Bearer\r\n", 401, 401 },
	};
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask(&f, "GET /read" H "\r\n");

	CHECK(strstr(answer, "\r\nWWW-Authenticate: Bearer") != NULL);
	free(answer);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[512];

		snprintf(text, sizeof(text), "GET /read" H "%s\r\n", cases[i].header);
		ASK(&f, text, cases[i].read, NULL);
		snprintf(text, sizeof(text), "POST /ingest" H "%sContent-Length: 2\r\n\r\n{}",
		    cases[i].header);
		ASK(&f, text, cases[i].ingest, NULL);
	}
	ASK(&f, "GET /closed" H "Authorization: Bearer " TOKEN "\r\n\r\n", 403, NULL);
	ASK(&f, "GET /closed" H "\r\n", 403, NULL);
	stop(&f);
}

/* Each must be refused, as JSON, with the connection closed; and the server goes on. */
static const char *const hostile[] = {
	" / HTTP/1.1\r\n\r\n",
	"GET\r\n\r\n",
	"GET /\r\n\r\n",
	"GET / HTTP\r\n\r\n",
	"GET / HTTP/1\r\n\r\n",
	"GET / HTTP/1.\r\n\r\n",
	"GET / HTTP/1.12\r\nHost: t\r\n\r\n",
	"GET / HTTP/2.0\r\nHost: t\r\n\r\n",
	"GET / HTTP/0.9\r\nHost: t\r\n\r\n",
	"GET / http/1.1\r\nHost: t\r\n\r\n",
	"GET /  HTTP/1.1\r\nHost: t\r\n\r\n",
	"GET  / HTTP/1.1\r\nHost: t\r\n\r\n",
	"GET\t/\tHTTP/1.1\r\nHost: t\r\n\r\n",
	"GET / HTTP/1.1 \r\nHost: t\r\n\r\n",
	"GET echo" H "\r\n",
	"GET ?q" H "\r\n",
	"GET http://t" H "\r\n",
	"GET http://t?/x" H "\r\n",
	"GET /#f" H "\r\n",
	"GET /\x80" H "\r\n",
	"GET /\x01" H "\r\n",
	"GET /\x7f" H "\r\n",
	"G\x80T /" H "\r\n",
	"G(T /" H "\r\n",
	"G\rT /" H "\r\n",
	"{\"a\":1}\r\n\r\n",
	"\x16\x03\x01\x02\x01\n\n",
	"GET / HTTP/1.1\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
	"GET /" H "A b: c\r\n\r\n",
	"GET /" H "A : c\r\n\r\n",
	"GET /" H ": c\r\n\r\n",
	"GET /" H " folded: c\r\n\r\n",
	"GET /" H "A: b\r\n folded\r\n\r\n",
	"GET /" H "A: b\r\n\tfolded\r\n\r\n",
	"GET /" H "nocolon\r\n\r\n",
	"GET /" H "A: b\x01\r\n\r\n",
	"GET /" H "A: b\rc\r\n\r\n",
	"GET /" H "A\x80: b\r\n\r\n",
	"GET /" H "A: \x7f\r\n\r\n",
	"POST /echo" H "Content-Length: -1\r\n\r\n",
	"POST /echo" H "Content-Length: +1\r\n\r\nx",
	"POST /echo" H "Content-Length: 1x\r\n\r\nx",
	"POST /echo" H "Content-Length: 0x1\r\n\r\nx",
	"POST /echo" H "Content-Length: 1, 1\r\n\r\nx",
	"POST /echo" H "Content-Length:\r\n\r\n",
	"POST /echo" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	"POST /echo" H "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
	"POST /echo" H "Content-Length: 99999999999999999999999\r\n\r\n",
	"POST /echo" H "Content-Length: 18446744073709551615\r\n\r\n",
	"POST /echo" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: gzip\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: xchunked\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked, chunked\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n;x\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: \rx\r\n\r\n",
	"POST /echo" H "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n0123456789",
};

TEST(hostile_requests)
{
	struct fixture f = start((struct server_opts){ .max_body = 4096 });

	CHECK(ARRAY_LEN(hostile) >= 60);
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *answer;

		fprintf(stderr, "%zu: %s\n", i, hostile[i]);
		answer = ask(&f, hostile[i]);
		if (i + 1 == ARRAY_LEN(hostile) && answer[0] == '\0') {
			free(answer); /* its body just never came */
			continue;
		}
		CHECK(status_of(answer) >= 400 && status_of(answer) < 600);
		CHECK(strstr(answer, "\r\nContent-Type: application/problem+json\r\n") != NULL);
		CHECK(strstr(answer, "\r\nContent-Length: ") != NULL);
		CHECK(strstr(answer, "\r\nConnection: close\r\n") != NULL);
		free(answer);
	}
	ASK(&f, "GET /thing/7" H "\r\n", 200, "id=7 q=-");
	stop(&f);
}

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

TEST(continue_is_said_before_the_body_and_not_for_a_refused_one)
{
	struct fixture f = start((struct server_opts){ .max_body = 1000 });
	char got[256] = { 0 };
	struct buf rest;
	int fd = dial(&f);

	say(fd,
	    "POST /echo" H "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n",
	    strlen("POST /echo" H
		   "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"));
	CHECK(recv(fd, got, sizeof(got) - 1, 0) > 0);
	CHECK_STR(got, "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "hi", 2);
	buf_init(&rest, 0);
	hear(fd, &rest);
	CHECK_STR(body_of(rest.p), "2:hi");
	buf_fini(&rest);
	ASK(&f, "POST /echo" H "Expect: 100-continue\r\nContent-Length: 2000\r\n\r\n", 413, NULL);
	ASK(&f, "POST /ingest" H "Expect: 100-continue\r\nContent-Length: 20\r\n\r\n", 401, NULL);
	stop(&f);
}

/* `kind`: gzip, zlib or zstd of n bytes of 'a'. */
static struct buf
squeezed(const char *kind, size_t n)
{
	char *plain = mem_alloc(n);
	struct buf out;

	memset(plain, 'a', n);
	buf_init(&out, 0);
	if (strcmp(kind, "zstd") == 0) {
		size_t room = ZSTD_compressBound(n);

		buf_added(&out, ZSTD_compress(buf_room(&out, room), room, plain, n, 3));
	} else {
		z_stream z = { 0 };
		size_t room;

		CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, strcmp(kind, "gzip") == 0 ? 31 : 15, 8,
			      Z_DEFAULT_STRATEGY),
		    Z_OK);
		room = deflateBound(&z, n);
		z.next_in = (unsigned char *)plain;
		z.avail_in = (unsigned)n;
		z.next_out = (unsigned char *)buf_room(&out, room);
		z.avail_out = (unsigned)room;
		CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
		buf_added(&out, z.total_out);
		deflateEnd(&z);
	}
	free(plain);
	return out;
}

static int
ask_squeezed(const struct fixture *f, const char *kind, const char *said, size_t n, size_t cut)
{
	struct buf body = squeezed(kind, n), request;
	char *answer;
	int status;

	buf_init(&request, 0);
	buf_printf(&request, "POST /echo" H "%s%s\r\nContent-Length: %zu\r\n\r\n",
	    said[0] != '\0' ? "Content-Encoding: " : "X: none", said, body.n - cut);
	buf_put(&request, body.p, body.n - cut);
	answer = ask_bytes(f, request.p, request.n);
	status = status_of(answer);
	if (status == 200) {
		char want[32];

		snprintf(want, sizeof(want), "%zu:aaaa", n);
		CHECK(strncmp(body_of(answer), want, strlen(want)) == 0);
	}
	free(answer);
	buf_fini(&request);
	buf_fini(&body);
	return status;
}

TEST(compressed_bodies_are_known_by_their_first_bytes)
{
	static const char *const said[] = { "gzip", "deflate", "zstd", "gzip,deflate", "identity",
		"br", "" };
	static const char *const kinds[] = { "gzip", "zlib", "zstd" };
	struct fixture f = start((struct server_opts){ .max_body = 2 << 20 });

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		for (size_t i = 0; i < ARRAY_LEN(said); i++)
			CHECK_INT(ask_squeezed(&f, kinds[k], said[i], 10000, 0), 200);
		/* Cut off, and too large once inflated. */
		CHECK_INT(ask_squeezed(&f, kinds[k], "gzip", 10000, 6), 400);
		CHECK_INT(ask_squeezed(&f, kinds[k], "gzip", 200 << 20, 0), 413);
	}
	stop(&f);
}

TEST(caps_on_head_body_and_bodies_together)
{
	struct fixture f = start((struct server_opts){
	    .max_body = 100000, .max_bodies = 150000, .max_head = 2000 });
	struct buf request;
	char *answer;
	int hoard;

	buf_init(&request, 0);
	buf_str(&request, STR("GET /echo" H));
	for (int i = 0; i < 100; i++)
		buf_printf(&request, "X-%d: y\r\n", i);
	buf_str(&request, STR("\r\n"));
	answer = ask_bytes(&f, request.p, request.n);
	CHECK_INT(status_of(answer), 431);
	free(answer);
	buf_reset(&request);
	buf_printf(&request, "GET /%02000d" H "\r\n", 0);
	answer = ask_bytes(&f, request.p, request.n);
	CHECK_INT(status_of(answer), 431);
	free(answer);
	ASK(&f, "POST /echo" H "Content-Length: 100001\r\n\r\n", 413, NULL);
	CHECK(atomic_load(&refused_calls) > 0);
	buf_reset(&request);
	buf_str(&request, STR("POST /echo" H "Transfer-Encoding: chunked\r\n\r\n"));
	for (int i = 0; i < 200; i++)
		buf_printf(&request, "400\r\n%01024d\r\n", 0);
	buf_str(&request, STR("0\r\n\r\n"));
	answer = ask_bytes(&f, request.p, request.n);
	CHECK_INT(status_of(answer), 413);
	free(answer);
	/* An unfinished body of 90 kB leaves no room for another. */
	buf_reset(&request);
	buf_printf(&request, "POST /echo" H "Content-Length: 90001\r\n\r\n%090000d", 0);
	hoard = dial(&f);
	say(hoard, request.p, request.n);
	(void)poll(NULL, 0, 100);
	answer = ask_bytes(&f, request.p, request.n);
	CHECK_INT(status_of(answer), 503);
	CHECK(strstr(answer, "\r\nRetry-After: 1\r\n") != NULL);
	free(answer);
	close(hoard);
	(void)poll(NULL, 0, 100);
	ASK(&f, "POST /echo" H "Content-Length: 5\r\n\r\nhello", 200, "5:hello");
	buf_fini(&request);
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

TEST(streams_wait_for_the_client_and_are_whole)
{
	static const char chunked[] = "GET /stream" H "Connection: close\r\n\r\n",
			  plain[] = "GET /stream HTTP/1.0\r\n\r\n",
			  head[] = "HEAD /stream" H "Connection: close\r\n\r\n";
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask_how(&f, chunked, sizeof(chunked) - 1, false);

	/* Chunks of 1000 bytes, one of what remains, the last one. */
	CHECK(strstr(answer, "\r\nTransfer-Encoding: chunked\r\n") != NULL);
	CHECK_INT(strlen(body_of(answer)), BIG / 1000 * 1007 + BIG % 1000 + 7 + 5);
	free(answer);
	answer = ask_how(&f, plain, sizeof(plain) - 1, false);
	CHECK(strstr(answer, "chunked") == NULL);
	CHECK_INT(strlen(body_of(answer)), BIG);
	free(answer);
	answer = ask_how(&f, head, sizeof(head) - 1, false);
	CHECK_INT(status_of(answer), 200);
	CHECK_STR(body_of(answer), "");
	free(answer);
	/* A broken answer looks broken: no last chunk. */
	answer = ask(&f, "GET /cut" H "\r\n");
	CHECK_STR(body_of(answer), "4\r\nhalf\r\n");
	free(answer);
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
