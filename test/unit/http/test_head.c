/* Heads of requests: what is read from good ones (test_server.c refuses the bad ones). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/head.h"

#include "test.h"

TEST(the_end_of_a_head)
{
	static const struct {
		const char *in;
		size_t end;
	} cases[] = {
		{ "", 0 },
		{ "\r\n", 0 },
		{ "\r\n\r\n\r\n", 0 },
		{ "GET / HTTP/1.1", 0 },
		{ "GET / HTTP/1.1\r\n", 0 },
		{ "GET / HTTP/1.1\r\n\r", 0 },
		{ "GET / HTTP/1.1\r\n\r\nrest", 18 },
		{ "GET / HTTP/1.1\n\nrest", 16 },
		{ "\r\n\r\nG\r\n\r\nrest", 9 },
		{ "A\r\nB: c\r\n\r\nC\r\n\r\n", 11 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str in = str_c(cases[i].in);

		CHECK_INT(head_end(in, 0), cases[i].end);
		/* Whatever was looked at before, the end is found when it comes. */
		for (size_t n = 0; n < cases[i].end; n++) {
			CHECK_INT(head_end((struct str){ in.p, n }, 0), 0);
			CHECK_INT(head_end(in, n), cases[i].end);
		}
	}
}

TEST(what_a_head_says)
{
	static const struct {
		const char *in;
		enum http_method method;
		bool head, keep_alive, expect, chunked;
		int length; /* -1: none */
		const char *path, *query;
	} cases[] = {
		{ "GET / HTTP/1.1\r\nHost:t\r\n\r\n", HTTP_GET, 0, 1, 0, 0, -1, "/", "" },
		{ "GET /a?b?c HTTP/1.0\r\n\r\n", HTTP_GET, 0, 0, 0, 0, -1, "/a", "b?c" },
		{ "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n", HTTP_GET, 0, 1, 0, 0, -1,
		    "/", "" },
		{ "HEAD / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", HTTP_GET, 1, 0, 0, 0,
		    -1, "/", "" },
		{ "POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 12\r\nExpect: "
		  "100-Continue\r\n\r\n",
		    HTTP_POST, 0, 1, 1, 0, 12, "/x", "" },
		{ "PUT /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: Chunked\r\n\r\n", HTTP_PUT, 0,
		    1, 0, 1, -1, "/x", "" },
		{ "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", HTTP_OTHER, 0, 1, 0, 0, -1, "*", "" },
		{ "DELETE https://h:1/p HTTP/1.1\r\nHost: t\r\n\r\n", HTTP_DELETE, 0, 1, 0, 0, -1,
		    "/p", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag why = { 0 };
		struct head h;
		int status = 0;

		CHECK_OK(head_parse(str_c(cases[i].in), &h, &status, &why), why);
		CHECK_INT(h.method, cases[i].method);
		CHECK_INT(h.head, cases[i].head);
		CHECK_INT(h.keep_alive, cases[i].keep_alive);
		CHECK_INT(h.expect, cases[i].expect);
		CHECK_INT(h.chunked, cases[i].chunked);
		CHECK_INT(h.has_length ? (int)h.length : -1, cases[i].length);
		CHECK_SLICE(h.path, cases[i].path);
		CHECK_SLICE(h.query, cases[i].query);
	}
}

TEST(fields_are_found_in_any_case_and_trimmed)
{
	struct head h;
	int status;

	CHECK_INT(head_parse(STR("GET / HTTP/1.1\r\nhOST: \tt \r\nX-a:\r\nX-A: 2\r\n\r\n"), &h,
		      &status, NULL),
	    OK);
	CHECK_SLICE(head_get(&h, STR("Host")), "t");
	CHECK_SLICE(head_get(&h, STR("x-a")), "");
	CHECK_SLICE(head_get(&h, STR("x-b")), "");
}

TEST(lists)
{
	CHECK(head_lists(STR("a, Close ,b"), STR("close")));
	CHECK(!head_lists(STR("a, closed"), STR("close")));
	CHECK(!head_lists(STR(""), STR("close")));
}

TEST(there_is_a_cap_on_fields)
{
	char text[4096] = "GET / HTTP/1.1\r\nHost: t\r\n";
	size_t n = strlen(text);
	struct head h;
	int status = 0;

	for (int i = 1; i < HEAD_FIELDS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "a: b\r\n");
	CHECK_INT(head_parse((struct str){ text, n }, &h, &status, NULL), OK);
	CHECK_INT(h.n_fields, HEAD_FIELDS_MAX);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "a: b\r\n");
	CHECK_INT(head_parse((struct str){ text, n }, &h, &status, NULL), FAIL_LIMIT);
	CHECK_INT(status, 431);
}
