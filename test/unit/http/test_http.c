/* Answers: what stands in them, and streams. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include "fixture.h"

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
