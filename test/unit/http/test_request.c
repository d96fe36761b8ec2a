/* What clients send and what they get, over real sockets; hostile heads; compressed bodies. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include <zlib.h>
#include <zstd.h>

#include "fixture.h"

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
