/* Pages out of the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/asset.h"

#include <zlib.h>

#include "fixture.h"

#define PAGE "<!doctype html><title>page</title>"
#define SCRIPT "export const a = 1;"

static unsigned char packed[2][256];
static struct http_asset assets[2] = {
	{ .path = "/index.html", .type = "text/html; charset=utf-8", .etag = "\"i1\"" },
	{ .path = "/assets/a-1.js",
	    .type = "text/javascript; charset=utf-8",
	    .etag = "\"a1\"",
	    .immutable = true },
};

static void
pack(size_t i, const char *text)
{
	z_stream z = { 0 };

	CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)text;
	z.avail_in = (unsigned)strlen(text);
	z.next_out = packed[i];
	z.avail_out = sizeof(packed[i]);
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	assets[i].gz = packed[i];
	assets[i].n = z.total_out;
	CHECK_INT(deflateEnd(&z), Z_OK);
}

static struct fixture
start_pages(void)
{
	pack(0, PAGE);
	pack(1, SCRIPT);
	return start((struct server_opts){ .assets = assets, .n_assets = 2 });
}

TEST(paths)
{
	static const struct {
		const char *path;
		int found; /* index in `assets`, -1 none */
	} cases[] = { { "/", 0 }, { "/index.html", 0 }, { "/alerts", 0 }, { "/alerts/12ab", 0 },
		{ "/welcome", 0 }, { "/v1x", 0 }, { "/metricsfoo", 0 }, { "/assets/a-1.js", 1 },
		{ "/assets/a-2.js", -1 }, { "/assets/", -1 }, { "/v1", -1 }, { "/v1/", -1 },
		{ "/v1/nothing", -1 }, { "/metrics", -1 }, { "/metrics/x", -1 }, { "/healthz", -1 },
		{ "/readyz/", -1 }, { "*", -1 }, { "", -1 }, { "alerts", -1 },
		{ "/assets/../index.html", -1 }, { "/../etc/passwd", 0 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct http_asset *a = asset_find(assets, 2, str_c(cases[i].path));

		fprintf(stderr, "%s\n", cases[i].path);
		CHECK(a == (cases[i].found < 0 ? NULL : &assets[cases[i].found]));
		CHECK(asset_find(assets, 0, str_c(cases[i].path)) == NULL);
	}
}

TEST(pages_are_served_with_their_own_policy)
{
	struct fixture f = start_pages();
	char *answer = ask(&f, "GET /alerts/7?x=1" H "\r\n");

	CHECK_INT(status_of(answer), 200);
	CHECK_STR(body_of(answer), PAGE);
	CHECK(strstr(answer, "\r\nContent-Type: text/html; charset=utf-8\r\n") != NULL);
	CHECK(strstr(answer, "\r\nCache-Control: no-cache\r\n") != NULL);
	CHECK(strstr(answer, "\r\nETag: \"i1\"\r\n") != NULL);
	CHECK(strstr(answer, "default-src 'none'; script-src 'self'; style-src 'self'; ") != NULL);
	CHECK(strstr(answer, "unsafe") == NULL);
	CHECK(strstr(answer, "Content-Encoding") == NULL);
	free(answer);
	answer = ask(&f, "GET /assets/a-1.js" H "Accept-Encoding: br, gzip;q=0.5\r\n\r\n");
	CHECK_INT(status_of(answer), 200);
	CHECK(strstr(answer, "\r\nCache-Control: public, max-age=31536000, immutable\r\n") != NULL);
	CHECK(strstr(answer, "\r\nContent-Encoding: gzip\r\n") != NULL);
	CHECK(memcmp(body_of(answer), packed[1], assets[1].n) == 0);
	free(answer);
	answer = ask(&f, "GET /assets/a-1.js" H "Accept-Encoding: gzip;q=0, br\r\n\r\n");
	CHECK_STR(body_of(answer), SCRIPT);
	free(answer);
	answer = ask(&f, "HEAD /" H "Accept-Encoding: gzip\r\n\r\n");
	CHECK_INT(status_of(answer), 200);
	CHECK_STR(body_of(answer), "");
	free(answer);
	stop(&f);
}

TEST(what_the_client_has_is_not_sent_again)
{
	static const char *const known[] = { "\"i1\"", "W/\"i1\"", "\"x\", \"i1\"", "*" };
	static const char *const unknown[] = { "\"i2\"", "i1", "\"i1", "" };
	struct fixture f = start_pages();
	char request[256];

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		char *answer;

		(void)snprintf(request, sizeof(request), "GET /" H "If-None-Match: %s\r\n\r\n",
		    known[i]);
		answer = ask(&f, request);
		CHECK_INT(status_of(answer), 304);
		CHECK_STR(body_of(answer), "");
		CHECK(strstr(answer, "Content-Length") == NULL);
		CHECK(strstr(answer, "\r\nETag: \"i1\"\r\n") != NULL);
		free(answer);
		(void)snprintf(request, sizeof(request), "GET /" H "If-None-Match: %s\r\n\r\n",
		    unknown[i]);
		ASK(&f, request, 200, PAGE);
	}
	stop(&f);
}

TEST(routes_go_before_pages)
{
	struct fixture f = start_pages();

	ASK(&f, "GET /echo" H "\r\n", 200, "0:");
	ASK(&f, "GET /read" H "\r\n", 401, NULL);
	ASK(&f, "GET /v1/nothing" H "\r\n", 404, NULL);
	ASK(&f, "GET /assets/none.js" H "\r\n", 404, NULL);
	ASK(&f, "POST /alerts" H "Content-Length: 2\r\n\r\nhi", 404, NULL);
	stop(&f);
}
