/* Status lines and headers of answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include "fixture.h"

/* How often `what` stands in the head of the answer. */
static int
times(const char *answer, const char *what)
{
	const char *end = strstr(answer, "\r\n\r\n");
	int n = 0;

	for (const char *at = answer; (at = strstr(at, what)) != NULL && at <= end; at++)
		n++;
	return n;
}

TEST(every_answer_carries_the_security_headers)
{
	static const char *const requests[] = { "GET /who" H "\r\n", "GET /nowhere" H "\r\n",
		"GET /read" H "\r\n", "GET /stream" H "\r\n", "DELETE /who" H "\r\n",
		"nonsense\r\n\r\n", "GET /empty" H "\r\n", "HEAD /who" H "\r\n" };
	static const char *const headers[] = { "\r\nX-Content-Type-Options: nosniff\r\n",
		"\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
		"\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nCross-Origin-Opener-Policy: same-origin\r\n",
		"\r\nCross-Origin-Resource-Policy: same-origin\r\n",
		"\r\nCache-Control: ", "\r\nDate: " };
	struct fixture f = start((struct server_opts){ 0 });

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		char *answer = ask(&f, requests[i]);

		fprintf(stderr, "%s", requests[i]);
		for (size_t k = 0; k < ARRAY_LEN(headers); k++)
			CHECK_INT(times(answer, headers[k]), 1);
		CHECK_INT(times(answer, "Strict-Transport-Security"), 0);
		free(answer);
	}
	stop(&f);
}

TEST(caching_is_the_handlers_to_decide)
{
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask(&f, "GET /who" H "\r\n");

	CHECK_INT(times(answer, "\r\nCache-Control: private\r\n"), 1);
	free(answer);
	answer = ask(&f, "GET /echo" H "\r\n");
	CHECK_INT(times(answer, "\r\nCache-Control: no-store\r\n"), 1);
	free(answer);
	stop(&f);
}

TEST(an_answer_without_content_has_no_length_and_no_type)
{
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask(&f, "GET /empty" H "\r\nGET /echo" H "\r\n");

	CHECK_INT(status_of(answer), 204);
	CHECK_INT(times(answer, "Content-"), 2); /* of security alone */
	CHECK(strstr(answer, "3; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200\r\n") !=
	      NULL);
	CHECK(strstr(answer, "\r\n\r\nHTTP/1.1 200 OK") != NULL);
	free(answer);
	stop(&f);
}
